"""The made-up examples of development: entered once, marked everywhere, and seen by nobody who may not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from auth.policy import EVERYTHING, audiences, own_houses
from auth.principal import Anonymous, Caller
from graph import links
from graph.actors import pseudonym
from graph.backends.ladybug.store import LadybugGraphStore
from graph.links import Link
from graph.model import NodeKey
from graph.port import GraphStore, Transaction
from graph.selection import MAX_PAGE, Match, Page, Selection
from graph.telling import inbox
from graph.writing.unit_of_work import UnitOfWork
from network.configuration.settings import load as settings
from network.development.accounts import WITHOUT, accounts
from network.development.examples import cast, load
from network.jobs import registry
from network.jobs.checking import examples
from network.jobs.job import FAILURE, MISUSE, Workplace
from seed_data.load import load as load_seed
from tests.fixtures.outputs import Said
from tests.fixtures.process import hubnetz

ISSUER = "http://127.0.0.1:8000/dev-issuer"
TITLES = {
    **dict.fromkeys(("Project", "Event", "Need", "Document", "Result"), "title"),
    **dict.fromkeys(("Hub", "Municipality", "University", "Organisation", "Service", "Expert"), "name"),
    "FundingProgramme": "name",
    **dict.fromkeys(("Question", "Answer", "ExperienceReport", "ReviewComment"), "text"),
    "Adoption": "adapted",
}
"""Label -> the property that people read first."""
KEYS = {"Hub": "slug", "Organisation": "slug", "FundingProgramme": "slug", "Municipality": "ars", "University": "ror"}
KEYS |= {"Service": "leika_id", "Topic": "slug"}
COUNTED = (*TITLES, "Task", "Change", "Notification", "Letter", "Follow", "SavedSearch", "Invitation", "Actor")
MADE_UP = {cast.HUB, cast.TOWN, cast.VILLAGE, cast.HAMLET, cast.UNIVERSITY, cast.WORKS}
BEGUN = f"{cast.MARK}Ein angefangener Eintrag"


async def read(store: GraphStore, label: str, *properties: str, caller: Caller | None = None) -> dict[str, Any]:
    """Key -> properties of the nodes of a label: of all of them, or of those that a caller may see."""
    allowed = EVERYTHING if caller is None else audiences(caller)
    selection = Selection(label, (KEYS.get(label, "id"), *properties))
    found: dict[str, Any] = {}
    after: tuple[str, ...] | None = None
    while True:
        rows = [
            row
            for row in (await store.select(selection, Match(label, page=Page(MAX_PAGE, after)), audiences=allowed)).rows
            if row is not None
        ]
        found |= {str(row[0]): tuple(row[1:]) for row in rows}
        if len(rows) < MAX_PAGE:
            return found
        after = (str(rows[-1][0]),)


async def counts(store: GraphStore) -> dict[str, int]:
    return {label: len(await read(store, label)) for label in COUNTED}


async def far_ends(store: GraphStore, link: Link) -> set[NodeKey]:
    """Where the link leads from any node that is there."""
    keys = list(await read(store, link.source))

    async def follow(transaction: Transaction) -> set[NodeKey]:
        found = await transaction.follow(link, keys)
        return {key for neighbours in found.values() for key, _ in neighbours}

    return await store.transact(follow)


async def seeded(folder: Path) -> LadybugGraphStore:
    store = await LadybugGraphStore.open(folder / "graph", buffer_mb=256)
    await store.apply_schema()
    await load_seed(UnitOfWork(store))
    return store


@pytest_asyncio.fixture(scope="module")
async def plain(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GraphStore]:
    """The seed alone."""
    store = await seeded(tmp_path_factory.mktemp("plain"))
    yield store
    await store.close()


@pytest_asyncio.fixture(scope="module")
async def full(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GraphStore]:
    """The seed with the examples."""
    store = await seeded(tmp_path_factory.mktemp("full"))
    try:
        assert await load.load(store, issuer=ISSUER, holder="tests")
        yield store
    finally:
        await store.close()


@pytest.mark.parametrize("label", TITLES)
async def test_what_the_examples_add_begins_with_their_mark(label: str, plain: GraphStore, full: GraphStore) -> None:
    before, after = [await read(store, label, TITLES[label]) for store in (plain, full)]
    added = {key: title for key, (title,) in after.items() if key not in before}
    assert added
    assert [title for title in added.values() if not str(title).startswith(cast.MARK)] == []
    assert [title for (title,) in before.values() if str(title).startswith(cast.MARK)] == []


async def test_projects_say_that_they_are_made_up(plain: GraphStore, full: GraphStore) -> None:
    known = await read(plain, "Project")
    told = await read(full, "Project", "summary", "note")
    assert len(told) > len(known)
    for key, (summary, note) in told.items():
        if key not in known:
            assert cast.MADE_UP in summary
            assert note.startswith(cast.SAID)


async def test_what_is_there_stays_as_it_is(plain: GraphStore, full: GraphStore) -> None:
    for label in ("Project", "Hub", "Municipality", "Topic"):
        before, after = [await read(store, label, "version") for store in (plain, full)]
        assert before.items() <= after.items()


@pytest.mark.parametrize(
    "link",
    [links.ADOPTION_HOUSE, links.NEED_HOUSE, links.QUESTION_HOUSE, links.ANSWER_HOUSE],
    ids=lambda link: link.source,
)
async def test_nothing_is_said_of_a_house_that_exists(link: Link, full: GraphStore) -> None:
    ends = await far_ends(full, link)
    assert ends
    assert ends <= MADE_UP


async def test_what_a_house_that_exists_owns_of_it_nobody_else_sees(full: GraphStore) -> None:
    drafts = [key for key, (title,) in (await read(full, "Project", "title")).items() if title == BEGUN]
    assert len(drafts) == len(cast.real_houses())
    for account, house in cast.real_houses().items():
        seen = await read(full, "Project", "title", caller=cast.principal(ISSUER, account))
        own = [key for key, (title,) in seen.items() if title == BEGUN]
        assert len(own) == 1, house
    for account in ("hub_lead:zeitz", "reviewer:einbeck", cast.LEAD, WITHOUT):
        seen = await read(full, "Project", caller=cast.principal(ISSUER, account))
        assert seen.keys().isdisjoint(drafts)


async def test_strangers_see_what_is_published(full: GraphStore) -> None:
    for caller in (Anonymous(), cast.principal(ISSUER, WITHOUT), cast.principal(ISSUER, "municipality:010515169")):
        titles = await read(full, "Project", "title", "stage", caller=caller)
        unpublished = {title for title, stage in titles.values() if stage not in ("PUBLISHED", "ARCHIVED")}
        assert unpublished <= {BEGUN}
        assert any(title.startswith(cast.MARK) for title, _ in titles.values())
    assert not any(title == BEGUN for (title,) in (await read(full, "Project", "title", caller=Anonymous())).values())


@pytest.mark.parametrize("account", cast.members())
async def test_every_member_has_something_unread(account: str, full: GraphStore) -> None:
    assert await inbox.count(full, pseudonym(cast.principal(ISSUER, account)), unread_only=True) > 0


async def test_no_letter_leaves_for_an_address_that_anybody_has(full: GraphStore) -> None:
    letters = await read(full, "Letter", "email")
    assert letters
    assert {email.rpartition("@")[2] for (email,) in letters.values()} == {"example.org"}


async def test_a_second_time_enters_nothing(full: GraphStore, tmp_path: Path) -> None:
    before = await counts(full)
    assert not await load.load(full, issuer=ISSUER, holder="tests")
    assert await counts(full) == before


async def test_what_was_broken_off_goes_on(full: GraphStore, tmp_path_factory: pytest.TempPathFactory) -> None:
    def stop(_what: str, done: int, _total: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    store = await seeded(tmp_path_factory.mktemp("broken-off"))
    try:
        with pytest.raises(KeyboardInterrupt):
            await load.load(store, issuer=ISSUER, holder="tests", on_progress=stop)
        assert not await load.is_loaded(store)
        assert await load.load(store, issuer=ISSUER, holder="tests")
        again, once = await counts(store), await counts(full)
        # Nobody hears twice; who hears of old news depends on who was there when they were told.
        assert {label: again[label] for label in TITLES} == {label: once[label] for label in TITLES}
        assert again["Task"] == once["Task"]
        assert again["Change"] == once["Change"]
    finally:
        await store.close()


async def test_the_doctor_tells_of_them_and_where_they_do_not_belong(plain: GraphStore, full: GraphStore) -> None:
    assert await examples(plain, is_public=True) == []
    (told,) = await examples(full, is_public=False)
    assert not told.is_wrong
    titles = await read(full, "Project", "title")
    assert told.count == sum(title.startswith(cast.MARK) for (title,) in titles.values())
    assert "hubnetz seed" in told.advice
    (wrong,) = await examples(full, is_public=True)
    assert wrong.is_wrong
    # Their keys are nothing that one could look up.
    without_key = [await store.query("doctor_unresolved", {"limit": 1_000}) for store in (plain, full)]
    assert without_key[0] == without_key[1]


def test_production_refuses_them_and_loads_nothing(tmp_path: Path) -> None:
    production = {"PUBLIC_URL": "https://hubnetz.example", "SECRET_KEYS": "A" * 43}
    refused = hubnetz(tmp_path, "seed", "--examples", "--if-empty", **production)
    assert refused.returncode == FAILURE
    assert "FORBIDDEN" in refused.stderr
    assert "HUBNETZ_PUBLIC_URL" in refused.stderr
    # Of the same folder as development: nothing was loaded.
    exported = hubnetz(tmp_path, "export", "projects", "--as", "network_admin")
    assert (exported.returncode, exported.stdout) == (0, "")


def test_what_is_checked_are_files_that_hold_no_examples(tmp_path: Path) -> None:
    assert hubnetz(tmp_path, "seed", "--check", "--examples").returncode == MISUSE


@pytest.mark.parametrize(
    ("given", "has_samples"),
    [
        ({}, True),
        ({"HUBNETZ_PORT": "9000"}, True),
        ({"HUBNETZ_HOST": "0.0.0.0", "HUBNETZ_PUBLIC_URL": "https://hubnetz.example"}, False),
        ({"HUBNETZ_PUBLIC_URL": "https://hubnetz.example"}, False),
    ],
)
def test_sample_accounts_enter_things_in_development_alone(
    given: dict[str, str], has_samples: bool, tmp_path: Path
) -> None:
    keys = {"HUBNETZ_SECRET_KEYS": "A" * 43}
    chosen = settings({**keys, **given}, env_file=tmp_path / "none", sends_mail=False)
    assert (chosen.sample_issuer is not None) is has_samples


async def test_the_command_says_what_it_did(full: GraphStore) -> None:
    said = Said()
    nothing: Any = None
    place = Workplace(full, nothing, nothing, nothing, has_server=True, sample_issuer=ISSUER)
    assert await registry.run(place, "seed", {"if_empty": True, "examples": True, "as_json": False}, said) == 0
    assert said.lines == ["There are hubs already; nothing was loaded.", "The examples are there already."]


def test_accounts_of_houses_that_do_not_exist_say_so() -> None:
    made_up = [account for account in accounts().values() if account.is_made_up]
    assert made_up
    assert all(account.name.endswith(" (erfunden)") for account in made_up)
    named = {house for account in made_up for house in own_houses(cast.principal(ISSUER, account.key))}
    assert named <= {(house.label, house.value) for house in MADE_UP}
