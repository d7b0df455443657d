"""Where the audit trail keeps what tells who somebody is, on each graph database: apart, as long as its entry, or nowhere."""

from auth.principal import Membership, Principal
from graph.personal import Invitation, SavedSearch, Webhook
from graph.port import GraphStore
from graph.values import Contact, Instant
from graph.vocabulary import Visibility
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork
from tests.fixtures.builders import make_expert, make_hub
from tests.fixtures.units import all_changes, write

LEAD = Principal("https://issuer.example", "lead", frozenset({Membership.parse("hub_lead:zeitz")}))
LATER = Instant("2999-01-01T00:00:00.000000Z")


async def test_personal_values_stand_apart(store: GraphStore) -> None:
    await write(
        store,
        make_expert("x", name="Leitung Bauamt", email="leitung@zeitz.example", visibility=Visibility.PUBLIC),
        make_hub("zeitz", contact=Contact("Empfang", email="empfang@zeitz.example")),
    )
    await write(store, make_expert("x", name="Leitung Bauamt", email="neu@zeitz.example"))

    trail = str(await all_changes(store))
    personal = await store.query("test_personal", {})
    assert "Leitung" not in trail
    assert "zeitz.example" not in trail
    assert "'email': '***'" in trail
    assert len(personal) == 3
    assert "empfang@zeitz.example" in str(personal)


async def test_personal_values_go_with_what_they_were_of(store: GraphStore) -> None:
    gone, kept = (make_expert(key, name=f"Leitung {key}", email=f"{key}@zeitz.example") for key in ("gone", "kept"))
    await write(store, gone, kept)
    await write(store, make_expert("gone", name="Leitung gone", email="neu@zeitz.example"))

    async def delete(unit: Unit) -> None:
        await unit.delete(gone.key)

    await UnitOfWork(store).run(delete, actor=LEAD)

    assert [row[0] for row in await store.query("test_personal", {})] == ["Expert:kept"]
    last = (await all_changes(store))[-1]
    assert (last["action"], last["before"]["email"]) == ("delete", "***")


async def test_what_somebody_keeps_for_oneself_stands_in_its_record_alone(store: GraphStore) -> None:
    person = "actor:somebody"
    await write(
        store,
        SavedSearch(id="s", actor=person, name="Mein Anliegen", query="Schulden", filter="{}"),
        Webhook(id="w", actor=person, url="https://system.example/t0ken", sealed="x"),
        Invitation(
            id="i", house="Hub:zeitz", role="hub_member", email="a@b.example", invited_by=person, expires_at=LATER
        ),
    )

    trail = str(await all_changes(store))
    assert "'query': '***'" in trail
    for said in ("Anliegen", "Schulden", "t0ken", "a@b.example"):
        assert said not in trail
    assert await store.query("test_personal", {}) == []
