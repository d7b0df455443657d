"""Addresses by which programs fetch a list, on each graph database: kept as hashes, one's own alone, and over in time."""

import base64
import json
import os
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Anonymous, Membership, Principal
from auth.sealing import Sealer
from auth.sessions import hashed
from graph.accounts import feed_tokens
from graph.accounts.feed_tokens import UNSEEN_DAYS, note_use, open_feed
from graph.accounts.people import seen
from graph.accounts.person import rows
from graph.actors import pseudonym
from graph.commands.feed_addresses import (
    DAYS,
    MAX_ADDRESSES,
    CreateFeedAddress,
    RevokeFeedAddress,
    Terms,
    addresses_of,
    create_feed_address,
    revoke_feed_address,
)
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.port import GraphStore
from graph.values import Instant, instant
from graph.vocabulary import FeedForm
from graph.writing.unit_of_work import UnitOfWork
from tests.fixtures.units import all_changes, stored

CLERK = Principal("https://issuer.example", "clerk", frozenset({Membership.parse("municipality:010615138001")}))
OTHER = Principal("https://issuer.example", "other", frozenset({Membership.parse("municipality:150840550550")}))
VISITOR = Principal("https://issuer.example", "visitor")
SECRET = re.compile("[A-Za-z0-9_-]{43}")
COMMAND = CreateFeedAddress(name="Bedarfe", form=FeedForm.TABLE, page="/needs?kind=seeks")


def _page(_: FeedForm, page: str) -> str:
    if not page.startswith("/"):
        raise InvalidInputError("no list", field="page")
    return page


def _terms() -> Terms:
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    return Terms(Sealer([key]), _page, lambda secret, form, page: f"{secret} {form} {page}")


TERMS = _terms()


async def made(store: GraphStore, person: Principal = CLERK, **given: Any) -> tuple[str, str]:
    """Id and secret of a new address."""
    answer = await create_feed_address(UnitOfWork(store), COMMAND, actor=person, terms=TERMS, **given)
    return str(answer["id"]), str(answer["url"]).partition(" ")[0]


async def become(store: GraphStore, label: str, key: str, **values: Any) -> None:
    await store.transact(lambda transaction: transaction.put(label, [{"id": key, **values}]))


async def ago(store: GraphStore, **time: float) -> Instant:
    return instant(datetime.fromisoformat(await store.now()) - timedelta(**time))


async def test_the_secret_is_told_once_and_kept_nowhere(store: GraphStore) -> None:
    answer = await create_feed_address(UnitOfWork(store), COMMAND, actor=CLERK, terms=TERMS, idempotency_key="k")
    again = await create_feed_address(UnitOfWork(store), COMMAND, actor=CLERK, terms=TERMS, idempotency_key="k")

    assert again == answer
    secret, form, page = str(answer["url"]).split(" ")
    assert SECRET.fullmatch(secret)
    assert (form, page, answer["id"]) == ("TABLE", COMMAND.page, hashed(secret))
    (kept,) = await addresses_of(store, pseudonym(CLERK))
    assert (kept.id, kept.name, kept.form, kept.page) == (answer["id"], "Bedarfe", FeedForm.TABLE, COMMAND.page)
    length = datetime.fromisoformat(kept.expires_at) - datetime.fromisoformat(kept.created_at)
    assert length == timedelta(days=DAYS)
    assert kept.used_on is None
    row = await stored(store, f"FeedToken:{kept.id}")
    assert secret not in json.dumps(row, default=str)
    for line in await all_changes(store):
        assert secret not in str(line)
        assert COMMAND.page not in str(line)
    await revoke_feed_address(UnitOfWork(store), RevokeFeedAddress(feed_address=kept.id), actor=CLERK)
    lines = [str(line) for line in await all_changes(store)]
    assert [action for action in ("create_feed_address", "revoke_feed_address") if action in "".join(lines)] == [
        "create_feed_address",
        "revoke_feed_address",
    ]
    assert not any(COMMAND.page in line for line in lines)
    assert [row async for row in rows(store, "PersonalValues") if row["entity"] == f"FeedToken:{kept.id}"] == []


async def test_without_the_key_of_that_time_a_repetition_tells_nothing(store: GraphStore) -> None:
    first, _ = await made(store, idempotency_key="k")
    answer = await create_feed_address(UnitOfWork(store), COMMAND, actor=CLERK, terms=_terms(), idempotency_key="k")
    assert answer == {"id": first, "url": None}


async def test_an_address_opens_its_list_as_its_person_is_now(store: GraphStore) -> None:
    await seen(store, CLERK)
    key, secret = await made(store)
    feed = await open_feed(store, secret)
    assert feed is not None
    assert (feed.id, feed.form, feed.page, feed.owner) == (key, FeedForm.TABLE, COMMAND.page, CLERK)

    moved = Principal(CLERK.iss, CLERK.sub, OTHER.memberships)
    await seen(store, moved)
    feed = await open_feed(store, secret)
    assert feed is not None
    assert feed.owner.memberships == OTHER.memberships


@pytest.mark.parametrize("secret", ["", "x", "A" * 43, "A" * 44, "%00", "é" * 43, "' OR 1=1", "\ud800" * 43])
async def test_what_is_no_secret_opens_nothing(store: GraphStore, secret: str) -> None:
    await made(store)
    assert await open_feed(store, secret) is None


async def test_the_id_opens_nothing(store: GraphStore) -> None:
    key, _ = await made(store)
    assert await open_feed(store, key) is None
    assert await open_feed(store, key[:43]) is None


async def test_an_address_ends(store: GraphStore) -> None:
    await seen(store, CLERK)
    key, secret = await made(store)
    await become(store, "FeedToken", key, expires_at=await ago(store, seconds=1))
    assert await open_feed(store, secret) is None
    assert [one.id for one in await addresses_of(store, pseudonym(CLERK))] == [key]


async def test_an_address_rests_while_its_person_is_nobody_or_long_not_seen(store: GraphStore) -> None:
    await seen(store, CLERK)
    _, secret = await made(store)
    actor = pseudonym(CLERK)
    await become(store, "Actor", actor, seen_at=await ago(store, days=UNSEEN_DAYS, minutes=1))
    assert await open_feed(store, secret) is None
    await become(store, "Actor", actor, seen_at=await ago(store, days=UNSEEN_DAYS - 1), memberships=[])
    assert await open_feed(store, secret) is None
    await become(store, "Actor", actor, memberships=["municipality:010615138001"])
    assert await open_feed(store, secret) is not None
    await store.transact(lambda transaction: transaction.delete("Actor", [actor]))
    assert await open_feed(store, secret) is None


async def test_a_revoked_address_is_gone_and_stays_so(store: GraphStore) -> None:
    await seen(store, CLERK)
    key, secret = await made(store)
    feed = await open_feed(store, secret)
    assert feed is not None
    await revoke_feed_address(UnitOfWork(store), RevokeFeedAddress(feed_address=key), actor=CLERK)
    # Somebody was just fetching it.
    await note_use(store, feed, today="2026-11-22")
    assert await open_feed(store, secret) is None
    assert await stored(store, f"FeedToken:{key}") is None
    with pytest.raises(NodeNotFoundError):
        await revoke_feed_address(UnitOfWork(store), RevokeFeedAddress(feed_address=key), actor=CLERK)


async def test_another_s_address_is_none(store: GraphStore) -> None:
    key, _ = await made(store)
    for person in (OTHER, VISITOR):
        with pytest.raises(NodeNotFoundError):
            await revoke_feed_address(UnitOfWork(store), RevokeFeedAddress(feed_address=key), actor=person)
    assert await addresses_of(store, pseudonym(OTHER)) == []


async def test_who_has_no_membership_gets_none_and_may_revoke(store: GraphStore) -> None:
    for person in (VISITOR, Anonymous()):
        with pytest.raises(ForbiddenError):
            await create_feed_address(UnitOfWork(store), COMMAND, actor=person, terms=TERMS)
    key, _ = await made(store)
    left = Principal(CLERK.iss, CLERK.sub)
    await revoke_feed_address(UnitOfWork(store), RevokeFeedAddress(feed_address=key), actor=left)
    assert await addresses_of(store, pseudonym(CLERK)) == []


async def test_there_are_so_many_at_most(store: GraphStore) -> None:
    for _ in range(MAX_ADDRESSES):
        await made(store)
    with pytest.raises(InvalidInputError):
        await made(store)
    await made(store, OTHER)


async def test_what_is_no_list_is_none(store: GraphStore) -> None:
    command = CreateFeedAddress(name="x", form=FeedForm.TABLE, page="evil")
    with pytest.raises(InvalidInputError):
        await create_feed_address(UnitOfWork(store), command, actor=CLERK, terms=TERMS)


async def test_the_day_of_use_is_written_once_a_day(store: GraphStore) -> None:
    await seen(store, CLERK)
    key, secret = await made(store)
    feed = await open_feed(store, secret)
    assert feed is not None
    await note_use(store, feed, today="2026-11-22")
    (kept,) = await addresses_of(store, pseudonym(CLERK))
    assert kept.used_on == "2026-11-22"
    again = await open_feed(store, secret)
    assert again is not None
    before = await stored(store, f"FeedToken:{key}")
    await note_use(store, again, today="2026-11-22")
    assert await stored(store, f"FeedToken:{key}") == before
    await note_use(store, again, today="2026-11-23")
    assert (await addresses_of(store, pseudonym(CLERK)))[0].used_on == "2026-11-23"


async def test_what_is_over_for_long_is_purged(store: GraphStore) -> None:
    keys = [(await made(store))[0] for _ in range(3)]
    await become(store, "FeedToken", keys[0], expires_at=await ago(store, days=feed_tokens.KEPT_DAYS + 1))
    await become(store, "FeedToken", keys[1], expires_at=await ago(store, days=feed_tokens.KEPT_DAYS - 1))
    assert await feed_tokens.purge(store) == 1
    assert {one.id for one in await addresses_of(store, pseudonym(CLERK))} == {keys[1], keys[2]}
    assert await feed_tokens.purge(store) == 0
