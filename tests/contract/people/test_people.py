"""Who is noted when they come in, and what invitations add to them."""

import asyncio
import logging
from dataclasses import replace
from typing import Any

import pytest

from auth.principal import Membership, Principal
from graph.accounts.people import GraphPeople, seen
from graph.actors import pseudonym
from graph.errors import ReadOnlyError
from graph.personal import InvitedMember
from graph.port import GraphStore
from graph.values import Instant
from tests.fixtures.contributing import MONDAY, TOWN_CLERK, VISITOR, found_network, person
from tests.fixtures.inviting import invited_memberships
from tests.fixtures.units import all_changes, stored, write

TUESDAY = Instant("2026-11-03T09:00:00.000000Z")
LATER_ON_MONDAY = Instant("2026-11-02T23:00:00.000000Z")
FIRST = Instant(MONDAY)


def joined(principal: Principal, membership: str, house: str, **given: Any) -> InvitedMember:
    chosen: dict[str, Any] = {
        "id": f"{principal.sub}-{membership}",
        "actor": pseudonym(principal),
        "house": house,
        "house_key": house.partition(":")[2],
        "membership": membership,
        "invitation": "one",
        "since": FIRST,
    }
    return InvitedMember(**(chosen | given))


async def noted(store: GraphStore, principal: Principal) -> dict[str, Any]:
    row = await stored(store, f"Actor:{pseudonym(principal)}")
    assert row is not None
    return row


async def writes(store: GraphStore, act: Any) -> int:
    """Statements that `act` took beyond the one that reads."""
    before = store.calls
    await act
    return store.calls - before - 1


async def test_somebody_is_noted_at_the_first_time(store: GraphStore) -> None:
    await seen(store, TOWN_CLERK, "amt@gemeinde.example", now=FIRST)
    row = await noted(store, TOWN_CLERK)
    assert (row["iss"], row["sub"], row["memberships"]) == (TOWN_CLERK.iss, TOWN_CLERK.sub, [TOWN_CLERK.sub])
    assert (row["email"], row["seen_at"], row["created_at"], row["version"]) == (
        "amt@gemeinde.example",
        FIRST,
        FIRST,
        1,
    )
    assert (row["digest"], row["gets_task_mail"], row["is_listed"]) == ("WEEKLY", True, False)
    assert await all_changes(store) == []


async def test_seen_is_written_once_a_day(store: GraphStore) -> None:
    await seen(store, TOWN_CLERK, now=FIRST)
    assert await writes(store, seen(store, TOWN_CLERK, now=LATER_ON_MONDAY)) == 0
    assert (await noted(store, TOWN_CLERK))["seen_at"] == FIRST
    await seen(store, TOWN_CLERK, now=TUESDAY)
    row = await noted(store, TOWN_CLERK)
    assert (row["seen_at"], row["created_at"], row["version"]) == (TUESDAY, FIRST, 1)


@pytest.mark.parametrize(
    ("said", "kept"), [(None, "old@stadt.example"), ("", None), ("new@stadt.example", "new@stadt.example")]
)
async def test_an_address_follows_what_the_issuer_says(store: GraphStore, said: str | None, kept: str | None) -> None:
    await seen(store, TOWN_CLERK, "old@stadt.example", now=FIRST)
    await seen(store, replace(TOWN_CLERK, email=said), now=LATER_ON_MONDAY)
    assert (await noted(store, TOWN_CLERK))["email"] == kept


async def test_memberships_follow_at_once(store: GraphStore) -> None:
    await seen(store, TOWN_CLERK, now=FIRST)
    await seen(store, replace(TOWN_CLERK, memberships=frozenset()), now=LATER_ON_MONDAY)
    assert not (await noted(store, TOWN_CLERK))["memberships"]


async def test_a_choice_of_the_person_survives_and_is_not_stale(store: GraphStore) -> None:
    await seen(store, TOWN_CLERK, now=FIRST)
    row = await noted(store, TOWN_CLERK)
    await store.transact(lambda transaction: transaction.put("Actor", [{"id": row["id"], "digest": "NEVER"}]))
    await seen(store, TOWN_CLERK, now=TUESDAY)
    after = await noted(store, TOWN_CLERK)
    assert (after["digest"], after["version"]) == ("NEVER", row["version"])


async def test_two_at_once_are_one(store: GraphStore) -> None:
    await asyncio.gather(*(seen(store, TOWN_CLERK, "amt@gemeinde.example", now=FIRST) for _ in range(8)))
    assert (await noted(store, TOWN_CLERK))["email"] == "amt@gemeinde.example"


class _ReadOnly:
    def __init__(self, store: GraphStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, *_: object, **__: object) -> None:
        raise ReadOnlyError("no writes at the moment")


async def test_a_database_that_takes_no_writes_stops_nobody(store: GraphStore) -> None:
    await found_network(store)
    await write(store, joined(VISITOR, "hub_member:zeitz", "Hub:zeitz"))
    closed: Any = _ReadOnly(store)
    assert (await GraphPeople(closed).arrive(VISITOR)).memberships == {Membership.parse("hub_member:zeitz")}
    assert await stored(store, f"Actor:{pseudonym(VISITOR)}") is None


@pytest.mark.parametrize(
    ("membership", "house"),
    [
        ("hub_member:zeitz", "Hub:zeitz"),
        ("municipality:010615138", "Municipality:010615138"),
        ("university:03sft3r75", "University:03sft3r75"),
        ("organisation:stadtwerke", "Organisation:stadtwerke"),
    ],
)
async def test_a_membership_by_invitation_joins_the_others(store: GraphStore, membership: str, house: str) -> None:
    await found_network(store)
    caller = person("hub_member:wilster", sub="somebody")
    await write(store, joined(caller, membership, house))
    assert await invited_memberships(store, caller) == {Membership.parse(membership)}
    # Whoever was here today is read in one statement.
    calls = store.calls
    whole = await GraphPeople(store).arrive(caller)
    assert store.calls - calls == 1
    assert set(map(str, whole.memberships)) == {"hub_member:wilster", membership}
    assert set((await noted(store, caller))["memberships"]) == {"hub_member:wilster", membership}


async def test_whoever_is_known_costs_one_read(store: GraphStore) -> None:
    await found_network(store)
    await write(store, joined(VISITOR, "hub_member:zeitz", "Hub:zeitz"))
    people = GraphPeople(store)
    for caller in (VISITOR, TOWN_CLERK):
        await people.arrive(caller)
        assert await writes(store, people.arrive(caller)) == 0


async def test_what_is_revoked_or_somebody_elses_does_not_count(store: GraphStore) -> None:
    await found_network(store)
    await write(
        store,
        joined(VISITOR, "hub_member:zeitz", "Hub:zeitz", revoked_at=FIRST),
        joined(person(sub="another"), "hub_member:zeitz", "Hub:zeitz"),
        joined(replace(VISITOR, iss="https://other.example"), "hub_lead:zeitz", "Hub:zeitz", id="twin"),
    )
    assert await invited_memberships(store, VISITOR) == set()


async def test_what_cannot_be_meant_is_left_out_and_logged(store: GraphStore, caplog: pytest.LogCaptureFixture) -> None:
    await found_network(store)
    await write(
        store,
        joined(VISITOR, "hub_member:gone", "Hub:gone"),
        joined(VISITOR, "mayor:zeitz", "Hub:zeitz"),
        # A house of another kind with the same key is not that house.
        joined(VISITOR, "organisation:zeitz", "Organisation:zeitz"),
        joined(VISITOR, "reviewer:zeitz", "Hub:zeitz"),
    )
    with caplog.at_level(logging.WARNING, "hubnetz.people"):
        assert await invited_memberships(store, VISITOR) == {Membership.parse("reviewer:zeitz")}
    assert len(caplog.records) == 3
