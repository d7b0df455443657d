"""Who acts for a house by invitation: hub leads invite, whoever got the letter accepts, hub leads take it back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from auth import policy
from auth.errors import ForbiddenError
from auth.principal import MembershipKind, Principal
from graph.actors import Actor, actor_id, is_link, pseudonym
from graph.ddl import LABELS
from graph.errors import ConflictError, InvalidInputError, NodeNotFoundError
from graph.identifiers import uuid7
from graph.model import HOUSES, NodeKey
from graph.personal import Actor as Person
from graph.personal import Invitation, InvitedMember, SingleUseLink
from graph.telling import letters
from graph.telling.invitations import MAX_LISTED, ROLES, is_open, membership_of, still_open
from graph.telling.single_use import DAYS, spend
from graph.values import instant
from graph.vocabulary import LetterKind, LinkPurpose
from graph.writing.belonging import hubs_of_house
from graph.writing.daily import require_rest
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

INVITATIONS_A_DAY: Final = 50
"""Of one caller: each is an e-mail to whatever address is given."""
_GONE: Final = "no invitation that this link opens"


@dataclass(frozen=True, kw_only=True)
class InviteMember:
    house: NodeKey
    role: MembershipKind
    email: str


@dataclass(frozen=True, kw_only=True)
class RevokeInvitation:
    invitation: str


@dataclass(frozen=True, kw_only=True)
class RevokeMembership:
    """`member`: id of a membership by invitation."""

    member: str


@dataclass(frozen=True, kw_only=True)
class AcceptInvitation:
    """`link`: id of the single-use link, the hash of its secret."""

    link: str


async def invite_member(
    unit_of_work: UnitOfWork, command: InviteMember, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the invitation, and its `house`. Another one to the same address for this house is replaced.

    Whether the address belongs to somebody who has an account here is neither asked nor told.

    Raises:
        NodeNotFoundError: no such house.
        ForbiddenError: it is no house of a hub that the caller leads.
        InvalidInputError: no role at such a house, no address, or too many invitations are open.
        TooOftenError: the caller sent INVITATIONS_A_DAY.
    """

    async def invite(unit: Unit) -> dict[str, str]:
        await _require_inviter(unit, command.house)
        if membership_of(command.role, command.house) is None:
            roles = " or ".join(ROLES.get(command.house.label, ()))
            raise InvalidInputError(f"role: at this house expected {roles}", field="role")
        if not letters.is_address(command.email):
            raise InvalidInputError("email: expected an address in ASCII, as in rathaus@stadt.example", field="email")
        waiting = await still_open(unit, house=command.house)
        former = [one for one in waiting if one.email.casefold() == command.email.casefold()]
        if len(waiting) - len(former) >= MAX_LISTED:
            raise InvalidInputError(f"house: {MAX_LISTED} invitations are open; revoke some of them", field="house")
        await require_rest(unit, "invite_member", most=INVITATIONS_A_DAY)
        await _take_back(unit, former)
        invitation = Invitation(
            id=str(uuid7()),
            house=str(command.house),
            role=command.role,
            email=command.email,
            invited_by=actor_id(unit.actor),
            expires_at=instant(datetime.fromisoformat(unit.now) + timedelta(days=DAYS)),
        )
        unit.record("invite_member", invitation.key)
        await unit.put(invitation)
        await letters.write(
            unit, LetterKind.INVITATION, command.email, invitation.key, purpose=LinkPurpose.ACCEPT_INVITATION
        )
        return {"id": invitation.id, "house": invitation.house}

    return await unit_of_work.run(invite, actor=actor, idempotency_key=idempotency_key)


async def revoke_invitation(
    unit_of_work: UnitOfWork, command: RevokeInvitation, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the invitation, whose link opens nothing any more, and its `house`. Expired or revoked, it stays as it is.

    Raises:
        NodeNotFoundError: no such invitation, or none that the caller might have sent; the two look alike.
        ConflictError: it was accepted meanwhile.
    """

    async def revoke(unit: Unit) -> dict[str, str]:
        key = NodeKey(Invitation.__name__, command.invitation)
        found = await unit.get(Invitation, command.invitation)
        await _require_seeing(unit, key, None if found is None else found.house)
        await unit.lock(key)
        invitation = await unit.get(Invitation, command.invitation)
        assert invitation is not None
        if invitation.accepted_at is not None:
            raise ConflictError("the invitation was accepted meanwhile: revoke the membership")
        if is_open(invitation, unit.now):
            await _take_back(unit, [invitation])
        return {"id": invitation.id, "house": invitation.house}

    return await unit_of_work.run(revoke, actor=actor, idempotency_key=idempotency_key)


async def revoke_membership(
    unit_of_work: UnitOfWork, command: RevokeMembership, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the membership, which counts no more from the next request on, and its `house`.

    Invitations that this person sent and nobody accepted yet are taken back with it. Whoever holds it may give it up, too.

    Raises:
        NodeNotFoundError: no such membership, or none of a house where the caller may invite; the two look alike.
    """

    async def revoke(unit: Unit) -> dict[str, str]:
        key = NodeKey(InvitedMember.__name__, command.member)
        found = await unit.get(InvitedMember, command.member)
        is_own = found is not None and isinstance(unit.actor, Principal) and found.actor == pseudonym(unit.actor)
        if not is_own:
            await _require_seeing(unit, key, None if found is None else found.house)
        await unit.lock(key)
        member = await unit.get(InvitedMember, command.member)
        assert member is not None
        if member.revoked_at is None:
            unit.record("revoke_membership", key)
            await unit.put(replace(member, revoked_at=unit.now))
            await _seen_as(unit, member, is_member=False)
            await _take_back(unit, await still_open(unit, inviter=f"actor:{member.actor}"))
        return {"id": member.id, "house": member.house}

    return await unit_of_work.run(revoke, actor=actor, idempotency_key=idempotency_key)


async def accept_invitation(
    unit_of_work: UnitOfWork, command: AcceptInvitation, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the caller's membership by this invitation, which counts from the next request on, and its `house`.

    Whoever holds the letter may accept, under any account; the record says which one it was. The same person may do it twice.

    Raises:
        NodeNotFoundError: the link is not good for it (any more); why, is told nobody.
        ForbiddenError: nobody is signed in.
    """

    async def accept(unit: Unit) -> dict[str, str]:
        if not isinstance(unit.actor, Principal) or is_link(unit.actor):
            raise ForbiddenError("accept invitation: for people who are signed in")
        person = pseudonym(unit.actor)
        await unit.lock(NodeKey(SingleUseLink.__name__, command.link))
        link = await unit.get(SingleUseLink, command.link)
        if link is None or link.purpose is not LinkPurpose.ACCEPT_INVITATION:
            raise NodeNotFoundError(_GONE)
        identifier = NodeKey.parse(link.entity).value
        if link.used_at is None:
            try:
                await spend(unit, link.id)
            except NodeNotFoundError as error:
                # In the same words as for all others: which of them it is, is nobody's business.
                raise NodeNotFoundError(_GONE) from error
        elif (invitation := await unit.get(Invitation, identifier)) is None or invitation.accepted_at is not None:
            return await _accepted_before(unit, identifier, person)
        return await _join(unit, identifier, person)

    return await unit_of_work.run(accept, actor=actor, idempotency_key=idempotency_key)


async def _accepted_before(unit: Unit, invitation: str, person: str) -> dict[str, str]:
    """The answer for whoever accepted the invitation and still is a member by it."""
    accepted = await unit.get(Invitation, invitation)
    records = await unit.query("memberships_of", actor=person, house="" if accepted is None else accepted.house)
    members = await unit.get_many(InvitedMember, [str(identifier) for identifier, _ in records])
    for member in members.values():
        if member.invitation == invitation:
            return {"id": member.id, "house": member.house}
    raise NodeNotFoundError(_GONE)


async def _join(unit: Unit, identifier: str, person: str) -> dict[str, str]:
    """Makes `person` a member by an invitation whose link this unit has spent."""
    await unit.lock(NodeKey(Invitation.__name__, identifier))
    invitation = await unit.get(Invitation, identifier)
    if invitation is None or not is_open(invitation, unit.now):
        raise NodeNotFoundError(_GONE)
    house = NodeKey.parse(invitation.house)
    # Two letters for one membership, accepted at once by one person, are to be one membership.
    if not await unit.lock(house):
        raise NodeNotFoundError(_GONE)
    membership = membership_of(MembershipKind(invitation.role), house)
    if membership is None:
        raise NodeNotFoundError(_GONE)
    held = {text: str(member) for member, text in await unit.query("memberships_of", actor=person, house=str(house))}
    unit.record("accept_invitation", invitation.key)
    await unit.put(replace(invitation, accepted_at=unit.now))
    before = await unit.get(InvitedMember, held[str(membership)]) if str(membership) in held else None
    if before is not None:
        await unit.put(replace(before, invitation=invitation.id))
        return {"id": before.id, "house": before.house}
    member = InvitedMember(
        id=str(uuid7()),
        actor=person,
        house=invitation.house,
        house_key=house.value,
        membership=str(membership),
        invitation=invitation.id,
        since=unit.now,
    )
    unit.record("accept_invitation", member.key)
    await unit.put(member)
    await _seen_as(unit, member, is_member=True)
    return {"id": member.id, "house": member.house}


async def _seen_as(unit: Unit, member: InvitedMember, *, is_member: bool) -> None:
    """Whom news of the house reach follows at once, not when the person comes again."""
    await unit.lock(NodeKey(Person.__name__, member.actor))
    person = await unit.get(Person, member.actor)
    if person is None:
        return
    memberships = set(person.memberships) | {member.membership}
    if not is_member:
        memberships -= {member.membership}
    await unit.keep(replace(person, memberships=tuple(sorted(memberships))))


async def _take_back(unit: Unit, invitations: list[Invitation]) -> None:
    for invitation in invitations:
        unit.record("revoke_invitation", invitation.key)
    await unit.put_many([replace(invitation, revoked_at=unit.now) for invitation in invitations])


async def _require_inviter(unit: Unit, house: NodeKey) -> None:
    """Passes where the house is there and the caller may invite for it; holds the house, so that two invite in turn."""
    if house.label not in HOUSES or not await unit.lock(house):
        raise NodeNotFoundError(f"no {house}")
    unit.require(policy.may_invite_member, house, await hubs_of_house(unit, house))


async def _require_seeing(unit: Unit, key: NodeKey, house: str | None) -> None:
    """Passes for who may invite for `house`, as whose record `key` is; to all others it is not there.

    A house that is gone has no hubs any more: what is left of it is the administration's.
    """
    missing = NodeNotFoundError(f"no {key}")
    if house is None:
        raise missing
    place = NodeKey.parse(house)
    is_there = await unit.get(LABELS[place.label].node, place.value) is not None
    try:
        unit.require(policy.may_invite_member, place, await hubs_of_house(unit, place) if is_there else [])
    except ForbiddenError as error:
        raise missing from error
