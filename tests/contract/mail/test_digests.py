"""Digests: what somebody has neither read nor been written, at the time of her choice, once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.accounts.people import seen
from graph.actors import pseudonym
from graph.personal import Notification
from graph.port import GraphStore
from graph.telling import post
from graph.values import Instant, instant
from graph.vocabulary import Digest, LetterKind, NewsKind
from network.mail.subscriptions import Subscriptions
from tests.fixtures.builders import plant
from tests.fixtures.contributing import OTHER_CLERK, drafted, found_network, published
from tests.fixtures.faults import Killed, Stepping, Steps
from tests.fixtures.mail import INVITES, KEY, MAYOR, all_letters, postman, reachable, told
from tests.fixtures.smtp import post_office, text_of

CLERK = pseudonym(OTHER_CLERK)
LONG_AGO = "2026-01-01T00:00:00.000000Z"
BERLIN = ZoneInfo("Europe/Berlin")


async def reader(store: GraphStore, digest: Digest = Digest.DAILY, **properties: Any) -> None:
    await seen(store, OTHER_CLERK, "clerk@andere-stadt.example")
    row = {"id": CLERK, "digest": digest.value, "digest_at": LONG_AGO, **properties}
    await store.transact(lambda transaction: transaction.put("Actor", [row]))


async def hears(
    store: GraphStore, key: str, entity: str, kind: NewsKind = NewsKind.PROJECT_PUBLISHED, **more: Any
) -> None:
    line = Notification(id=key, actor=CLERK, news=key, kind=kind, entity=entity, at=Instant(LONG_AGO), **more)
    await plant(store, line)


async def written(store: GraphStore) -> list[Any]:
    await postman(store, None).write_digests()
    return [letter for letter in await all_letters(store) if letter.kind is LetterKind.DIGEST]


async def test_a_digest_holds_what_is_new_and_what_may_be_seen(store: GraphStore) -> None:
    await found_network(store)
    shown, hidden = await published(store), await drafted(store, title="Noch geheim")
    await reader(store)
    await hears(store, "1", f"Project:{shown}", reason="Sie folgen dem Thema Parken.")
    await hears(store, "2", f"Project:{hidden}")
    await hears(store, "3", f"Project:{shown}", NewsKind.PROJECT_CHANGED, read_at=Instant(LONG_AGO))
    await hears(store, "4", f"Project:{shown}", NewsKind.TASK_ASKED)

    (letter,) = await written(store)
    assert (letter.email, letter.actor) == ("clerk@andere-stadt.example", CLERK)
    async with post_office() as server:
        await postman(store, server.sender).deliver()
        (message,) = server.taken

    text = text_of(message)
    assert "Veröffentlicht: Parken per App" in text
    assert "Sie folgen dem Thema Parken." in text
    assert "Noch geheim" not in text + text_of(message, "html")
    assert "Geändert" not in text
    assert "Neue Aufgabe" not in text
    assert "Eine Neuigkeit für Sie" in str(message["Subject"])
    token = str(message["List-Unsubscribe"]).removeprefix("<https://hubnetz.example/unsubscribe/").removesuffix(">")
    subscription = Subscriptions([KEY]).read(token)
    assert subscription is not None
    await Subscriptions([KEY]).end(store, subscription)
    await reader_is_due(store)
    await hears(store, "5", f"Project:{shown}")
    assert len(await written(store)) == 1


async def reader_is_due(store: GraphStore) -> None:
    await store.transact(lambda transaction: transaction.put("Actor", [{"id": CLERK, "digest_at": LONG_AGO}]))


async def test_it_is_written_once_however_often_one_looks(store: GraphStore) -> None:
    await found_network(store)
    shown = await published(store)
    await reader(store)
    await hears(store, "1", f"Project:{shown}")
    for _ in range(3):
        assert len(await written(store)) == 1
    await reader_is_due(store)
    # Nothing new: no letter.
    assert len(await written(store)) == 1


async def test_killed_at_any_step_it_is_written_once(store: GraphStore) -> None:
    await found_network(store)
    shown = await published(store)
    await reader(store)
    await hears(store, "1", f"Project:{shown}")
    for kill_at in range(60):
        try:
            await postman(Stepping(store, Steps(kill_at)), None).write_digests()
        except Killed:
            assert len(await all_letters(store)) <= 1
        else:
            break
    assert len(await all_letters(store)) == 1


async def test_one_that_cannot_be_worked_out_keeps_no_other_letter_waiting(store: GraphStore) -> None:
    await found_network(store)
    shown = await published(store)
    await reader(store)
    # A kind of news that digests have no words for, as a newer version may have written it.
    await hears(store, "1", f"Project:{shown}", NewsKind.PING)
    (bad,) = await written(store)
    await reachable(store)
    await drafted(store, more=INVITES)
    await told(store)

    async with post_office() as server:
        assert await postman(store, server.sender).deliver() == 2
        assert ("post@hubnetz.example", [MAYOR]) in server.envelopes
    put_off = next(letter for letter in await all_letters(store) if letter.id == bad.id)
    assert (put_off.attempts, put_off.sent_at, put_off.failed_at) == (1, None, None)
    assert put_off.due_at > await store.now()


async def test_memberships_of_a_newer_version_keep_no_letter_from_its_way(store: GraphStore) -> None:
    await found_network(store)
    shown = await published(store)
    await reader(store, memberships=["wizard:oz", *map(str, OTHER_CLERK.memberships)])
    await hears(store, "1", f"Project:{shown}")
    assert len(await written(store)) == 1
    async with post_office() as server:
        assert await postman(store, server.sender).deliver() == 1


@pytest.mark.parametrize(
    "properties", [{"digest": "NEVER"}, {"email": None}, {"digest_at": "2999-01-01T00:00:00.000000Z"}]
)
async def test_who_wants_none_or_had_it_or_cannot_be_written_to_gets_none(
    store: GraphStore, properties: dict[str, Any]
) -> None:
    await found_network(store)
    shown = await published(store)
    await reader(store, **{key: value for key, value in properties.items() if key != "digest"})
    await store.transact(lambda transaction: transaction.put("Actor", [{"id": CLERK, **properties}]))
    await hears(store, "1", f"Project:{shown}")
    assert await written(store) == []


async def test_where_nothing_of_it_may_be_seen_any_more_nothing_is_sent(store: GraphStore) -> None:
    await found_network(store)
    hidden = await drafted(store, title="Noch geheim")
    await reader(store)
    await hears(store, "1", f"Project:{hidden}")
    assert len(await written(store)) == 1
    async with post_office() as server:
        assert await postman(store, server.sender).deliver() == 0
        assert server.taken == []
    assert (await post.state(store)).waiting == 0


@given(st.integers(0, 2 * 366 * 24 * 60))
def test_digests_are_due_at_seven_in_germany(minutes: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    daily, weekly = (
        datetime.fromisoformat(post.digest_begins(digest, instant(moment))).astimezone(BERLIN)
        for digest in (Digest.DAILY, Digest.WEEKLY)
    )
    assert (daily.hour, daily.minute, weekly.hour, weekly.minute, weekly.weekday()) == (7, 0, 7, 0, 0)
    assert weekly <= daily <= moment
    assert moment - daily <= timedelta(hours=25)
    assert moment - weekly <= timedelta(days=7, hours=1)
