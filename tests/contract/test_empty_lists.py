"""A list of values that was left empty is read as empty, however it was written."""

from auth import policy
from auth.principal import Membership, Principal
from graph.model import Project
from graph.port import GraphStore
from graph.selection import ByKeys, Selection
from graph.vocabulary import OperatingStatus, Stage, Visibility
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

ADMIN = Principal("https://id.example", "admin", frozenset({Membership.parse("network_admin")}))


async def test_a_new_entry_without_sources_has_none(store: GraphStore) -> None:
    async def enter(unit: Unit) -> None:
        draft = Project(
            id="neu",
            slug="neu",
            title="Neu",
            stage=Stage.DRAFT,
            status=OperatingStatus.IDEA,
            visibility=Visibility.PUBLIC,
        )
        unit.record("create_project_draft", draft.key)
        await unit.put(draft, expected_version=0)

    await UnitOfWork(store).run(enter, actor=ADMIN)
    shown = Selection("Project", ("slug", "sources", "contact"))
    found = await store.select(shown, ByKeys("Project", "id", ("neu",)), audiences=policy.audiences(ADMIN))
    assert [row[:3] for row in found.rows if row is not None] == [["neu", [], None]]
