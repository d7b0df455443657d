"""Forms that send a mutation: what was typed is kept, what is wrong is said beside the field, and sent twice is written once.

A form's fields carry the names that the mutation's input gives them, with dots where that is nested (`contact.email`). The
API decides what is right; a form only turns text into values, and says in German what a field expects.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import ClientDisconnect, Request

from auth.errors import ForbiddenError
from graph.texts import unfit_character
from network.edge.negotiation import parse
from network.errors import RequestError
from network.pages.frame.asking import Answer, Asking, AskingError
from network.pages.frame.language import message
from network.pages.frame.typed import clock, day, whole
from network.pages.operations.declared import Mutation

ONCE: Final = "once"
"""Name of the hidden field that tells one sending of a form from the next: the `clientMutationId`."""
VERSION: Final = "version"
"""Name of the hidden field with the version of the entry that the form was filled from."""
_PROBLEMS: Final = frozenset({"InvalidInput", "Conflict", "Forbidden", "NotFound"})
_MAX_FIELDS: Final = 500
_ANSWERS: Final = {"yes": True, "no": False}
CLOSED: Final = message("Bitte wählen Sie einen der Vorschläge.")
_MISSING: Final = message("Bitte füllen Sie dieses Feld aus.")
_TOO_LONG: Final = message("Das ist zu lang. Bitte kürzen Sie den Text.")
_UNFIT: Final = message(
    "Das enthält ein unsichtbares oder unerlaubtes Zeichen. Tippen Sie die Stelle neu, statt sie einzufügen."
)
_NOT_WHOLE: Final = message("Bitte eine ganze Zahl ohne Komma, zum Beispiel 12000.")
_NO_DAY: Final = message("Bitte ein Datum wie 04.05.2024, 05.2024 oder 2024.")
_NO_TIME: Final = message("Bitte eine Uhrzeit wie 09:30.")
_UNLIKELY: Final = message("Dieses Datum kann hier nicht stimmen. Bitte prüfen Sie vor allem das Jahr.")
_WRONG: Final = message("Damit können wir nichts anfangen. Bitte prüfen Sie die Angabe.")
_STALE: Final = message("Inzwischen hat jemand anderes diesen Eintrag geändert. Es wurde nichts überschrieben.")
_FORBIDDEN: Final = message("Dafür hat Ihr Konto nicht das nötige Recht. Es wurde nichts geändert.")
_GONE: Final = message("Den Eintrag gibt es nicht mehr, oder er ist für Sie nicht zu sehen.")
_TWICE: Final = message("Das geht im jetzigen Stand des Eintrags nicht (mehr).")


MultiDict = ImmutableMultiDict[str, str]


async def fields_of(request: Request) -> MultiDict:
    """The fields of a form as a browser sends it.

    Raises:
        RequestError: not such a form, not UTF-8, or it ends early.
    """
    media_type = parse(request.headers.get("content-type", "")).type
    if media_type != "application/x-www-form-urlencoded":
        raise RequestError("Content-Type: expected application/x-www-form-urlencoded.", status=415)
    try:
        text = (await request.body()).decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except (ClientDisconnect, ValueError) as error:
        raise RequestError(f"The form: expected at most {_MAX_FIELDS} fields in UTF-8.") from error
    return ImmutableMultiDict(pairs)


async def single_fields_of(request: Request) -> dict[str, str]:
    """The fields of a form in which none stands twice.

    Raises:
        RequestError: as of `fields_of`, or a field stands twice: whoever sent it and whoever reads it might mean different ones.
    """
    given = await fields_of(request)
    pairs = given.multi_items()
    if len(given) != len(pairs):
        raise RequestError("The form: expected each field once.")
    return dict(pairs)


def check_sender(
    request: Request, origin: str, *, may_be_silent: bool = False, may_lack_referrer: bool = False
) -> None:
    """Passes what pages of ours send: a page of others makes nobody's browser ask in their place.

    Args:
        origin: Where our own pages come from.
        may_be_silent: Neither header is needed: older browsers and programs send none, and something else tells that the
            form is ours, or nothing is done in anybody's name.
        may_lack_referrer: The page is shown without a referrer. Then browsers call our own origin `null`, and say that no
            page sent the form where it was opened from elsewhere.

    Raises:
        ForbiddenError: it is from elsewhere, or does not say.
    """
    origins, sites = request.headers.getlist("origin"), request.headers.getlist("sec-fetch-site")
    known = ({origin, "null"}, {"same-origin", "none"}) if may_lack_referrer else ({origin}, {"same-origin"})
    is_ours = set(origins) <= known[0] and set(sites) <= known[1]
    if not is_ours or not (origins or sites or may_be_silent):
        raise ForbiddenError("Origin, Sec-Fetch-Site: this form is for pages of this service.")


class FieldKind(Enum):
    """How typed text becomes a value of the input."""

    TEXT = auto()
    WHOLE = auto()
    """A whole number; blanks and points between thousands do not matter."""
    FLAG = auto()
    """A box that is ticked or not: always sent."""
    MANY = auto()
    """Several values: boxes of one name, or lines of a text."""
    DAY = auto()
    """A date of any precision, as people in Germany or programs write it."""
    TIME = auto()
    """A time of day, as people in Germany or programs write it."""
    YES_NO = auto()
    """`yes` or `no`; a question that may stay open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field.

    Attributes:
        name: That of the input, with dots.
        expects: What belongs here, a text of the catalogue; shown where the API refuses the value.
        choices: Values that are possible; None where any text is.
        unfit: Characters that it cannot have, beside those that no text has.
        is_cleared: An empty field is sent as null (it empties what is stored); otherwise it is left out.
    """

    name: str
    expects: str = _WRONG
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = False
    most: int = 20_000
    choices: Sequence[str] | None = None
    unfit: str = ""
    is_cleared: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as somebody filled it.

    Attributes:
        typed: Name -> what stands in the field, to show again.
        input: The mutation's input, as far as it could be read.
        problems: Name of field -> text of the catalogue; "" for what concerns the whole.
        once: Names this sending.
    """

    typed: Mapping[str, Any] = field(default_factory=dict)
    input: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    once: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    version: int | None = None

    def with_problems(self, problems: Mapping[str, str]) -> "Filled":
        return Filled(self.typed, self.input, {**self.problems, **problems}, self.once, self.version)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one form, in the order in which they are shown."""

    fields: tuple[Field, ...]

    def blank(self, typed: Mapping[str, Any] | None = None, *, version: int | None = None) -> Filled:
        """The form before anybody typed, with what is known already; what is None is not."""
        known = {name: value for name, value in (typed or {}).items() if value is not None}
        return Filled(known, version=version)

    async def read(self, request: Request) -> Filled:
        """The form as it was sent."""
        return self.filled(await fields_of(request))

    def filled(self, given: MultiDict) -> Filled:
        """The form with these fields; those that it does not know count for nothing."""
        typed: dict[str, Any] = {}
        made: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for one in self.fields:
            values = [value.strip().replace("\r\n", "\n") for value in given.getlist(one.name)]
            typed[one.name] = _shown(one, values)
            problem = _problem(one, values)
            if problem is not None:
                problems[one.name] = problem
            else:
                _put(made, one, values)
        once, version = str(given.get(ONCE, "")), str(given.get(VERSION, ""))
        return Filled(
            typed,
            made,
            problems,
            once if 8 <= len(once) <= 64 and once.isascii() else secrets.token_urlsafe(16),
            int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
        )

    def problems_of(self, told: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Where the API's problems (`InvalidInput.problems`) stand in the form, and what to say there."""
        found: dict[str, str] = {}
        for problem in told:
            parts = [part for part in problem["path"] if part != "input" and not part.isdigit()]
            name = next((one for one in self.fields if _covers(one.name.split("."), parts)), None)
            found.setdefault(name.name if name else "", _expected(name) if name else _WRONG)
        return found


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a form.

    Attributes:
        success: The mutation's payload; None where nothing was written.
        is_conflict: What is stored does not allow it.
        is_outdated: It is about another version of an entry than the one that is stored, or does not say about which.
        current: The version that is stored, where the API said so.
    """

    filled: Filled
    success: Mapping[str, Any] | None = None
    is_conflict: bool = False
    is_outdated: bool = False
    current: int | None = None
    status: int = 200


async def send(asking: Asking, request: Request, mutation: Mutation, form: Form, filled: Filled, **fixed: Any) -> Sent:
    """Runs the mutation (one root field) with what was typed and `fixed`.

    Nothing is sent while a field cannot be read.

    Raises:
        AskingError: it cannot be known whether it was written, or nobody can at the moment: 503 and the like. Sending the
            form again is safe.
    """
    if filled.problems:
        return Sent(filled, status=422)
    given = {**filled.input, **fixed, "clientMutationId": filled.once}
    answer = await asking.ask(request, mutation(input=given))
    payload = payload_of(answer)
    if payload is None:
        return Sent(filled.with_problems({"": _WRONG}), status=422)
    match payload["__typename"]:
        case "InvalidInput":
            return Sent(filled.with_problems(form.problems_of(payload["problems"])), status=422)
        case "Conflict":
            current = payload["currentVersion"]
            told = filled.with_problems({"": _TWICE if current is None else _STALE})
            return Sent(told, is_conflict=True, is_outdated=current is not None, current=current, status=409)
        case "Forbidden":
            return Sent(filled.with_problems({"": _FORBIDDEN}), status=403)
        case "NotFound":
            return Sent(filled.with_problems({"": _GONE}), status=404)
    return Sent(filled, payload)


def payload_of(answer: Answer) -> Mapping[str, Any] | None:
    """What the one mutation of an operation answered: its success, or a problem that pages know; None: its input was refused.

    Raises:
        AskingError: nothing was answered, or something that no page knows: whether anything was written is not known.
    """
    name, payload = next(iter(answer.data.items()), ("", None))
    if payload is None:
        if any(error["extensions"]["code"] == "BAD_USER_INPUT" for error in answer.errors):
            return None
        raise AskingError.of(answer.errors)
    kind = payload["__typename"]
    if kind not in _PROBLEMS and kind != f"{name[:1].upper()}{name[1:]}Success":
        raise AskingError("INTERNAL", f"{name}: expected its success or a known problem, got {kind}")
    known: Mapping[str, Any] = payload
    return known


def _expected(one: Field) -> str:
    return _UNLIKELY if one.kind is FieldKind.DAY and one.expects == _WRONG else one.expects


def _problem(one: Field, values: list[str]) -> str | None:
    present = [value for value in values if value]
    if one.is_required and not present:
        return _MISSING
    if sum(map(len, present)) > one.most:
        return _TOO_LONG
    if any(unfit_character(value, allowed="\t\n") or set(value) & set(one.unfit) for value in present):
        return _UNFIT
    if one.choices is not None and not set(_many(one, present)) <= set(one.choices):
        return CLOSED
    if one.kind is FieldKind.WHOLE and present and whole(present[0]) is None:
        return _NOT_WHOLE
    if one.kind is FieldKind.DAY and present and day(present[0]) is None:
        return _NO_DAY
    if one.kind is FieldKind.TIME and present and clock(present[0]) is None:
        return _NO_TIME
    if one.kind is FieldKind.YES_NO and present and present[0] not in _ANSWERS:
        return CLOSED
    return None


def _put(made: dict[str, Any], one: Field, values: list[str]) -> None:
    present = [value for value in values if value]
    value: Any
    match one.kind:
        case FieldKind.FLAG:
            value = bool(present)
        case FieldKind.MANY:
            value = _many(one, present)
            if not value and not one.is_cleared:
                return
        case FieldKind.WHOLE:
            value = whole(present[0]) if present else None
        case FieldKind.DAY:
            value = day(present[0]) if present else None
        case FieldKind.TIME:
            value = clock(present[0]) if present else None
        case FieldKind.YES_NO:
            value = _ANSWERS[present[0]] if present else None
        case FieldKind.TEXT:
            value = present[0] if present else None
    if value is None and not one.is_cleared:
        return
    *folders, name = one.name.split(".")
    for folder in folders:
        made = made.setdefault(folder, {})
    made[name] = value


def _many(one: Field, present: list[str]) -> list[str]:
    if one.kind is not FieldKind.MANY:
        return present
    return list(dict.fromkeys(line.strip() for value in present for line in value.splitlines() if line.strip()))


def _shown(one: Field, values: list[str]) -> Any:
    if one.kind is FieldKind.MANY:
        return values
    if one.kind is FieldKind.FLAG:
        return bool(values and values[0])
    return values[0] if values else ""


def _covers(name: Sequence[str], path: Sequence[str]) -> bool:
    """Whether the field is where `path` points, or holds it."""
    shorter = min(len(name), len(path))
    return bool(path) and list(name[:shorter]) == list(path[:shorter])
