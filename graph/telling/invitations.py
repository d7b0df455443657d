"""Invitations and memberships by invitation, as those who sent them, hold them or open their links may see them."""

from dataclasses import dataclass
from typing import Final

from auth import policy
from auth.principal import Caller, Membership, MembershipKind
from graph.ddl import LABELS
from graph.model import HOUSES, NodeKey
from graph.personal import Invitation, SingleUseLink
from graph.port import GraphStore
from graph.telling.matters import Matter, name_of, read_as
from graph.values import Instant
from graph.writing.belonging import hubs_of_house
from graph.writing.unit import Unit

ROLES: Final = {
    "Hub": (MembershipKind.HUB_LEAD, MembershipKind.HUB_MEMBER, MembershipKind.REVIEWER),
    "Municipality": (MembershipKind.MUNICIPALITY,),
    "University": (MembershipKind.UNIVERSITY,),
    "Organisation": (MembershipKind.ORGANISATION,),
}
"""As what somebody can act for a house of each kind. Nobody is invited to administer the network."""
MAX_LISTED: Final = 200
"""Most members, and most open invitations, of one house."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who acts for a house. What the caller may not see is None."""

    membership: str
    since: Instant
    """When the invitation was accepted; when somebody with a membership by an issuer was here first."""
    invited: str | None
    """Id of the membership by invitation, for `revoke_membership`; None for one that an issuer gives."""
    name: str | None
    email: str | None


async def members(store: GraphStore, caller: Caller, house: NodeKey) -> list[Member]:
    """Who acts for `house`, by (role, since), at most MAX_LISTED.

    Whoever may invite sees all of them, with addresses; the network those who agreed to be listed; all others nobody, as
    for a house that does not exist.
    """
    is_inviter = await _may_invite(store, caller, house)
    if house.label not in HOUSES or not (is_inviter or policy.may_take_part(caller)):
        return []
    held = [str(membership) for role in ROLES[house.label] if (membership := membership_of(role, house)) is not None]
    parameters = {"house": str(house), "memberships": held, "limit": MAX_LISTED}
    records = await store.query("members_of", parameters)
    by_invitation = {(actor, membership) for invited, actor, membership, *_ in records if invited}
    found = [
        Member(str(membership), Instant(since), invited or None, name or None, (email or None) if is_inviter else None)
        for invited, actor, membership, since, name, email, is_listed in records
        if (is_inviter or is_listed) and (invited or (actor, membership) not in by_invitation)
    ]
    return sorted(found, key=lambda one: (one.membership, one.since, one.invited or ""))[:MAX_LISTED]


async def open_invitations(store: GraphStore, caller: Caller, house: NodeKey) -> list[Invitation]:
    """Invitations for `house` that may still be accepted, the oldest first; none for who may not invite there."""
    if not await _may_invite(store, caller, house):
        return []
    now = Instant(await store.now())

    async def read(unit: Unit) -> list[Invitation]:
        return await still_open(unit, house=house)

    return await read_as(store, caller, read, now=now)


async def still_open(unit: Unit, *, house: NodeKey | None = None, inviter: str = "") -> list[Invitation]:
    """Invitations that may still be accepted, the oldest first."""
    place = "" if house is None else str(house)
    records = await unit.query("invitations_open", house=place, inviter=inviter, now=unit.now, limit=MAX_LISTED)
    found = await unit.get_many(Invitation, [str(identifier) for (identifier,) in records])
    return sorted(found.values(), key=lambda one: (one.created_at, one.id))


async def of_link(unit: Unit, link: SingleUseLink) -> Matter | None:
    """What an invitation asks whoever got it; None where it was accepted, taken back or replaced, or the house is gone."""
    invitation = await unit.get(Invitation, NodeKey.parse(link.entity).value)
    if invitation is None or not is_open(invitation, unit.now):
        return None
    name = await name_of(unit, NodeKey.parse(invitation.house))
    return None if name is None else Matter(title=name, house=name, role=invitation.role, about=invitation.key)


def is_open(invitation: Invitation, now: Instant) -> bool:
    """Whether somebody may still accept it."""
    return invitation.accepted_at is None and invitation.revoked_at is None and now < invitation.expires_at


def membership_of(role: MembershipKind, house: NodeKey) -> Membership | None:
    """The membership of that role at `house`; None where there is no such role there, or the key has another form."""
    if role not in ROLES.get(house.label, ()):
        return None
    try:
        return Membership(role, house.value)
    except ValueError:
        return None


async def _may_invite(store: GraphStore, caller: Caller, house: NodeKey) -> bool:
    if house.label not in HOUSES or not caller.memberships:
        return False

    async def ask(unit: Unit) -> bool:
        if await unit.get(LABELS[house.label].node, house.value) is None:
            return False
        return policy.may_invite_member(caller, house, await hubs_of_house(unit, house))

    return await read_as(store, caller, ask, now=Instant(await store.now()))
