"""E-mails on their way: who is written to, and that nobody is written to twice for one thing.

A letter holds no text: what it says is worked out when it is sent, of what its recipient may see by then.
"""

import uuid
from collections.abc import Collection, Iterable
from typing import Final

from auth import policy
from auth.principal import Membership, MembershipKind
from graph import links
from graph.ddl import LABELS
from graph.identifiers import uuid7
from graph.model import NodeKey, Task
from graph.personal import Letter
from graph.port import GraphStore, Transaction
from graph.records import News
from graph.rows import node_of, row_of
from graph.telling.around import task_doers
from graph.telling.people import Person, asked
from graph.values import Contact, Instant
from graph.vocabulary import LetterKind, LinkPurpose, NewsKind, TaskKind
from graph.writing.unit import Unit

PURPOSES: Final = {
    TaskKind.CONFIRM_PARTNERSHIP: LinkPurpose.DECIDE_PARTNERSHIP,
    TaskKind.CONFIRM_ADOPTION: LinkPurpose.CONFIRM_ADOPTION,
    TaskKind.RECONFIRM_ADOPTION: LinkPurpose.RECONFIRM_ADOPTION,
    TaskKind.CONFIRM_CURRENT: LinkPurpose.CONFIRM_CURRENT,
    TaskKind.COMPLETE_ENTRY: LinkPurpose.COMPLETE_ENTRY,
}
"""What the contact of a house decides by a link, without an account. The rest is for those who sign in."""

_LETTER: Final = Letter.__name__
_TELLING: Final = "system:telling"
_NAMESPACE: Final = uuid.UUID("4f0dc4a6-5d0b-5f0e-9a55-0c8f1f6f3f0b")
"""Changing it would send what was sent once more."""


async def for_news(transaction: Transaction, news: News, members: Collection[Person], *, now: Instant) -> list[str]:
    """Writes the letters that `news` asks for, in the transaction that takes the news away.

    Of a task its doers hear, and the contact of each house that it asks: by a link where that decides it, otherwise
    only where none of its people can be written to. Of a house that nobody can write to its hubs hear (CONTACT_MISSING).
    A letter that was written for this task and recipient before is not written again.

    Args:
        members: Whom the news are for, as `members_of` said before the transaction.

    Returns:
        The ids of the letters that are new.
    """
    if news.kind is not NewsKind.TASK_ASKED:
        return []
    _, _, key = news.entity.partition(":")
    rows = await transaction.read("Task", [key])
    task = node_of(Task, rows[key]) if key in rows else None
    if task is None or not task.is_open:
        return []
    reached = [member for member in members if asks(task, member)]
    told = [
        _to_member(task, member, now)
        for member in reached
        if member.gets_task_mail and news.actor != f"actor:{member.id}"
    ]
    houses = [house for house, _ in (await transaction.follow(links.TASK_HOUSES, [task.id])).get(task.id, [])]
    addresses = await addresses_of(transaction, houses)
    unreachable = []
    for house in houses:
        has_people = any(policy.may_act_for(member.caller, house) for member in reached)
        purpose = PURPOSES.get(task.kind)
        if house in addresses and (purpose is not None or not has_people):
            told.append(_to_house(task, house, addresses[house], purpose, now))
        elif house not in addresses and not has_people:
            unreachable.append(house)
    if unreachable:
        await report_missing(transaction, news.id, unreachable, now=now)
    return await _put_new(transaction, told, now)


async def members_of(store: GraphStore, news: News) -> list[Person]:
    """The people whom the task asks that `news` are about, by id; nobody for other news.

    Not the reviewers of all hubs, to whom a review that waits too long is opened: they see it, and no mail presses them.
    """
    if news.kind is not NewsKind.TASK_ASKED:
        return []
    doers = set(await task_doers(store, NodeKey.parse(news.entity))) - {policy.REVIEWERS}
    return await asked(store, doers) if doers else []


async def write(
    unit: Unit,
    kind: LetterKind,
    email: str,
    entity: NodeKey,
    *,
    purpose: LinkPurpose | None = None,
    house: NodeKey | None = None,
    actor: str | None = None,
) -> str:
    """The id of a letter to `email` that is sent once the unit has committed. Checks nothing: the command knows whom.

    Args:
        entity: What it is about: the expert who is to consent, the invitation.
        purpose: Of the single-use link in it, which is good for 14 days; `graph.telling.single_use.MATTERS` has to know it.
        house: In whose name the link decides; None where a person decides for herself.
        actor: Id of the recipient's `Actor`, where there is one.
    """
    letter = Letter(
        id=str(uuid7()),
        kind=kind,
        email=email,
        actor=actor,
        house=None if house is None else str(house),
        entity=str(entity),
        purpose=purpose,
        due_at=unit.now,
    )
    await unit.keep(letter)
    return letter.id


async def addresses_of(transaction: Transaction, houses: Collection[NodeKey]) -> dict[NodeKey, str]:
    """The e-mail of each house's own contact, whoever may see it otherwise. Houses without one are left out."""
    found = {}
    for house in houses:
        row = (await transaction.read(house.label, [house.value])).get(house.value) or {}
        email = (row.get("contact") or {}).get("email") or ""
        if is_address(email):
            found[house] = str(email)
    return found


async def address_of(unit: Unit, house: NodeKey) -> str | None:
    """As `addresses_of`, for one house, inside a unit."""
    node = await unit.get(LABELS[house.label].node, house.value)
    contact: Contact | None = getattr(node, "contact", None)
    return contact.email if contact is not None and is_address(contact.email or "") else None


async def report_missing(transaction: Transaction, cause: str, houses: Iterable[NodeKey], *, now: Instant) -> None:
    """Tells the hubs of `houses` that nobody there can be written to; once per `cause` and house."""
    times = dict.fromkeys(("created_at", "updated_at", "at", "due_at"), now)
    rows = [
        {
            "id": str(uuid.uuid5(_NAMESPACE, f"missing {cause} {house}")),
            "kind": NewsKind.CONTACT_MISSING,
            "entity": str(house),
            "actor": _TELLING,
            "attempts": 0,
            **times,
        }
        for house in houses
    ]
    await transaction.put("News", rows)


def is_address(text: str) -> bool:
    """Whether `text` can be written to as it is: one mailbox in ASCII, without names, comments or line breaks."""
    local, at, domain = text.rpartition("@")
    return (
        bool(at and local)
        and "." in domain
        and len(text) <= 254  # RFC 5321 §4.5.3.1.3
        and text.isascii()
        and text.isprintable()
        and not set(text) & set(' ,;:<>()[]"\\')
        and local.count("@") == 0
    )


def membership_of(house: NodeKey) -> Membership:
    """What lets somebody decide for `house`, and no more: at a hub as a reviewer, who is asked what its lead is."""
    kind = MembershipKind.REVIEWER if house.label == "Hub" else MembershipKind(house.label.lower())
    return Membership(kind, house.value)


def asks(task: Task, member: Person) -> bool:
    """Whether `member` can be written to about `task`: asked by it, allowed to read it, with an address."""
    is_asked = not policy.duties(member.caller).isdisjoint(task.doers)
    return is_asked and member.may_read(task.readers) and is_address(member.email)


def _to_member(task: Task, member: Person, now: Instant) -> Letter:
    return Letter(
        id=_letter_id(task, f"actor:{member.id}"),
        kind=LetterKind.TASK,
        email=member.email,
        actor=member.id,
        entity=str(task.key),
        due_at=now,
    )


def _to_house(task: Task, house: NodeKey, email: str, purpose: LinkPurpose | None, now: Instant) -> Letter:
    return Letter(
        # The address is part of it: a house whose address was mended hears of the task at last.
        id=_letter_id(task, f"{house} {email}"),
        kind=LetterKind.TASK,
        email=email,
        house=str(house),
        entity=str(task.key),
        purpose=purpose,
        due_at=now,
    )


def _letter_id(task: Task, recipient: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{task.id} {recipient}"))


async def _put_new(transaction: Transaction, letters: list[Letter], now: Instant) -> list[str]:
    if not letters:
        return []
    # Reserved: two that tell at once write each letter once.
    known = await transaction.lock_all(_LETTER, [letter.id for letter in letters], reserve=True)
    new = [letter for letter in letters if letter.id not in known]
    if new:
        await transaction.put(_LETTER, [{**row_of(letter), "created_at": now, "updated_at": now} for letter in new])
    return [letter.id for letter in new]
