"""What a reader can do about a project: reuse it, ask, claim it, join it, say that it still holds."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request
from starlette.routing import BaseRoute

from auth import policy
from graph.commands.questions import MAX_QUESTION
from graph.model import NodeKey
from graph.texts import MAX_KEY, MAX_NOTE
from network.edge.request import caller_of
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import AS_EXACT, HOUSE, Input, Widget, area, choice, house, line
from network.pages.forms.registration import of_project
from network.pages.frame.entry_addresses import project_page
from network.pages.frame.fields import Field, FieldKind, Filled, fields_of
from network.pages.frame.language import message
from network.pages.frame.notices import Note
from network.pages.frame.site import Site
from network.pages.frame.typed import typed_day

Data = Mapping[str, Any]
_SHOWN: Final = "shown"
"""Name of the hidden field with the house whose record stands in the form."""
_NONE_YET: Final = 0
"""Version of a record that there is not."""
_WHO_SEES: Final = message("Wer es sieht")
_WHY_ENDED: Final = message("Bitte schreiben Sie, warum Ihr Haus es nicht mehr einsetzt.")
_NOT_YET: Final = message("Bitte ein Datum, das nicht in der Zukunft liegt.")
_NO_END: Final = message("Bitte ein Datum, das weder in der Zukunft noch vor dem Beginn liegt.")


def routes(site: Site) -> list[BaseRoute]:
    return routes_of(site, ACTIONS)


async def _project(site: Site, request: Request) -> Subject:
    answer = await site.asking.ask(request, operations.action_project(slug=request.path_params["slug"]))
    project = answer.need("project")
    return Subject(
        data=project, title=project["title"], address=project_page(project["slug"]), version=project["version"]
    )


_JOINED: Final = message(
    "Statt dasselbe noch einmal zu bauen: Fragen Sie an, ob Ihr Haus hier mitmachen kann. Das Haus, das dieses Projekt verantwortet, entscheidet."
)
_JOINED_AT_HUB: Final = message(
    "Statt dasselbe noch einmal zu bauen: Fragen Sie an, ob Ihr Haus hier mitmachen kann. Noch verantwortet kein Haus dieses Projekt: Der prüfende Hub entscheidet."
)
_JOINED_AT_NETWORK: Final = message(
    "Statt dasselbe noch einmal zu bauen: Fragen Sie an, ob Ihr Haus hier mitmachen kann. Noch verantwortet kein Haus dieses Projekt: Die Netzverwaltung entscheidet."
)
_QUESTION_TO_HUB: Final = message(
    "Noch verantwortet kein Haus dieses Projekt: Ihre Frage geht an den prüfenden Hub und steht auf der Seite des Projekts. Genannt wird Ihr Haus, nicht Ihr Name."
)
_UNOWNED_QUESTION: Final = message(
    "Noch verantwortet kein Haus dieses Projekt. Ihre Frage steht auf seiner Seite, und wer etwas weiß, kann antworten. Genannt wird Ihr Haus, nicht Ihr Name."
)
_CLAIMED_AT_NETWORK: Final = message(
    "Dieser Eintrag stammt aus öffentlichen Quellen. Ist Ihr Haus beteiligt, kann es ihn übernehmen und selbst pflegen. Die Netzverwaltung entscheidet."
)
_UNOWNED_REUSE: Final = message(
    "Tragen Sie ein, wie weit Ihr Haus ist. Das hilft allen, die nach Erfahrungen suchen. Bestätigt werden kann es, sobald jemand das Projekt verantwortet."
)


async def _asked(site: Site, request: Request) -> Subject:
    subject = await _project(site, request)
    if subject.data["owner"]:
        return subject
    return replace(subject, lead=_QUESTION_TO_HUB if subject.data["reviewer"] else _UNOWNED_QUESTION)


async def _joined(site: Site, request: Request) -> Subject:
    subject = await _project(site, request)
    if subject.data["owner"]:
        return subject
    return replace(subject, lead=_JOINED_AT_HUB if subject.data["reviewer"] else _JOINED_AT_NETWORK)


async def _reused(site: Site, request: Request) -> Subject:
    """The project, with what a house of the reader recorded of it so far: the first, or the one that was chosen."""
    subject = await _project(site, request)
    viewer = (await site.asking.ask(request, operations.own_adoptions(project=subject.data["id"]))).need("viewer")
    records = {one["house"]["id"]: one for one in viewer["adoptions"] if one["house"]}
    chosen = (await fields_of(request)).get(HOUSE, "") if request.method == "POST" else next(iter(records), "")
    mine = records.get(chosen)
    typed: dict[str, Any] = {"status": "IN_USE", "visibility": "PUBLIC", _SHOWN: ""}
    if mine is not None:
        typed = {name: mine[name] for name in ("status", "adapted", "cost", "reasonEnded", "visibility")}
        typed |= {name: typed_day(mine[name]) for name in ("since", "ended")} | {HOUSE: chosen, _SHOWN: chosen}
    has_steward = subject.data["owner"] or subject.data["reviewer"]
    version = _NONE_YET if mine is None else mine["version"]
    return replace(subject, typed=typed, version=version, lead="" if has_steward else _UNOWNED_REUSE)


async def _claimed(site: Site, request: Request) -> Subject:
    """The project; the houses that may claim it are those that take part."""
    subject = await _project(site, request)
    caller = caller_of(request.scope)
    involved = [edge["node"] for edge in subject.data["houses"]["edges"]]
    keys = [NodeKey.parse(one["id"]) for one in involved]
    may = [
        (one["id"], one["name"])
        for one, key in zip(involved, keys, strict=True)
        if policy.may_claim_entry(caller, key, keys)
    ]
    return Subject(
        data=subject.data,
        title=subject.title,
        address=subject.address,
        choices={HOUSE: may},
        hub=subject.data["reviewer"] or next(_hubs_of(involved), None),
        lead="" if subject.data["reviewer"] else _CLAIMED_AT_NETWORK,
    )


def _hubs_of(houses: Iterable[Data]) -> Iterator[Data]:
    """Those among these houses, and those that serve one of them."""
    for one in houses:
        if one["__typename"] == "Hub":
            yield one
        yield from (edge["node"] for edge in one.get("hubs", {"edges": []})["edges"])


def _of_adoption(subject: Subject, filled: Filled) -> Data:
    """The input: what was emptied is emptied, of the record that was shown; of another house there was none to be seen."""
    given = {name: value for name, value in filled.input.items() if name != _SHOWN} | {"project": subject.data["id"]}
    if filled.version and filled.input.get(_SHOWN) == given[HOUSE]:
        return {**given, "expectedVersion": filled.version}
    return {name: value for name, value in given.items() if value is not None} | {"expectedVersion": _NONE_YET}


_ADOPTED: Final = Note("adopted", message("Gespeichert."))
_ADOPTED_ASKS_OWNER: Final = Note(
    "adopted-asks-owner",
    message("Gespeichert. Das Haus, das dieses Projekt verantwortet, wird gebeten, es zu bestätigen."),
)
_ADOPTED_ASKS_HUB: Final = Note(
    "adopted-asks-hub", message("Gespeichert. Der prüfende Hub wird gebeten, es zu bestätigen.")
)
_ADOPTED_ASKS_NOBODY: Final = Note(
    "adopted-asks-nobody", message("Gespeichert. Bestätigt werden kann es, sobald jemand das Projekt verantwortet.")
)
_JOINED_ASKS_OWNER: Final = Note(
    "joined", message("Angefragt. Das Haus, das dieses Projekt verantwortet, entscheidet.")
)
_JOINED_ASKS_HUB: Final = Note("joined-asks-hub", message("Angefragt. Der prüfende Hub entscheidet."))
_JOINED_ASKS_NETWORK: Final = Note(
    "joined-asks-network",
    message("Angefragt. Noch verantwortet kein Haus dieses Projekt: Die Netzverwaltung entscheidet."),
)


def _asks_to_confirm(subject: Subject, filled: Filled, _: Data) -> Note:
    """Who is asked to confirm that a house adopted the project, as the command decides it; nobody before it is in force."""
    if filled.input["status"] not in ("PILOT", "IN_USE"):
        return _ADOPTED
    maker = NodeKey.parse(filled.input[HOUSE])
    for name, note in (("owner", _ADOPTED_ASKS_OWNER), ("reviewer", _ADOPTED_ASKS_HUB)):
        house = subject.data[name]
        if house is not None and not policy.are_of_one_administration(NodeKey.parse(house["id"]), maker):
            return note
    return _ADOPTED if subject.data["owner"] else _ADOPTED_ASKS_NOBODY


def _asks_to_decide(subject: Subject, _: Filled, __: Data) -> Note:
    if subject.data["owner"]:
        return _JOINED_ASKS_OWNER
    return _JOINED_ASKS_HUB if subject.data["reviewer"] else _JOINED_ASKS_NETWORK


def _about(name: str) -> Callable[[Subject, Filled], Data]:
    return lambda subject, _: {name: subject.data["id"]}


def _to(part: str) -> Callable[[Subject, Data], str]:
    return lambda subject, _: f"{subject.address}#{part}"


ADOPT: Final = Action(
    path="/projects/{slug}/adopt",
    title=message("Wir nutzen das nach"),
    lead=message(
        "Tragen Sie ein, wie weit Ihr Haus ist. Das hilft allen, die nach Erfahrungen suchen, und dauert keine zwei Minuten."
    ),
    button=message("Eintragen"),
    mutation=operations.record_adoption,
    load=_reused,
    inputs=(
        Input(field=Field(name=_SHOWN, most=200), label="", widget=Widget.HIDDEN),
        house(message("Welches Haus?")),
        choice("status", message("Wie weit sind Sie?"), "AdoptionStatus"),
        line(
            "since",
            message("Seit wann?"),
            hint=AS_EXACT,
            kind=FieldKind.DAY,
            expects=_NOT_YET,
            clears=True,
        ),
        line(
            "ended",
            message("Bis wann?"),
            hint=message("Nur, wenn Ihr Haus es nicht mehr einsetzt."),
            kind=FieldKind.DAY,
            expects=_NO_END,
            clears=True,
        ),
        area("adapted", message("Was haben Sie angepasst?"), rows=3, clears=True),
        line(
            "cost",
            message("Was hat es gekostet, in Euro?"),
            hint=message("Sehen nur Mitglieder des Netzwerks."),
            kind=FieldKind.WHOLE,
            clears=True,
        ),
        area(
            "reasonEnded",
            message("Warum nicht mehr?"),
            hint=message("Nur, wenn Ihr Haus es nicht mehr einsetzt. Sehen nur Mitglieder des Netzwerks."),
            rows=3,
            expects=_WHY_ENDED,
            clears=True,
        ),
        choice("visibility", _WHO_SEES, "Visibility", values=("PUBLIC", "NETWORK", "PRIVATE")),
    ),
    whole=_of_adoption,
    locks=True,
    compares=True,
    note=_asks_to_confirm,
    leads_to=_to("reuse"),
    needs_house=True,
)
ASK: Final = Action(
    path="/projects/{slug}/ask",
    title=message("Frage stellen"),
    lead=message(
        "Ihre Frage geht an das Haus, das dieses Projekt verantwortet, und steht auf seiner Seite. Genannt wird Ihr Haus, nicht Ihr Name."
    ),
    button=message("Frage stellen"),
    mutation=operations.ask_question,
    load=_asked,
    inputs=(
        area("text", message("Ihre Frage"), required=True, most=MAX_QUESTION),
        house(message("Für welches Haus fragen Sie?")),
        choice("visibility", message("Wer Frage und Antwort sieht"), "Visibility", values=("NETWORK", "PUBLIC")),
    ),
    fixed=_about("about"),
    note=Note("asked", message("Ihre Frage ist gestellt. Sie hören, sobald jemand antwortet.")),
    leads_to=_to("questions"),
    needs_house=True,
)
CLAIM: Final = Action(
    path="/projects/{slug}/claim",
    title=message("Das ist unser Projekt"),
    lead=message(
        "Dieser Eintrag stammt aus öffentlichen Quellen. Ist Ihr Haus beteiligt, kann es ihn übernehmen und selbst pflegen. Der zuständige Hub entscheidet."
    ),
    button=message("Übernahme melden"),
    mutation=operations.claim_project,
    load=_claimed,
    inputs=(
        Input(
            field=Field(name=HOUSE, is_required=True, most=MAX_KEY),
            label=message("Welches Haus?"),
            hint=message("Nur Häuser, die beteiligt sind, können den Eintrag übernehmen."),
            widget=Widget.SELECT,
        ),
        area("note", message("Was soll man dazu wissen?"), rows=3, most=MAX_NOTE),
    ),
    fixed=of_project,
    note=Note("claimed", message("Ihre Meldung ist angekommen. Eine Prüferin oder ein Prüfer entscheidet.")),
    needs_house=True,
    lacking=message(
        "Keines Ihrer Häuser ist als beteiligt eingetragen. Schreiben Sie dem zuständigen Hub oder bitten Sie um Rückruf."
    ),
)
JOIN: Final = Action(
    path="/projects/{slug}/join",
    title=message("Mitmachen"),
    lead=_JOINED,
    button=message("Anfragen"),
    mutation=operations.join_project,
    load=_joined,
    inputs=(
        house(message("Welches Haus?")),
        line("role", message("Als was?"), hint=message("Zum Beispiel: Pilotkommune.")),
        area("note", message("Was soll man dazu wissen?"), rows=3, most=MAX_NOTE),
    ),
    fixed=of_project,
    note=_asks_to_decide,
    needs_house=True,
)
CURRENT: Final = Action(
    path="/projects/{slug}/current",
    title=message("Noch aktuell?"),
    lead=message(
        "Sie sagen für Ihr Haus, dass dieser Eintrag noch stimmt. Er gilt dann wieder zwölf Monate als bestätigt."
    ),
    button=message("Ja, der Eintrag stimmt noch"),
    mutation=operations.confirm_still_current,
    load=_project,
    fixed=of_project,
    locks=True,
    note=Note("current", message("Danke. Der Eintrag gilt jetzt wieder zwölf Monate als bestätigt.")),
)
ACTIONS: Final = (ADOPT, ASK, CLAIM, JOIN, CURRENT)
