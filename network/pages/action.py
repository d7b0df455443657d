"""Pages that do one thing: a form about something, sent to one mutation, which leads on to a page that says what was done.

An action is declared: its address, its fields as people see them, its mutation, and what it is about. Here is what all of them
share: who is led to sign in, what is kept when something is wrong, and that nothing is written twice.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from auth.errors import ForbiddenError
from auth.principal import Principal
from network.pages import done
from network.pages.asking import AskingError
from network.pages.forms import Field, Filled, Form, Kind, Sent, send
from network.pages.language import language_of, message, translations
from network.pages.own_houses import own_houses
from network.pages.rendering import environment
from network.pages.site import Site, in_both_languages
from network.pages.stash import restored
from network.pages.words import WORDS
from network.request import caller_of

HOUSE: Final = "house"
"""Name of the field in whose choices the reader's houses stand."""
_LATER: Final = frozenset({429, 503})
_TOO_OFTEN: Final = message(
    "Das war zu oft in kurzer Zeit. Es wurde nichts gesendet; was Sie geschrieben haben, steht noch da."
)
_AWAY: Final = message(
    "Ein Teil von Hubnetz antwortet gerade nicht. Senden Sie das Formular in einer Minute noch einmal: Doppelt wird nichts."
)
_NO_HOUSE: Final = message(
    "Ihr Konto gehört noch zu keinem Haus. Dafür handelt man im Namen eines Hubs, einer Kommune, einer Hochschule oder einer "
    "Organisation. Ihre Hub-Leitung lädt Sie ein."
)


class Widget(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    AREA = "area"
    SELECT = "select"
    BOX = "box"
    BOXES = "boxes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A field as people see it.

    Attributes:
        field: What becomes of it.
        label, hint: Texts of the catalogue.
        vocabulary: Where the words for its choices are; "" where what it is about brings them.
        options: Values and what they are called, texts of the catalogue, where that is no vocabulary.
        blank: What a choice of nothing is called; None where something must be chosen.
    """

    field: Field
    label: str
    hint: str = ""
    widget: Widget = Widget.LINE
    vocabulary: str = ""
    options: tuple[tuple[str, str], ...] = ()
    blank: str | None = None
    rows: int = 5
    type: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an action is about, as far as the reader sees it.

    Attributes:
        title: What it is called; "" where the action is about nothing that is there.
        address: The page that tells of it.
        choices: Name of field -> values and what they are called.
        typed: What stands in the fields before anybody types.
        lead: Text of the catalogue in place of that of the action, where it depends on what it is about.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    address: str = "/"
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    lead: str = ""


def _nothing(_: Subject, __: Filled) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A page with one form.

    Attributes:
        path: Its address, German.
        title, lead, button: Texts of the catalogue.
        mutation: Operation file.
        load: Reads what it is about.
        fixed: What the input holds beside the fields.
        note: Name of what is said afterwards, or what tells it from what was sent.
        leads_to: The path that follows; else the page of what it is about.
        needs_house: Without a house to choose there is nothing to send; `lacking` says so.
        is_open: Nobody needs to sign in.
        is_grave: It takes something away.
        script: A file of `static` that helps to fill in the form.
        otherwise: The last part of the address of the opposite, and what that is called.
    """

    path: str
    title: str
    button: str
    mutation: str
    load: Callable[[Site, Request], Awaitable[Subject]]
    lead: str = ""
    inputs: tuple[Input, ...] = ()
    fixed: Callable[[Subject, Filled], Mapping[str, Any]] = _nothing
    note: str | Callable[[Subject, Filled], str] = "saved"
    leads_to: Callable[[Subject, Mapping[str, Any]], str] | None = None
    needs_house: bool = False
    lacking: str = _NO_HOUSE
    is_open: bool = False
    is_grave: bool = False
    script: str = ""
    otherwise: tuple[str, str] | None = None

    @property
    def form(self) -> Form:
        return Form(tuple(one.field for one in self.inputs))


def routes_of(site: Site, actions: Sequence[Action]) -> list[BaseRoute]:
    return [
        route for one in actions for route in in_both_languages(one.path, _handler(site, one), methods=("GET", "POST"))
    ]


def _handler(site: Site, action: Action) -> Callable[[Request], Awaitable[Response]]:
    form = action.form

    async def handle(request: Request) -> Response:
        if not action.is_open:
            refused = await signed_out(site, request)
            if refused is not None:
                return refused
        elif request.method == "POST":
            check_sender(site, request)
        subject = await action.load(site, request)
        houses = await own_houses(site, request) if _asks_for_house(action) else []
        choices = {HOUSE: houses, **subject.choices}
        given = restored(request)
        lacks_house = action.needs_house and not choices[HOUSE]
        if given is not None and lacks_house:
            # No form is here for this reader: what was typed is shown to be copied, rather than lost.
            raise HTTPException(404)
        if request.method == "POST":
            filled = await form.read(request)
            fixed = action.fixed(subject, filled)
            sent = await sent_or_kept(site, request, action.mutation, form, filled, **fixed)
            if sent.success is not None:
                path = subject.address if action.leads_to is None else action.leads_to(subject, sent.success)
                note = action.note if isinstance(action.note, str) else action.note(subject, filled)
                return see_other(request, path, note)
        else:
            sent = Sent(form.blank(subject.typed, version=subject.version) if given is None else form.filled(given))
        return site.renderer.page(
            request,
            "action.html",
            status=sent.status,
            action=action,
            subject=subject,
            form=sent.filled,
            inputs=action.inputs,
            choices=worded(request, action.inputs, choices),
            lacks_house=lacks_house,
        )

    return handle


def worded(
    request: Request, inputs: Sequence[Input], given: Mapping[str, Sequence[tuple[str, str]]]
) -> dict[str, list[tuple[str, str]]]:
    """The values to choose from and what they are called, by name of field, in the language of the page."""
    language = language_of(request.url.path)
    text, word = translations(language).gettext, environment(language).globals["word"]
    found = {}
    for one in inputs:
        name = one.field.name
        known = [(value, word(one.vocabulary, value)) for value in one.field.choices or () if one.vocabulary]  # type: ignore[operator] # ours
        own = [(value, text(called)) for value, called in one.options]
        found[name] = [*([] if one.blank is None else [("", text(one.blank))]), *known, *own, *given.get(name, ())]
    return found


async def signed_out(site: Site, request: Request) -> Response | None:
    """The answer to somebody who is not signed in and has to be: what was sent is kept; None for everybody else."""
    if isinstance(caller_of(request.scope), Principal):
        return None
    if request.method != "POST":
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(address(request, "/sign-in", to=f"{request.url.path}{query}"), 303, _UNKEPT)
    if site.stash is None:
        raise HTTPException(401)
    return await site.stash.over(request)


async def sent_or_kept(site: Site, request: Request, operation: str, form: Form, filled: Filled, **fixed: Any) -> Sent:
    """`forms.send`; where nobody can write now, or somebody may not yet, the form with everything that was typed."""
    if filled.problems:
        return Sent(filled, status=422)
    try:
        return await send(site.asking, request, operation, form, filled, **fixed)
    except AskingError as error:
        if error.status not in _LATER:
            raise
        return Sent(filled.with_problems({"": _TOO_OFTEN if error.status == 429 else _AWAY}), status=error.status)


def see_other(request: Request, path: str, note: str) -> Response:
    """On to the page of that path, which says what was done."""
    where, _, part = path.partition("#")
    where, _, query = where.partition("?")
    there = address(request, where, **dict(parse_qsl(query)), **{done.PARAMETER: note})
    return RedirectResponse(f"{there}#{part}" if part else there, 303, _UNKEPT)


def address(request: Request, path: str, **query: Any) -> str:
    """A path of ours with parameters, in the language of the request."""
    return str(environment(language_of(request.url.path)).globals["url"](path, **query))  # type: ignore[operator] # ours


def check_sender(site: Site, request: Request) -> None:
    """Passes what pages of ours send: a page of others makes nobody's browser ask in their place.

    Raises:
        ForbiddenError: it is from elsewhere.
    """
    origins, sites = request.headers.getlist("origin"), request.headers.getlist("sec-fetch-site")
    if not set(origins) <= {site.public_url} or not set(sites) <= {"same-origin"}:
        raise ForbiddenError("Origin, Sec-Fetch-Site: this form is for pages of this service.")


def _asks_for_house(action: Action) -> bool:
    return action.needs_house or any(one.field.name == HOUSE for one in action.inputs)


def line(name: str, label: str, *, hint: str = "", required: bool = False, most: int = 300, **more: Any) -> Input:
    """A field of one line."""
    kind = more.pop("kind", Kind.TEXT)
    clears = more.pop("clears", False)
    told = {"expects": more.pop("expects")} if "expects" in more else {}
    return Input(
        field=Field(name=name, is_required=required, most=most, kind=kind, is_cleared=clears, **told),
        label=label,
        hint=hint,
        **more,
    )


def area(name: str, label: str, *, hint: str = "", required: bool = False, most: int = 20_000, **more: Any) -> Input:
    """A field of several lines."""
    return line(name, label, hint=hint, required=required, most=most, widget=Widget.AREA, **more)


def choice(name: str, label: str, vocabulary: str, *, blank: str | None = None, **more: Any) -> Input:
    """One of the words of a closed vocabulary."""
    values = tuple(more.pop("values", WORDS[vocabulary]))
    return Input(
        field=Field(name=name, choices=values, is_required=blank is None, is_cleared=more.pop("clears", False)),
        label=label,
        vocabulary=vocabulary,
        blank=blank,
        widget=Widget.SELECT,
        **more,
    )


def house(label: str, *, hint: str = "") -> Input:
    """One of the reader's own houses."""
    return Input(field=Field(name=HOUSE, is_required=True, most=200), label=label, hint=hint, widget=Widget.SELECT)


_UNKEPT: Final = {"Cache-Control": "no-store"}
