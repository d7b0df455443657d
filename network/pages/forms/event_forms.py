"""Events: entered, changed and cancelled by the houses that host them. Days and hours are those of Germany."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute

from auth import policy
from graph.texts import MAX_LINE
from graph.values import WHOLE_DAY, moment_of
from network.edge.request import caller_of
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.event_doubles import doubles
from network.pages.forms.inputs import NO_ADDRESS, Input, Widget, area, choice, line
from network.pages.forms.own_houses import own_houses
from network.pages.forms.topics import topic_choices, topics_of
from network.pages.frame.addresses import external
from network.pages.frame.callers import keys_of
from network.pages.frame.entry_addresses import page_of
from network.pages.frame.event_days import is_over
from network.pages.frame.fields import Field, FieldKind, Filled, fields_of
from network.pages.frame.formats import today
from network.pages.frame.keys import key_in
from network.pages.frame.language import message
from network.pages.frame.notices import Note
from network.pages.frame.site import Site
from network.pages.frame.typed import typed_day

Data = Mapping[str, Any]
_PREFIX: Final = "changes."
_HOSTS: Final = "changes.hosts"
_TOPICS: Final = "changes.topics"
_DAYS: Final = ("startsAt", "endsAt")
_ANYWAY: Final = "anyway"
_MOST_HOSTS: Final = 50
_TEXTS: Final = (
    "title",
    "startTime",
    "endTime",
    "kind",
    "status",
    "isRecurring",
    "dateNote",
    "place",
    "onlineUrl",
    "registrationUrl",
    "description",
    "outcome",
)
_MOST_PREFILLED: Final = 300
_PAST: Final = message(
    "Dieser Tag ist schon vorbei. War die Veranstaltung schon, wählen Sie beim Stand „hat stattgefunden“."
)
_PAST_OF_NEW: Final = message(
    "Dieser Tag ist schon vorbei. Was schon war, tragen Sie in der Liste der vergangenen Veranstaltungen ein."
)
_BACKWARDS: Final = message("Das Ende liegt vor dem Beginn.")
_TOO_EARLY: Final = message(
    "Das Ende liegt nicht nach dem Beginn. Geht es über Mitternacht, tragen Sie auch den letzten Tag ein."
)
_SKIPPED: Final = message("Diese Uhrzeit gibt es an dem Tag nicht: Da werden die Uhren vorgestellt.")
_NO_WHOLE_DAY: Final = message("Eine Uhrzeit geht nur mit einem ganzen Tag, zum Beispiel 04.05.2027.")
_NO_BEGINNING: Final = message("Bitte auch die Uhrzeit, zu der es beginnt.")
_NOT_HERE: Final = message("Absagen geht auf einer eigenen Seite: Dort sagen Sie, warum.")
_NOWHERE: Final = message("Wo findet es statt? Bitte einen Ort oder eine Adresse im Netz.")
_PLACED: Final = message("Nötig ist eins von beiden: ein Ort oder eine Adresse im Netz.")
_THERE: Final = message("Diese Veranstaltung gibt es vielleicht schon. Ist es eine andere, kreuzen Sie das unten an.")
_OF_PAST: Final = frozenset({"changes.status", "changes.outcome"})
"""Fields that say how it was: of a new event only where it is entered afterwards."""
_KINDS: Final = (
    message("Workshop"),
    message("Vortrag"),
    message("Schulung"),
    message("Sprechstunde"),
    message("Netzwerktreffen"),
    message("Besuch vor Ort"),
)


def routes(site: Site) -> list[BaseRoute]:
    return routes_of(site, ACTIONS)


async def _new(site: Site, request: Request) -> Subject:
    own = await own_houses(site, request)
    there = await _there(site, request)
    is_past = bool(request.query_params.get("past"))
    return Subject(
        address="/events?past=1" if is_past else "/events",
        hidden=(frozenset() if is_past else _OF_PAST) | (frozenset() if there else {_ANYWAY}),
        choices={_TOPICS: await topic_choices(site, request), _HOSTS: own},
        typed={
            f"{_PREFIX}status": "HELD" if is_past else "PLANNED",
            f"{_PREFIX}title": request.query_params.get("title", "")[:_MOST_PREFILLED],
            _HOSTS: [own[0][0]] if own else [],
        },
        data={"kept": [], "there": there},
    )


async def _there(site: Site, request: Request) -> list[Data]:
    """What is entered already of that which somebody sends."""
    if request.method != "POST":
        return []
    given = await fields_of(request)
    return await doubles(
        site,
        request,
        title=given.get(f"{_PREFIX}title", "")[:MAX_LINE],
        typed=given.get(f"{_PREFIX}startsAt", ""),
        place=given.get(f"{_PREFIX}place", "")[:MAX_LINE],
        hosts=given.getlist(_HOSTS)[:_MOST_HOSTS],
    )


async def _stored(site: Site, request: Request) -> Subject:
    """The event, for those who host it.

    Raises:
        HTTPException: there is none, or others host it.
    """
    answer = await site.asking.ask(request, operations.edit_event(id=f"Event:{key_in(request)}"))
    event = answer.need("node")
    if "hosts" not in event:
        raise HTTPException(404)
    if not policy.may_edit_event(caller_of(request.scope), keys_of(event["hosts"])):
        raise HTTPException(403)
    own = await own_houses(site, request)
    hosts = [house["id"] for house in event["hosts"]]
    known = dict(own)
    typed: dict[str, Any] = {f"{_PREFIX}{name}": event[name] or "" for name in _TEXTS}
    typed |= {f"{_PREFIX}{name}": typed_day(event[name]) for name in _DAYS}
    typed |= {_TOPICS: [one["slug"] for one in event["topics"]], _HOSTS: [id_ for id_ in hosts if id_ in known]}
    return Subject(
        data={"id": event["id"], "status": event["status"], "kept": [id_ for id_ in hosts if id_ not in known]},
        title=event["title"],
        address=page_of(event),
        choices={_TOPICS: topics_of(request, answer.data), _HOSTS: own},
        typed=typed,
        version=event["version"],
    )


async def _planned(site: Site, request: Request) -> Subject:
    subject = await _stored(site, request)
    return replace(subject, typed={}, choices={})


def _written(subject: Subject, filled: Filled) -> Data:
    """The input: hosts that are not the reader's own stay."""
    given = filled.input["changes"]
    hosts = [*subject.data["kept"], *given.get("hosts", [])]
    of_known = {"event": subject.data["id"]} if "id" in subject.data else {}
    return {**of_known, "changes": {"status": "PLANNED", **given, "hosts": hosts}}


def _checked(subject: Subject, filled: Filled) -> Mapping[str, str]:
    given = filled.input["changes"]
    problems: dict[str, str] = {}
    for name in ("onlineUrl", "registrationUrl"):
        if given.get(name) and not external(given[name]):
            problems[f"{_PREFIX}{name}"] = NO_ADDRESS
    if not given.get("place") and not given.get("onlineUrl"):
        problems[f"{_PREFIX}place"] = _NOWHERE
    if not subject.data["kept"] and not given.get("hosts"):
        problems[_HOSTS] = message("Bitte mindestens ein Haus, das einlädt.")
    if subject.data.get("there") and not filled.typed.get(_ANYWAY):
        problems[_ANYWAY] = _THERE
    status = given.get("status", "PLANNED")
    if status == "CANCELLED" != subject.data.get("status"):
        problems[f"{_PREFIX}status"] = _NOT_HERE
    return problems | _when(given, status, _PAST if "status" in given else _PAST_OF_NEW)


def _when(given: Data, status: str, past: str) -> dict[str, str]:
    """What is wrong with its days; with its hours, where the days are right."""
    starts, ends = given.get("startsAt"), given.get("endsAt")
    if starts and ends and ends < starts[: len(ends)]:
        return {f"{_PREFIX}endsAt": _BACKWARDS}
    told = {"startsAt": starts, "endsAt": ends, "endTime": given.get("endTime")}
    if status == "PLANNED" and is_over(told, today()):
        return {f"{_PREFIX}{'endsAt' if ends else 'startsAt'}": past}
    return _hours(given)


def _hours(given: Data) -> dict[str, str]:
    """What is wrong with the times of day, at most one thing: the second would be about the first."""
    first, start, end = given.get("startsAt"), given.get("startTime"), given.get("endTime")
    last = given.get("endsAt") or first
    if end and not start:
        return {f"{_PREFIX}startTime": _NO_BEGINNING}
    moments = {}
    for name, of_day, time in (("startTime", first, start), ("endTime", last, end)):
        if not time:
            continue
        moments[name] = moment_of(of_day, time)
        if len(of_day or "") != WHOLE_DAY:
            return {f"{_PREFIX}{name}": _NO_WHOLE_DAY}
        if moments[name] is None:
            return {f"{_PREFIX}{name}": _SKIPPED}
    begins, ends = moments.get("startTime"), moments.get("endTime")
    if begins and ends and ends.astimezone(UTC) <= begins.astimezone(UTC):
        return {f"{_PREFIX}endTime": _TOO_EARLY}
    return {}


def _page(_: Subject, success: Data) -> str:
    return page_of(success["event"])


def _named(name: str) -> str:
    return f"{_PREFIX}{name}"


_INPUTS: Final = (
    line(_named("title"), message("Titel"), required=True),
    line(_named("kind"), message("Was ist es?"), words=_KINDS, most=100, clears=True),
    Input(
        field=Field(name=_HOSTS, kind=FieldKind.MANY, most=20_000, is_required=True),
        label=message("Wer lädt ein?"),
        widget=Widget.BOXES,
    ),
    line(
        _named("startsAt"),
        message("Tag"),
        hint=message("Zum Beispiel 04.05.2027. Ist der Tag noch offen: 05.2027, oder leer lassen."),
        most=20,
        kind=FieldKind.DAY,
        clears=True,
    ),
    line(
        _named("startTime"),
        message("Beginn (Uhrzeit)"),
        hint=message("Uhrzeit in Deutschland, zum Beispiel 09:30. Bleibt sie leer, gilt der ganze Tag."),
        most=20,
        kind=FieldKind.TIME,
        type="time",
        clears=True,
    ),
    line(_named("endTime"), message("Ende (Uhrzeit)"), most=20, kind=FieldKind.TIME, type="time", clears=True),
    line(_named("endsAt"), message("Letzter Tag, wenn es mehrere sind"), most=20, kind=FieldKind.DAY, clears=True),
    Input(
        field=Field(name=_named("isRecurring"), kind=FieldKind.FLAG),
        label=message("Findet immer wieder statt"),
        widget=Widget.BOX,
    ),
    line(
        _named("dateNote"),
        message("Was noch zum Termin zu sagen ist"),
        hint=message("Zum Beispiel: Einlass ab 9 Uhr. Oder: jeden ersten Dienstag."),
        clears=True,
    ),
    line(
        _named("place"),
        message("Ort"),
        hint=_PLACED,
        clears=True,
        is_alternative=True,
    ),
    line(
        _named("onlineUrl"),
        message("Online dabei sein (Adresse im Netz)"),
        hint=_PLACED,
        type="url",
        clears=True,
        is_alternative=True,
    ),
    line(_named("registrationUrl"), message("Anmeldung (Adresse im Netz)"), type="url", clears=True),
    area(
        _named("description"),
        message("Worum geht es?"),
        hint=message("Mit Markdown: ## für eine Überschrift, - für eine Liste, **fett**."),
        clears=True,
    ),
    Input(
        field=Field(name=_TOPICS, kind=FieldKind.MANY, most=5_000, is_cleared=True),
        label=message("Themen"),
        widget=Widget.BOXES,
    ),
    choice(_named("status"), message("Stand"), "EventStatus", values=("PLANNED", "HELD", "UNKNOWN")),
    area(
        _named("outcome"),
        message("Was daraus wurde"),
        hint=message("Wenn es schon war: Ergebnisse, Unterlagen, Verabredungen."),
        rows=3,
        clears=True,
    ),
)


def _changing(one: Input) -> Input:
    """The field for an event that is there already."""
    match one.field.name:
        case "changes.hosts":
            # Where others host it, too, one's own house may leave.
            return replace(one, field=replace(one.field, is_required=False))
        case "changes.status":
            # Saved with anything else, an event that was cancelled would take place after all.
            return replace(one, field=replace(one.field, choices=(*(one.field.choices or ()), "CANCELLED")))
    return one


NEW: Final = Action(
    path="/events/new",
    title=message("Veranstaltung eintragen"),
    lead=message("Alle im Netz sehen sie, auch im Kalender, den andere abonniert haben."),
    button=message("Eintragen"),
    mutation=operations.save_event,
    load=_new,
    inputs=(
        *_INPUTS,
        Input(
            field=Field(name=_ANYWAY, kind=FieldKind.FLAG),
            label=message("Es ist eine andere: trotzdem eintragen"),
            widget=Widget.BOX,
        ),
    ),
    whole=_written,
    check=_checked,
    leads_to=_page,
    needs_house=True,
)
EDIT: Final = Action(
    path="/events/{key}/edit",
    title=message("Veranstaltung bearbeiten"),
    button=message("Speichern"),
    mutation=operations.save_event,
    load=_stored,
    inputs=tuple(map(_changing, _INPUTS)),
    whole=_written,
    check=_checked,
    locks=True,
    compares=True,
)
CANCEL: Final = Action(
    path="/events/{key}/cancel",
    title=message("Veranstaltung absagen"),
    lead=message(
        "Die Absage steht auf der Seite der Veranstaltung und in abonnierten Kalendern. Wer folgt, erfährt es."
    ),
    button=message("Absagen"),
    mutation=operations.cancel_event,
    load=_planned,
    inputs=(area("reason", message("Warum?"), required=True, rows=3, most=2_000),),
    fixed=lambda subject, _: {"event": subject.data["id"]},
    locks=True,
    note=Note("cancelled", message("Abgesagt. Wer folgt, erfährt es.")),
    is_grave=True,
)
ACTIONS: Final = (NEW, EDIT, CANCEL)
