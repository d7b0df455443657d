"""One's own things over HTTP: what one is told, follows, saves; and nobody else's, whoever asks."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema

from graph.actors import pseudonym
from graph.backends.ladybug.store import LadybugGraphStore
from graph.personal import Notification
from graph.tally import tallied
from graph.values import Instant
from graph.vocabulary import NewsKind
from network.app import open_ports
from tests.fixtures.builders import make_project, plant, relate
from tests.fixtures.patience import PATIENCE_S
from tests.network.plain import client
from tests.network.world import data
from tests.network.writing import CALLERS, Desk, desk, draft, gemeinde, paths, published

INBOX = """query ($first: Int = 20, $after: String, $unreadOnly: Boolean = false) { viewer {
  unreadCount
  notifications(first: $first, after: $after, unreadOnly: $unreadOnly) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage endCursor }
    edges { cursor node { id kind reason at readAt subject { __typename ... on Project { slug } ... on Task { kind } } } }
  }
} }"""
OWN = """{ viewer {
  follows { targetId since target { __typename ... on Topic { slug } ... on Project { slug } } }
  savedSearches { id name query filter ranAt }
  mailSettings { digest getsTaskMail email name isListed }
  unreadCount
} }"""
MAILS = "viewer { mailSettings { digest getsTaskMail email name isListed } }"
FOLLOWS = "target { __typename } viewer { follows { targetId } }"


@pytest_asyncio.fixture
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("inbox"), open_ports) as made:
        yield made


@pytest_asyncio.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One network for several tests, each of which has a caller of its own."""
    async with desk(tmp_path_factory.mktemp("inboxes"), open_ports) as made:
        yield made


async def inbox(office: Desk, caller: str, **given: Any) -> Any:
    return (await office.ask(INBOX, caller, **given))["viewer"]


async def told(office: Desk, caller: str, number: int) -> list[Any]:
    """The caller's notifications, once there are so many."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            page = (await inbox(office, caller))["notifications"]
            if page["totalCount"] >= number:
                return [edge["node"] for edge in page["edges"]]


async def test_a_follower_is_told_reads_it_and_marks_it(office: Desk) -> None:
    await office.ask(OWN, "stadt")
    answer = await office.write("follow", FOLLOWS, "stadt", target="Hub:zeitz")
    assert (answer["target"], answer["viewer"]) == ({"__typename": "Hub"}, {"follows": [{"targetId": "Hub:zeitz"}]})

    entry = await published(office)

    (line,) = await told(office, "stadt", 1)
    assert line["subject"] == {"__typename": "Project", "slug": entry["slug"]}
    assert (line["kind"], line["reason"], line["readAt"]) == (
        "PROJECT_PUBLISHED",
        "Sie folgen dem Hub DigitalHub Zeitz",
        None,
    )
    assert (await inbox(office, "stadt"))["unreadCount"] == 1
    shows = "marked viewer { unreadCount }"
    # Of another caller it is nobody's line.
    other = await office.write("markNotificationsRead", shows, "wilster", notifications=[line["id"]])
    assert other["marked"] == 0
    marked = await office.write("markNotificationsRead", shows, "stadt", notifications=[line["id"], "none"])
    assert (marked["marked"], marked["viewer"]) == (1, {"unreadCount": 0})
    again = await office.write("markNotificationsRead", shows, "stadt")
    assert again["marked"] == 0
    assert (await inbox(office, "stadt"))["notifications"]["edges"][0]["node"]["readAt"] is not None
    assert (await inbox(office, "stadt", unreadOnly=True))["notifications"]["totalCount"] == 0


async def test_houses_see_how_many_follow_what_is_theirs_and_nobody_sees_who(office: Desk) -> None:
    entry = await published(office)
    question = "{ viewer { followed { followers entry { __typename ... on Hub { slug } ... on Project { slug } } } } }"
    assert (await office.ask(question, "merseburg"))["viewer"] == {"followed": []}
    for person in ("stadt", "amt"):
        await office.write("follow", FOLLOWS, person, target=entry["id"])
    await office.write("follow", FOLLOWS, "stadt", target="Hub:zeitz")

    project = {"__typename": "Project", "slug": entry["slug"]}
    owned = {"followed": [{"followers": 2, "entry": project}]}
    with tallied() as asked:
        assert (await office.ask(question, "merseburg"))["viewer"] == owned
    assert asked.calls <= 5
    assert (await office.ask(question, "stadt"))["viewer"] == {"followed": []}
    hub = {"__typename": "Hub", "slug": "zeitz"}
    assert {"followers": 1, "entry": hub} in (await office.ask(question, "zeitz"))["viewer"]["followed"]


async def test_an_amt_sees_how_many_follow_what_its_municipalities_have(office: Desk) -> None:
    entry = make_project("gemeindlich", slug="gemeindlich", visibility="PUBLIC", readers=("public",))
    await plant(office.ports.graph, entry, relate("OWNS", gemeinde, entry))
    await office.write("follow", FOLLOWS, "stadt", target="Project:gemeindlich")

    shown = await office.ask("{ viewer { followed { followers entry { ... on Project { slug } } } } }", "amt")

    assert shown["viewer"] == {"followed": [{"followers": 1, "entry": {"slug": "gemeindlich"}}]}


async def test_a_saved_search_tells_of_what_comes_and_not_of_what_is_there(office: Desk) -> None:
    await published(office, title="Smarte Bank am Markt")
    await office.write("saveSearch", "savedSearch", "stadt", name="Bänke", query="Smarte Bank")

    async with asyncio.timeout(PATIENCE_S):
        while (await office.ask(OWN, "stadt"))["viewer"]["savedSearches"][0]["ranAt"] is None:
            pass
    assert (await inbox(office, "stadt"))["notifications"]["edges"] == []


async def test_operators_see_that_people_are_told(office: Desk) -> None:
    await office.write("follow", FOLLOWS, "stadt", target="Hub:zeitz")
    await published(office)
    await told(office, "stadt", 1)

    async with client(office.app) as http:
        metrics = (await http.get("/metrics")).text
    assert re.search(r'^hubnetz_news_total{outcome="told"} [1-9]', metrics, re.MULTILINE)


async def test_what_is_withdrawn_stays_as_a_line_that_shows_nothing_of_it(office: Desk) -> None:
    await office.write("follow", FOLLOWS, "stadt", target="Hub:zeitz")
    entry = await published(office)
    await told(office, "stadt", 1)

    await office.write("withdrawProject", "project { id }", "merseburg", project=entry["id"])

    response = await office.post(INBOX, "stadt")
    ((line,),) = ([edge["node"] for edge in response.json()["data"]["viewer"]["notifications"]["edges"]],)
    assert line["subject"] is None
    assert entry["id"].partition(":")[2] not in response.text
    assert entry["title"] not in response.text


async def test_pages_of_the_inbox_meet(office: Desk) -> None:
    await office.write("follow", FOLLOWS, "stadt", target="Hub:zeitz")
    for number in range(3):
        await published(office, title=f"Smarte Bank {number}")
        await told(office, "stadt", number + 1)

    seen: list[str] = []
    after = None
    while True:
        page = (await inbox(office, "stadt", first=2, after=after))["notifications"]
        assert page["totalCount"] == 3
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [line["id"] for line in await told(office, "stadt", 3)]
    for caller, wrong in (("stadt", {"after": "x"}), ("wilster", {"after": after}), ("stadt", {"first": -1})):
        body = (await office.post(INBOX, caller, **wrong)).json()
        assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_page_takes_as_many_calls_however_many_lines_it_has(gateway: GraphQLSchema, tmp_path: Path) -> None:
    store = await LadybugGraphStore.open(tmp_path / "graph", buffer_mb=256)
    await store.apply_schema()
    person = CALLERS["stadt"]
    costs = []
    for number in range(10):
        project = make_project(f"p{number}")
        at = Instant(f"2026-11-{number + 1:02}T09:00:00.000000Z")
        line = Notification(
            id=project.id, actor=pseudonym(person), news="n", kind=NewsKind.NEED_POSTED, entity=str(project.key), at=at
        )
        await plant(store, project, line)
        with tallied() as asked:
            shown = (await data(gateway, store, INBOX, person))["viewer"]["notifications"]["edges"]
        costs.append(asked.calls)
        assert [edge["node"]["subject"]["slug"] for edge in shown] == [f"p{n}" for n in reversed(range(number + 1))]
    await store.close()

    # The number of unread lines, the lines, and what they are about.
    assert set(costs) == {3}


async def test_anonymous_has_nothing_of_one_s_own(shared: Desk) -> None:
    assert await shared.ask(OWN) == {"viewer": None}
    for mutation, given in (
        ("follow", {"target": "Hub:zeitz"}),
        ("unfollow", {"target": "Hub:zeitz"}),
        ("saveSearch", {"name": "n"}),
        ("deleteSavedSearch", {"search": "s"}),
        ("markNotificationsRead", {}),
        ("saveMailSettings", {"isListed": False}),
    ):
        answer = await shared.write(mutation, "viewer { issuer }", **given)
        assert answer["__typename"] == "Forbidden", mutation


async def test_who_has_no_membership_decides_on_mail_and_on_nothing_else(shared: Desk) -> None:
    for mutation, given in (
        ("follow", {"target": "Hub:zeitz"}),
        ("unfollow", {"target": "Hub:zeitz"}),
        ("saveSearch", {"name": "n"}),
        ("deleteSavedSearch", {"search": "s"}),
        ("markNotificationsRead", {}),
    ):
        answer = await shared.write(mutation, "viewer { issuer }", "stranger", **given)
        assert answer["__typename"] == "Forbidden", mutation
    answer = await shared.write("saveMailSettings", MAILS, "stranger", digest="NEVER", getsTaskMail=False)
    assert answer["viewer"]["mailSettings"] == {
        "digest": "NEVER",
        "getsTaskMail": False,
        "email": None,
        "name": None,
        "isListed": False,
    }


async def test_mail_settings_are_one_s_own_and_listing_takes_a_name(shared: Desk) -> None:
    usual = {"digest": "WEEKLY", "getsTaskMail": True, "email": None, "name": None, "isListed": False}
    assert (await shared.ask(OWN, "stadt"))["viewer"]["mailSettings"] == usual

    assert paths(await shared.write("saveMailSettings", MAILS, "stadt", isListed=True)) == {"input.name"}
    answer = await shared.write("saveMailSettings", MAILS, "stadt", isListed=True, name=" Bauamt ", digest="DAILY")
    assert answer["viewer"]["mailSettings"] == usual | {"digest": "DAILY", "name": "Bauamt", "isListed": True}
    again = await shared.write("saveMailSettings", MAILS, "stadt", getsTaskMail=False)
    assert again["viewer"]["mailSettings"]["name"] == "Bauamt"
    assert (await shared.ask(OWN, "wilster"))["viewer"]["mailSettings"] == usual
    # To take the name away is to be listed no more.
    assert paths(await shared.write("saveMailSettings", MAILS, "stadt", name="")) == {"input.name"}


async def test_following_what_is_not_there_or_hidden_looks_alike(shared: Desk) -> None:
    hidden = await draft(shared)
    answers = [
        await shared.write("follow", FOLLOWS, "amt", target=target)
        for target in (hidden["id"], "Project:0190", "Topic:nie")
    ]
    assert {answer["__typename"] for answer in answers} == {"NotFound"}
    assert paths(await shared.write("follow", FOLLOWS, "amt", target="University:05gqaka33")) == {"input.target"}
    assert (await shared.ask(OWN, "amt"))["viewer"]["follows"] == []


async def test_what_was_followed_can_be_let_go_when_it_is_hidden(shared: Desk) -> None:
    entry = await published(shared)
    await shared.write("follow", FOLLOWS, "dataport", target=entry["id"])
    await shared.write("follow", FOLLOWS, "dataport", target=entry["id"])
    await shared.write("withdrawProject", "project { id }", "merseburg", project=entry["id"])

    (followed,) = (await shared.ask(OWN, "dataport"))["viewer"]["follows"]
    assert (followed["targetId"], followed["target"]) == (entry["id"], None)
    answer = await shared.write("unfollow", FOLLOWS, "dataport", target=entry["id"])
    assert (answer["target"], answer["viewer"]["follows"]) == (None, [])
    twice = await shared.write("unfollow", FOLLOWS, "dataport", target=entry["id"])
    assert twice["__typename"] == "UnfollowSuccess"


async def test_searches_are_saved_as_given_and_deleted_by_their_owner_alone(shared: Desk) -> None:
    given = {"topic": ["mobilitaet"], "status": ["PILOT"], "yearFrom": 2020}
    answer = await shared.write(
        "saveSearch", "savedSearch", "zeitz-member", name="Parken", query="parken", filter=given
    )
    search = answer["savedSearch"]

    (kept,) = (await shared.ask(OWN, "zeitz-member"))["viewer"]["savedSearches"]
    assert (kept["id"], kept["name"], kept["query"], kept["filter"]) == (search, "Parken", "parken", given)
    assert (await shared.ask(OWN, "wilster"))["viewer"]["savedSearches"] == []
    other = await shared.write("deleteSavedSearch", "viewer { issuer }", "wilster", search=search)
    assert other["__typename"] == "NotFound"
    shows = "viewer { savedSearches { id } }"
    gone = await shared.write("deleteSavedSearch", shows, "zeitz-member", search=search)
    assert gone["viewer"] == {"savedSearches": []}


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"name": " "}, {"input.name"}),
        ({"name": "x" * 101}, {"input.name"}),
        ({"name": "n", "query": "x" * 501}, {"input.query"}),
        ({"name": "n", "filter": {"yearFrom": 2024, "yearTo": 2020}}, {"input.filter"}),
        ({"name": "n", "filter": {"topic": ["x"] * 101}}, {"input.filter"}),
        ({"name": "n", "filter": {"near": {"municipality": "nie", "withinKm": 10}}}, {"input"}),
    ],
)
async def test_searches_that_cannot_be_meant_are_not_saved(shared: Desk, given: Any, where: set[str]) -> None:
    assert paths(await shared.write("saveSearch", "savedSearch", "zeitz-colleague", **given)) == where
    assert (await shared.ask(OWN, "zeitz-colleague"))["viewer"]["savedSearches"] == []


async def test_a_change_is_made_once_under_its_name(shared: Desk) -> None:
    for _ in range(2):
        answer = await shared.write("saveSearch", "savedSearch", "zeitz", name="Parken", clientMutationId="once")
        assert answer["__typename"] == "SaveSearchSuccess"
    assert len((await shared.ask(OWN, "zeitz"))["viewer"]["savedSearches"]) == 1
