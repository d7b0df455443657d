"""Following and the inbox, on each graph database."""

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller, Principal
from graph import personal
from graph.actors import pseudonym
from graph.commands.following import MAX_FOLLOWS, Follow, Unfollow, follow, follows_of, unfollow
from graph.commands.mail_settings import SaveMailSettings, save_mail_settings
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.model import NodeKey
from graph.personal import Notification
from graph.port import GraphStore
from graph.telling import inbox
from graph.telling.inbox import LONGEST_DAYS, READ_DAYS, MarkNotificationsRead, mark_notifications_read
from graph.values import Instant
from graph.vocabulary import Digest, NewsKind
from tests.fixtures.builders import plant
from tests.fixtures.contributing import (
    ANYBODY,
    MONDAY,
    OTHER_CLERK,
    PROFESSOR,
    TOWN_CLERK,
    VISITOR,
    at,
    count_kills,
    drafted,
    found_network,
)
from tests.fixtures.telling import Clock
from tests.fixtures.units import SYSTEM, all_changes, key_of, stored

PARKEN = NodeKey("Topic", "parken")


async def followed(store: GraphStore, person: Principal) -> list[str]:
    return [str(one.target) for one in await follows_of(store, pseudonym(person))]


async def test_followers_are_counted_the_most_followed_first(store: GraphStore) -> None:
    await found_network(store)
    for person, target in ((TOWN_CLERK, PARKEN), (OTHER_CLERK, PARKEN), (TOWN_CLERK, key_of("Hub:zeitz"))):
        await follow(at(store), Follow(target=target), actor=person)
    asked = {"targets": [str(PARKEN), "Hub:zeitz", "Hub:wilster"], "limit": 10}
    assert await store.query("follower_counts", asked) == [[str(PARKEN), 2], ["Hub:zeitz", 1]]
    assert await store.query("follower_counts", asked | {"limit": 1}) == [[str(PARKEN), 2]]


async def test_following_twice_is_following_and_each_change_is_on_record(store: GraphStore) -> None:
    await found_network(store)
    for _ in range(2):
        await follow(at(store), Follow(target=PARKEN), actor=TOWN_CLERK)
    await follow(at(store), Follow(target=key_of("Hub:zeitz")), actor=TOWN_CLERK)

    assert sorted(await followed(store, TOWN_CLERK)) == ["Hub:zeitz", "Topic:parken"]
    assert await followed(store, OTHER_CLERK) == []
    for _ in range(2):
        await unfollow(at(store), Unfollow(target=PARKEN), actor=TOWN_CLERK)
    assert await followed(store, TOWN_CLERK) == ["Hub:zeitz"]
    actions = [line["action"] for line in await all_changes(store)]
    assert (actions.count("follow"), actions.count("unfollow")) == (2, 1)
    # Whoever acts is known from now on, with the memberships of this moment; who it is, no line of the trail says.
    person = await stored(store, f"Actor:{pseudonym(TOWN_CLERK)}")
    assert person is not None
    assert (person["sub"], person["memberships"]) == (TOWN_CLERK.sub, ["municipality:010615138001"])
    assert all(
        line["after"]["sub"] == "***" for line in await all_changes(store) if line["entity"].startswith("Actor:")
    )


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR, SYSTEM])
async def test_only_members_follow(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    with pytest.raises(ForbiddenError):
        await follow(at(store), Follow(target=PARKEN), actor=actor)
    with pytest.raises(ForbiddenError):
        await unfollow(at(store), Unfollow(target=PARKEN), actor=actor)


async def test_what_is_absent_and_what_is_hidden_cannot_be_followed(store: GraphStore) -> None:
    await found_network(store)
    draft = await drafted(store)
    for target in (f"Project:{draft}", "Project:nie", "Topic:nie", "Need:nie"):
        with pytest.raises(NodeNotFoundError):
            await follow(at(store), Follow(target=key_of(target)), actor=OTHER_CLERK)
    with pytest.raises(InvalidInputError):
        await follow(at(store), Follow(target=key_of("University:03sft3r75")), actor=OTHER_CLERK)
    await follow(at(store), Follow(target=key_of(f"Project:{draft}")), actor=TOWN_CLERK)


async def test_nobody_follows_without_end(store: GraphStore) -> None:
    await found_network(store)
    actor = pseudonym(TOWN_CLERK)
    await plant(store, *(personal.Follow(id=f"f{n}", actor=actor, target=f"Hub:h{n}") for n in range(MAX_FOLLOWS - 1)))
    await follow(at(store), Follow(target=PARKEN), actor=TOWN_CLERK)

    with pytest.raises(InvalidInputError):
        await follow(at(store), Follow(target=key_of("Hub:zeitz")), actor=TOWN_CLERK)
    await follow(at(store), Follow(target=PARKEN), actor=TOWN_CLERK)
    await follow(at(store), Follow(target=key_of("Hub:zeitz")), actor=OTHER_CLERK)


async def test_a_follow_is_written_whole(store: GraphStore) -> None:
    await found_network(store)
    command = Follow(target=PARKEN)

    assert await count_kills(store, lambda work: follow(work, command, actor=TOWN_CLERK), lambda: all_changes(store))


async def line(store: GraphStore, key: str, person: Principal, *, at: str = MONDAY, read_at: str | None = None) -> None:
    await plant(
        store,
        Notification(
            id=key,
            actor=pseudonym(person),
            news="news",
            kind=NewsKind.PROJECT_PUBLISHED,
            entity="Topic:parken",
            at=Instant(at),
            read_at=None if read_at is None else Instant(read_at),
        ),
    )


async def keys(store: GraphStore, person: Principal, *, unread_only: bool = False) -> list[str]:
    found = await inbox.lines(store, pseudonym(person), limit=100, unread_only=unread_only)
    assert await inbox.count(store, pseudonym(person), unread_only=unread_only) == len(found)
    return [one.id for one in found]


async def test_an_inbox_pages_from_the_latest_and_ties_are_told_apart(store: GraphStore) -> None:
    for key, moment in (("b", MONDAY), ("a", MONDAY), ("c", "2026-11-03T09:00:00.000000Z")):
        await line(store, key, TOWN_CLERK, at=moment)
    await line(store, "other", PROFESSOR)

    pages = []
    after = None
    while found := await inbox.lines(store, pseudonym(TOWN_CLERK), limit=2, after=after):
        pages.append([one.id for one in found])
        after = found[-1].place
    assert pages == [["c", "b"], ["a"]]


async def test_only_one_s_own_lines_are_marked(store: GraphStore) -> None:
    for key in ("a", "b", "c"):
        await line(store, key, TOWN_CLERK)
    await line(store, "other", PROFESSOR)
    command = MarkNotificationsRead(notifications=("a", "other", "nothing"))

    assert await mark_notifications_read(at(store), command, actor=TOWN_CLERK) == {"marked": 1}
    assert await keys(store, TOWN_CLERK, unread_only=True) == ["c", "b"]
    assert await keys(store, PROFESSOR, unread_only=True) == ["other"]
    assert await stored(store, "Notification:nothing") is None
    assert await mark_notifications_read(at(store), MarkNotificationsRead(), actor=TOWN_CLERK) == {"marked": 2}
    assert await mark_notifications_read(at(store), MarkNotificationsRead(), actor=TOWN_CLERK) == {"marked": 0}
    assert await keys(store, TOWN_CLERK) == ["c", "b", "a"]
    # What somebody has read is nobody's business later.
    assert await all_changes(store) == []
    with pytest.raises(ForbiddenError):
        await mark_notifications_read(at(store), MarkNotificationsRead(), actor=VISITOR)


async def test_old_lines_go_and_young_ones_stay(store: GraphStore) -> None:
    now = await store.now()
    clock = Clock(now)

    def ago(days: int) -> str:
        clock.now = Instant(now)
        clock.forward(days=-days)
        return clock.now

    await line(store, "unread", PROFESSOR, at=ago(LONGEST_DAYS - 1))
    await line(store, "read", PROFESSOR, at=ago(READ_DAYS + 5), read_at=ago(READ_DAYS - 1))
    await line(store, "read-long-ago", PROFESSOR, at=ago(READ_DAYS + 5), read_at=ago(READ_DAYS + 1))
    await line(store, "never-read", PROFESSOR, at=ago(LONGEST_DAYS + 1))

    assert [await inbox.purge(store, limit=1) for _ in range(3)] == [1, 1, 0]
    assert sorted(await keys(store, PROFESSOR)) == ["read", "unread"]


async def test_mail_settings_change_what_is_said_and_keep_the_rest(store: GraphStore) -> None:
    await save_mail_settings(at(store), SaveMailSettings(name="Bauamt", is_listed=True), actor=VISITOR)
    await save_mail_settings(at(store), SaveMailSettings(digest=Digest.NEVER), actor=VISITOR)

    person = await stored(store, f"Actor:{pseudonym(VISITOR)}")
    assert person is not None
    assert (person["name"], person["is_listed"], person["digest"], person["gets_task_mail"], person["version"]) == (
        *("Bauamt", True, "NEVER", True),
        2,
    )
    with pytest.raises(InvalidInputError):
        await save_mail_settings(at(store), SaveMailSettings(name=" "), actor=VISITOR)
    with pytest.raises(ForbiddenError):
        await save_mail_settings(at(store), SaveMailSettings(), actor=ANYBODY)
