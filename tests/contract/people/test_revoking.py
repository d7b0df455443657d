"""Taking back invitations and memberships, and who sees which there are."""

from typing import Any

import pytest

from auth.principal import Caller, Principal
from graph.accounts.people import GraphPeople
from graph.actors import pseudonym
from graph.commands.members import (
    RevokeInvitation,
    RevokeMembership,
    revoke_invitation,
    revoke_membership,
)
from graph.errors import ConflictError, NodeNotFoundError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.telling.invitations import members
from graph.telling.single_use import look
from tests.fixtures.contributing import (
    ADMIN,
    ANYBODY,
    TOWN,
    TOWN_CLERK,
    VISITOR,
    WILSTER,
    WILSTER_LEAD,
    WILSTER_REVIEWER,
    ZEITZ_LEAD,
    at,
    found_network,
)
from tests.fixtures.inviting import (
    GUEST,
    accept,
    changes_of,
    invited,
    invited_memberships,
    joined,
    listed,
    on_monday,
    secret_of,
    texts,
)
from tests.fixtures.units import stored


async def test_a_revoked_invitation_opens_nothing(store: GraphStore) -> None:
    await found_network(store)
    invitation = await invited(store, WILSTER, "hub_member")
    secret = await secret_of(store, invitation)
    for _ in range(2):
        await revoke_invitation(at(store), RevokeInvitation(invitation=invitation), actor=WILSTER_LEAD)
    assert await look(on_monday(store), secret) is None
    assert await listed(store, WILSTER) == []
    with pytest.raises(NodeNotFoundError):
        await accept(store, secret, GUEST)


async def test_an_accepted_invitation_is_revoked_as_a_membership(store: GraphStore) -> None:
    await found_network(store)
    invitation = await invited(store, WILSTER, "hub_member")
    await accept(store, await secret_of(store, invitation), GUEST)
    with pytest.raises(ConflictError):
        await revoke_invitation(at(store), RevokeInvitation(invitation=invitation), actor=WILSTER_LEAD)


async def test_a_revoked_membership_is_gone_at_once(store: GraphStore) -> None:
    await found_network(store)
    people = GraphPeople(store)
    await people.arrive(GUEST)
    member = await joined(store, WILSTER, "hub_lead", GUEST)
    assert texts((await people.arrive(GUEST)).memberships) == {"hub_lead:wilster"}
    for _ in range(2):
        await revoke_membership(at(store), RevokeMembership(member=member), actor=WILSTER_LEAD)
    row = await stored(store, f"Actor:{pseudonym(GUEST)}")
    assert row is not None
    assert not row["memberships"]
    assert (await people.arrive(GUEST)).memberships == set()
    assert [change["action"] for change in await changes_of(store, "InvitedMember")] == [
        "accept_invitation",
        "revoke_membership",
    ]


async def test_what_somebody_sent_goes_with_the_membership(store: GraphStore) -> None:
    await found_network(store)
    member = await joined(store, WILSTER, "hub_lead", GUEST)
    guest = await GraphPeople(store).arrive(GUEST)
    sent = await secret_of(store, await invited(store, TOWN, "municipality", actor=guest, email="x@y.example"))
    kept = await secret_of(store, await invited(store, TOWN, "municipality", email="z@y.example"))
    await revoke_membership(at(store), RevokeMembership(member=member), actor=WILSTER_LEAD)
    assert await look(on_monday(store), sent) is None
    assert await look(on_monday(store), kept) is not None


async def test_a_member_may_leave(store: GraphStore) -> None:
    await found_network(store)
    member = await joined(store, WILSTER, "hub_member", GUEST)
    await revoke_membership(at(store), RevokeMembership(member=member), actor=GUEST)
    assert await invited_memberships(store, GUEST) == set()


@pytest.mark.parametrize("actor", [ZEITZ_LEAD, WILSTER_REVIEWER, TOWN_CLERK, VISITOR, ANYBODY])
async def test_to_others_there_is_nothing_to_revoke(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    member = await joined(store, WILSTER, "hub_member", GUEST)
    invitation = await invited(store, WILSTER, "hub_member", email="other@stadt.example")
    told = []
    for identifier in (member, "0" * 36):
        with pytest.raises(NodeNotFoundError) as refused:
            await revoke_membership(at(store), RevokeMembership(member=identifier), actor=actor)
        told.append(str(refused.value).replace(identifier, "…"))
    for identifier in (invitation, "0" * 36):
        with pytest.raises(NodeNotFoundError) as refused:
            await revoke_invitation(at(store), RevokeInvitation(invitation=identifier), actor=actor)
        told.append(str(refused.value).replace(identifier, "…"))
    assert len(set(told)) == 2
    assert texts(await invited_memberships(store, GUEST)) == {"hub_member:wilster"}


async def test_a_membership_of_a_house_that_is_gone_can_be_revoked(store: GraphStore) -> None:
    await found_network(store)
    member = await joined(store, TOWN, "municipality", GUEST)
    await store.transact(lambda transaction: transaction.delete(TOWN.label, [TOWN.value]))
    assert await invited_memberships(store, GUEST) == set()
    with pytest.raises(NodeNotFoundError):
        await revoke_membership(at(store), RevokeMembership(member=member), actor=WILSTER_LEAD)
    await revoke_membership(at(store), RevokeMembership(member=member), actor=ADMIN)


async def test_leads_see_members_and_addresses_others_only_who_agreed(store: GraphStore) -> None:
    await found_network(store)
    people = GraphPeople(store)
    for one, email in ((WILSTER_LEAD, "lead@wilster.example"), (GUEST, "guest@wilster.example")):
        await people.arrive(Principal(one.iss, one.sub, one.memberships, email=email))
    listed_row = {"id": pseudonym(GUEST), "is_listed": True, "name": "Beispiel"}
    await store.transact(lambda transaction: transaction.put("Actor", [listed_row]))
    member = await joined(store, WILSTER, "hub_member", GUEST)
    await people.arrive(GUEST)

    def told(found: list[Any]) -> list[tuple[Any, ...]]:
        return [(one.membership, one.invited, one.name, one.email) for one in found]

    assert told(await members(store, WILSTER_LEAD, WILSTER)) == [
        ("hub_lead:wilster", None, None, "lead@wilster.example"),
        ("hub_member:wilster", member, "Beispiel", "guest@wilster.example"),
    ]
    assert told(await members(store, ZEITZ_LEAD, WILSTER)) == [("hub_member:wilster", member, "Beispiel", None)]
    for caller, house in (
        (VISITOR, WILSTER),
        (ANYBODY, WILSTER),
        (ADMIN, NodeKey("Hub", "none")),
        (ADMIN, NodeKey("Task", "x")),
    ):
        assert await members(store, caller, house) == []


@pytest.mark.parametrize("caller", [ZEITZ_LEAD, WILSTER_REVIEWER, TOWN_CLERK, VISITOR, ANYBODY])
async def test_open_invitations_are_for_who_may_invite(store: GraphStore, caller: Caller) -> None:
    await found_network(store)
    invitation = await invited(store, WILSTER, "hub_member")
    assert await listed(store, WILSTER) == [invitation]
    assert await listed(store, WILSTER, ADMIN) == [invitation]
    assert await listed(store, WILSTER, caller) == []
