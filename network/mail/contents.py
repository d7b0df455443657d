"""What a letter says, asked when it is sent: by then somebody may have lost sight of an entry, or have decided already."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from graph.actors import by_link
from graph.model import NodeKey, Task
from graph.personal import Letter, Notification, SingleUseLink, Webhook
from graph.port import GraphStore
from graph.rows import node_of
from graph.telling import letters
from graph.telling.matters import Matter, headline_of, is_readable, of_task, read_as
from graph.telling.people import Person, people
from graph.telling.post import InHand, lines_of
from graph.telling.single_use import MATTERS, decider
from graph.values import Instant
from graph.vocabulary import LetterKind, NewsKind
from graph.writing.unit import Unit
from network.mail.questions import question
from network.mail.rendering import Action, Item, Mail
from network.mail.subscriptions import Subscription, Subscriptions
from network.mail.wording import asked, day

_HAPPENED: Final[Mapping[NewsKind, str]] = {
    NewsKind.TASK_ASKED: "Neue Aufgabe",
    NewsKind.PROJECT_PUBLISHED: "Veröffentlicht",
    NewsKind.PROJECT_CHANGED: "Geändert",
    NewsKind.PROJECT_ARCHIVED: "Archiviert",
    NewsKind.PROJECT_WITHDRAWN: "Zurückgezogen",
    NewsKind.CHANGES_REQUESTED: "Änderungen gewünscht",
    NewsKind.PARTNERSHIP_CONFIRMED: "Beteiligung bestätigt",
    NewsKind.PARTNERSHIP_DECLINED: "Beteiligung abgelehnt",
    NewsKind.CLAIM_GRANTED: "Eintrag übernommen",
    NewsKind.CLAIM_REFUSED: "Übernahme abgelehnt",
    NewsKind.ADOPTION_RECORDED: "Stand einer Nachnutzung",
    NewsKind.ADOPTION_CONFIRMED: "Nachnutzung bestätigt",
    NewsKind.REPORT_WRITTEN: "Erfahrungsbericht",
    NewsKind.NEED_POSTED: "Gesuch oder Angebot",
    NewsKind.NEED_MATCHED: "Passt zu Ihrem Gesuch oder Angebot",
    NewsKind.SEARCH_MATCHED: "Neu in Ihrer gespeicherten Suche",
    NewsKind.EXPERT_JOINED: "Neu im Verzeichnis der Fachleute",
    NewsKind.EVENT_SAVED: "Veranstaltung",
    NewsKind.EVENT_CANCELLED: "Veranstaltung abgesagt",
    NewsKind.QUESTION_ASKED: "Neue Frage",
    NewsKind.QUESTION_ANSWERED: "Neue Antwort",
    NewsKind.ANSWER_ACCEPTED: "Antwort angenommen",
    NewsKind.CONTACT_MISSING: "E-Mail-Adresse fehlt",
    NewsKind.WEBHOOK_DISABLED: "Webhook abgeschaltet",
}
_WHY_HOUSE: Final = "Sie bekommen diese E-Mail, weil Ihre Adresse in Hubnetz als Kontakt Ihres Hauses steht."
_WHY_MEMBER: Final = "Sie bekommen diese E-Mail, weil Sie bei Hubnetz für ein Haus angemeldet sind."
_WHY_PERSON: Final = "Sie bekommen diese E-Mail, weil jemand Ihre Adresse in Hubnetz angegeben hat."
_OF_HOUSE: Final = "Geben Sie ihn nur weiter, wenn jemand anderes in Ihrem Haus entscheiden soll."
_OF_PERSON: Final = "Geben Sie ihn nicht weiter: Nur Sie selbst entscheiden darüber."
_WHAT: Final = "Hubnetz ist das Netzwerk der DigitalHubs: Kommunen zeigen, was sie digital machen, und nutzen es nach."


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is said to whom, before there is a link to say it with."""

    recipient: str
    mail: Mail
    subscription: Subscription | None = None


async def content_of(store: GraphStore, letter: Letter, *, now: Instant, public_url: str) -> Content | None:
    """What `letter` says now; None where nobody is to get it any more."""
    if letter.kind is LetterKind.DIGEST:
        return await _digest(store, letter, now, public_url)
    if letter.purpose is not None:
        return await _with_link(store, letter, now)
    if letter.actor is not None:
        return await _to_member(store, letter, now, public_url)
    return await _to_house(store, letter, now, public_url)


def completed(content: Content, in_hand: InHand, subscriptions: Subscriptions, *, public_url: str) -> Mail:
    """The e-mail with its link, and with the way to end mail of its kind."""
    mail = content.mail
    if in_hand.secret is not None and in_hand.valid_until is not None:
        passing_on = _OF_PERSON if in_hand.letter.house is None else _OF_HOUSE
        valid = f"Der Link gilt für diese eine Entscheidung und bis zum {day(in_hand.valid_until)}. {passing_on}"
        action = Action(label="Ansehen und entscheiden", address=f"{public_url}/link/{in_hand.secret}")
        mail = replace(mail, action=action, after=(valid,))
    if content.subscription is not None:
        token = subscriptions.token(content.subscription)
        mail = replace(mail, unsubscribe=f"{public_url}/unsubscribe/{token}")
    return mail


async def _with_link(store: GraphStore, letter: Letter, now: Instant) -> Content | None:
    assert letter.purpose is not None
    link = SingleUseLink(
        id="",
        purpose=letter.purpose,
        entity=letter.entity,
        house=letter.house,
        email=letter.email,
        expires_at=now,
    )
    find = MATTERS[letter.purpose]
    matter = await read_as(store, decider(link), lambda unit: find(unit, link), now=now)
    if matter is None:
        return None
    told = question(letter.purpose, matter)
    why = _WHY_PERSON if letter.house is None else _WHY_HOUSE
    mail = Mail(heading=told.heading, paragraphs=told.sentences, quote=matter.summary, foot=(why, _WHAT))
    return Content(recipient=letter.email, mail=mail)


async def _to_house(store: GraphStore, letter: Letter, now: Instant, public_url: str) -> Content | None:
    """To the contact of a house where nobody else can be written to, about what is decided by signing in."""
    if letter.house is None:
        return None
    house = NodeKey.parse(letter.house)

    async def read(unit: Unit) -> Matter | None:
        is_its_contact = await letters.address_of(unit, house) == letter.email
        return await of_task(unit, NodeKey.parse(letter.entity).value, house=house) if is_its_contact else None

    membership = frozenset({letters.membership_of(house)})
    matter = await read_as(store, by_link("", membership), read, now=now)
    return None if matter is None else Content(recipient=letter.email, mail=_to_sign_in(matter, public_url, _WHY_HOUSE))


async def _to_member(store: GraphStore, letter: Letter, now: Instant, public_url: str) -> Content | None:
    person = await _person(store, letter)
    task_id = NodeKey.parse(letter.entity).value
    rows = await store.transact(lambda transaction: transaction.read(Task.__name__, [task_id]))
    if person is None or not person.gets_task_mail or task_id not in rows:
        return None
    if not letters.asks(node_of(Task, rows[task_id]), person):
        return None
    matter = await read_as(store, person.caller, lambda unit: of_task(unit, task_id), now=now)
    if matter is None:
        return None
    return Content(
        recipient=person.email,
        mail=_to_sign_in(matter, public_url, _WHY_MEMBER),
        subscription=Subscription(LetterKind.TASK, person.id),
    )


async def _digest(store: GraphStore, letter: Letter, now: Instant, public_url: str) -> Content | None:
    person = await _person(store, letter)
    if person is None or not letters.is_address(person.email):
        return None
    lines = await store.transact(lambda transaction: lines_of(transaction, letter))

    async def read(unit: Unit) -> list[Item]:
        return [item for line in lines if (item := await _item(unit, line)) is not None]

    items = await read_as(store, person.caller, read, now=now)
    if not items:
        return None
    count = "eine Neuigkeit" if len(items) == 1 else f"{len(items)} Neuigkeiten"
    mail = Mail(
        heading=f"{count[0].upper()}{count[1:]} für Sie",
        paragraphs=(f"Seit der letzten Zusammenfassung gibt es {count}:",),
        items=items,
        action=Action(label="Anmelden und ansehen", address=f"{public_url}/sign-in"),
        foot=("Wie oft Sie Zusammenfassungen bekommen, stellen Sie nach dem Anmelden ein.", _WHAT),
    )
    return Content(recipient=person.email, mail=mail, subscription=Subscription(LetterKind.DIGEST, person.id))


async def _item(unit: Unit, line: Notification) -> Item | None:
    entity = NodeKey.parse(line.entity)
    happened = _HAPPENED[line.kind]
    if entity.label == Task.__name__:
        matter = await of_task(unit, entity.value)
        return None if matter is None else Item(text=f"{happened}: {asked(matter).heading}", note=matter.title)
    if entity.label == Webhook.__name__:
        # Nobody but its person is told of it.
        return Item(text=happened, note=line.reason)
    if not await is_readable(unit, entity):
        return None
    title = await headline_of(unit, entity)
    return None if title is None else Item(text=f"{happened}: {title}", note=line.reason)


async def _person(store: GraphStore, letter: Letter) -> Person | None:
    """Who gets it, as known now; None for somebody who is gone."""
    return None if letter.actor is None else (await people(store, {letter.actor})).get(letter.actor)


def _to_sign_in(matter: Matter, public_url: str, why: str) -> Mail:
    told = asked(matter)
    return Mail(
        heading=told.heading,
        paragraphs=told.sentences,
        action=Action(label="Anmelden und entscheiden", address=f"{public_url}/sign-in"),
        foot=(why, _WHAT),
    )
