"""A person's own word on whether she is listed as an expert: given signed in, or by the link in a letter to her."""

from dataclasses import dataclass, replace

from auth.errors import ForbiddenError
from auth.principal import Principal
from graph import links, personal
from graph.actors import Actor, is_link, pseudonym
from graph.commands.changing import answer
from graph.commands.holding import require_version
from graph.errors import NodeNotFoundError
from graph.model import Expert, NodeKey
from graph.personal import SingleUseLink
from graph.telling import letters
from graph.vocabulary import LetterKind, LinkPurpose, NewsKind
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ConsentExpert:
    """`expected_version`: of the entry as the person read it."""

    expert: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class WithdrawConsent:
    expert: str


@dataclass(frozen=True, slots=True)
class HeldExpert:
    """An expert whom this unit has locked, and whom its caller may read, or is."""

    expert: Expert
    houses: tuple[NodeKey, ...]
    is_self: bool
    """Whether the caller is the person."""


async def hold_expert(unit: Unit, expert: str) -> HeldExpert:
    """The expert, locked.

    Raises:
        NodeNotFoundError: no such expert, or neither for the caller's eyes nor the caller herself.
    """
    key = NodeKey("Expert", expert)
    await unit.lock(key)
    found = await unit.get(Expert, expert)
    is_self = found is not None and await _is_self(unit, found)
    if not is_self:
        await unit.require_readable(key)
    if found is None:
        raise NodeNotFoundError(f"no {key}")
    houses = tuple(house for house, _ in await unit.neighbours(links.EXPERT_HOUSES, key))
    return HeldExpert(found, houses, is_self)


async def consent_expert(
    unit_of_work: UnitOfWork, command: ConsentExpert, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the entry, which is seen from now on by those for whom it is meant.

    The person gets a letter by which she can withdraw. One who consented already stays as she is.

    Raises:
        NodeNotFoundError: no such expert, or neither for the caller's eyes nor the caller herself.
        ForbiddenError: the entry is not the caller's own: another person's, or a function's.
        StaleWriteError: it is at another version.
    """

    async def consent(unit: Unit) -> dict[str, str | int]:
        expert = await _own(unit, command.expert)
        require_version(expert, command.expected_version)
        if expert.consent_given_at is None:
            unit.record("consent_expert", expert.key)
            await unit.put(
                replace(
                    expert,
                    consent_given_at=unit.now,
                    consent_withdrawn_at=None,
                    confirmed_at=unit.now,
                    actor=_signed_in_as(unit.actor) or expert.actor,
                )
            )
            unit.announce(NewsKind.EXPERT_JOINED, expert.key)
            await _tell_how_to_withdraw(unit, expert)
        return answer(unit, expert)

    return await unit_of_work.run(consent, actor=actor, idempotency_key=idempotency_key)


async def withdraw_consent(
    unit_of_work: UnitOfWork, command: WithdrawConsent, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the entry, which nobody but its insiders sees from now on; or who never gave it declines.

    Raises:
        NodeNotFoundError, ForbiddenError: as for `consent_expert`.
    """

    async def withdraw(unit: Unit) -> dict[str, str | int]:
        expert = await _own(unit, command.expert)
        if expert.consent_given_at is not None or expert.consent_withdrawn_at is None:
            unit.record("withdraw_consent", expert.key)
            await unit.put(replace(expert, consent_given_at=None, consent_withdrawn_at=unit.now))
        return answer(unit, expert)

    return await unit_of_work.run(withdraw, actor=actor, idempotency_key=idempotency_key)


async def _own(unit: Unit, expert: str) -> Expert:
    held = await hold_expert(unit, expert)
    if not held.is_self:
        raise ForbiddenError("only the person herself says whether she is listed; a function is not asked")
    return held.expert


async def _is_self(unit: Unit, expert: Expert) -> bool:
    """Whether the caller is the person: by the link in a letter to her, or signed in with the address that her issuer vouches for.

    Once she consented by signing in, it is that account; an address may come to belong to somebody else.
    """
    if not isinstance(unit.actor, Principal) or not expert.is_person:
        return False
    if is_link(unit.actor):
        link = await unit.get(SingleUseLink, unit.actor.sub)
        # Spent by this very unit; another decision's link opens nothing here.
        return (
            link is not None
            and link.used_at == unit.now
            and link.purpose in (LinkPurpose.CONSENT_EXPERT, LinkPurpose.WITHDRAW_CONSENT)
            and link.entity == str(expert.key)
            and _same(link.email, expert.email)
        )
    account = pseudonym(unit.actor)
    if expert.actor is not None:
        return expert.actor == account
    person = await unit.get(personal.Actor, account)
    return person is not None and _same(person.email, expert.email)


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.casefold() == other.casefold()


def _signed_in_as(actor: Actor) -> str | None:
    return pseudonym(actor) if isinstance(actor, Principal) and not is_link(actor) else None


async def _tell_how_to_withdraw(unit: Unit, expert: Expert) -> None:
    assert expert.email is not None
    await letters.write(unit, LetterKind.CONSENT, expert.email, expert.key, purpose=LinkPurpose.WITHDRAW_CONSENT)
