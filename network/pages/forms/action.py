"""Pages that do one thing: a form about something, sent to one mutation, which leads on to a page that says what was done.

An action is declared: its address, its fields as people see them, its mutation, and what it is about. Here is what all of them
share: who is led to sign in, what is kept when something is wrong, and that nothing is written twice.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from auth.principal import Principal
from network.edge.request import caller_of, form_token_of
from network.pages.forms.finding import AWAY, look_up
from network.pages.forms.inputs import HOUSE, Input, Widget
from network.pages.forms.own_houses import own_houses
from network.pages.frame import notices
from network.pages.frame.asking import AskingError
from network.pages.frame.fields import ONCE, Filled, Form, MultiDict, Sent, check_sender, fields_of, send
from network.pages.frame.language import language_of, message, translations
from network.pages.frame.paths import address
from network.pages.frame.rendering import UNKEPT
from network.pages.frame.site import Site, in_both_languages
from network.pages.frame.stash import restored
from network.pages.frame.words import word_for
from network.pages.operations.declared import Mutation

Difference = tuple[Input, str, str]
"""A field, what somebody wrote there, and what somebody else stored meanwhile."""
_LATER: Final = frozenset({429, 503})
_TOO_OFTEN: Final = message(
    "Das war zu oft in kurzer Zeit. Es wurde nichts gesendet; was Sie geschrieben haben, steht noch da."
)
_AWAY: Final = message(
    "Ein Teil von Hubnetz antwortet gerade nicht. Senden Sie das Formular in einer Minute noch einmal: Doppelt wird nichts."
)
_UNTOLD: Final = message(
    "Das Formular sagt nicht mehr, von welchem Stand des Eintrags es ausging. Es wurde nichts überschrieben."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an action is about, as far as the reader sees it.

    Attributes:
        title: What it is called; "" where the action is about nothing that is there.
        address: The page that tells of it.
        choices: Name of field -> values and what they are called.
        typed: What stands in the fields before anybody types.
        lead: Text of the catalogue in place of that of the action, where it depends on what it is about.
        closed: Names of fields in which this reader finds nothing by name, and takes what is offered.
        hidden: Names of fields that this one does not have.
        hub: Who decides, and to whom one may write.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    address: str = "/"
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    lead: str = ""
    closed: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    hub: Mapping[str, Any] | None = None


def _nothing(_: Subject, __: Filled) -> Mapping[str, Any]:
    return {}


def _right(_: Subject, __: Filled) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A page with one form.

    Attributes:
        path: Its address, German.
        title, lead, button: Texts of the catalogue.
        load: Reads what it is about.
        fixed: What the input holds beside the fields.
        whole: The input in place of the fields, where these are not its own.
        check: What else is wrong: name of field -> text of the catalogue.
        locks: It is about the version that its reader saw, the input's `expectedVersion`: once something else is stored, its
            reader hears of it and decides again. Of a form without a version nothing is sent.
        compares: What two people wrote at once is shown side by side: the subject's `typed` is all that is stored.
        answer: The page that follows at once, in place of one that says what was done: for what is told only here.
        note: Name of what is said afterwards, or what tells it from what was sent and what the mutation answered.
        leads_to: The path that follows; else the page of what it is about.
        needs_house: Without a house to choose there is nothing to send.
        lacking: What is said then, where it is another thing than that the reader has no house.
        is_open: Nobody needs to sign in.
        is_grave: It takes something away.
        script: A file of `static` that helps to fill in the form.
        otherwise: The last part of the address of the opposite, and what that is called.
    """

    path: str
    title: str
    button: str
    mutation: Mutation
    load: Callable[[Site, Request], Awaitable[Subject]]
    lead: str = ""
    inputs: tuple[Input, ...] = ()
    fixed: Callable[[Subject, Filled], Mapping[str, Any]] = _nothing
    whole: Callable[[Subject, Filled], Mapping[str, Any]] | None = None
    check: Callable[[Subject, Filled], Mapping[str, str]] = _right
    locks: bool = False
    compares: bool = False
    answer: Callable[[Site, Request, Subject, Mapping[str, Any]], Response] | None = None
    note: str | Callable[[Subject, Filled, Mapping[str, Any]], str] = "saved"
    leads_to: Callable[[Subject, Mapping[str, Any]], str] | None = None
    needs_house: bool = False
    lacking: str = ""
    is_open: bool = False
    is_grave: bool = False
    script: str = ""
    otherwise: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if self.compares and not self.locks:
            raise ValueError(f"{self.path}: expected locks where compares")


def routes_of(site: Site, actions: Sequence[Action]) -> list[BaseRoute]:
    return [
        route for one in actions for route in in_both_languages(one.path, _handler(site, one), methods=("GET", "POST"))
    ]


def _handler(site: Site, action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        if not action.is_open:
            refused = await signed_out(site, request)
            if refused is not None:
                return refused
        elif request.method == "POST":
            # Nobody's session is at stake, so that browsers that say nothing are served, too.
            check_sender(request, site.public_url, may_be_silent=True)
        try:
            subject = await action.load(site, request)
        except (HTTPException, AskingError) as error:
            if not await _is_sent_again(site, request, error):
                raise
            return see_other(site, request, "/my", "already")
        houses = await own_houses(site, request) if _asks_for_house(action) else []
        offered = {HOUSE: houses, **subject.choices}
        inputs = _inputs(action, subject)
        given = restored(request)
        lacks_house = action.needs_house and not offered[HOUSE] and not _finds_house(action, subject)
        if given is not None and lacks_house:
            # No form is here for this reader: what was typed is shown to be copied, rather than lost.
            raise HTTPException(404)
        if request.method == "POST":
            given = await fields_of(request)
        sent, theirs = Sent(_form(inputs).blank(subject.typed, version=subject.version)), list[Difference]()
        choices: Mapping[str, Sequence[tuple[str, str]]] = offered
        if given is not None:
            filled, choices = await filled_in(site, request, inputs, given, offered, closed=subject.closed)
            sent = Sent(filled)
        if request.method == "POST":
            sent, theirs, subject = await _sent(site, request, action, subject, sent.filled)
            if sent.success is not None:
                return _done(site, request, action, subject, sent)
        if given is None or sent.is_conflict:
            once = site.notes.sending(_place(request), form_token_of(request.scope))
            sent = replace(sent, filled=replace(sent.filled, once=once))
        return site.renderer.page(
            request,
            "action.html",
            status=sent.status,
            action=action,
            subject=subject,
            form=sent.filled,
            inputs=inputs,
            problems=_placed(inputs, sent.filled.problems),
            choices=worded(request, inputs, choices),
            lacks_house=lacks_house,
            is_outdated=sent.is_outdated,
            theirs=theirs,
        )

    return handle


async def _is_sent_again(site: Site, request: Request, error: HTTPException | AskingError) -> bool:
    """Whether what a form is about went away since its reader was shown it: by the first sending, or by somebody else."""
    status = error.status_code if isinstance(error, HTTPException) else error.status
    reader = form_token_of(request.scope)
    if request.method != "POST" or status != 404 or reader is None:
        return False
    return site.notes.was_shown((await fields_of(request)).get(ONCE, ""), _place(request), reader)


def _place(request: Request) -> str:
    """The form's own address, which is about one thing."""
    return f"{request.url.path}?{request.url.query}"


def _inputs(action: Action, subject: Subject) -> list[Input]:
    return [one for one in action.inputs if one.field.name not in subject.hidden]


def _form(inputs: Sequence[Input]) -> Form:
    return Form(tuple(one.field for one in inputs))


def _placed(inputs: Sequence[Input], problems: Mapping[str, str]) -> list[tuple[str, str]]:
    """Name of field and text of each problem; "" for what stands in no field that can be seen."""
    seen = {one.field.name for one in inputs if one.widget is not Widget.HIDDEN}
    return list(dict.fromkeys((name if name in seen else "", text) for name, text in problems.items()))


async def _sent(
    site: Site, request: Request, action: Action, subject: Subject, filled: Filled
) -> tuple[Sent, list[Difference], Subject]:
    """What became of a form, where something else is stored by now, and what it is about by now."""
    filled = filled.with_problems(action.check(subject, filled)) if not filled.problems else filled
    read = filled if action.whole is None or filled.problems else replace(filled, input=action.whole(subject, filled))
    fixed = action.fixed(subject, filled) if not filled.problems else {}
    inputs = _inputs(action, subject)
    sent = await sent_or_kept(site, request, action.mutation, _form(inputs), read, locks=action.locks, **fixed)
    if not action.locks:
        return sent, [], subject
    if sent.current not in (None, subject.version):
        # Somebody wrote after it was read here, a moment ago.
        subject = await action.load(site, request)
    return *compared(sent, inputs, subject.typed, subject.version, shows=action.compares), subject


def _done(site: Site, request: Request, action: Action, subject: Subject, sent: Sent) -> Response:
    assert sent.success is not None
    if action.answer is not None:
        return action.answer(site, request, subject, sent.success)
    path = subject.address if action.leads_to is None else action.leads_to(subject, sent.success)
    note = action.note if isinstance(action.note, str) else action.note(subject, sent.filled, sent.success)
    return see_other(site, request, path, note)


async def filled_in(
    site: Site,
    request: Request,
    inputs: Sequence[Input],
    given: MultiDict,
    offered: Mapping[str, Sequence[tuple[str, str]]],
    *,
    closed: Collection[str] = (),
) -> tuple[Filled, Mapping[str, Sequence[tuple[str, str]]]]:
    """A form as it was sent, with names looked up, and what it offers to choose from by now."""
    sought = [(one.field, one.finds) for one in inputs if one.finds and one.field.name not in closed]
    found = await look_up(site, request, sought, given, offered)
    filled = Form(tuple(one.field for one in inputs)).filled(found.given).with_problems(found.problems)
    choices = {name: [*offered.get(name, ()), *found.choices.get(name, ())] for name in {**offered, **found.choices}}
    return replace(filled, typed={**filled.typed, **found.typed}), choices


def compared(
    sent: Sent, inputs: Sequence[Input], stored: Mapping[str, Any], version: int | None, *, shows: bool = True
) -> tuple[Sent, list[Difference]]:
    """Where an entry says something else by now than whoever sent a form had read: field, theirs, and what is stored.

    Args:
        shows: Without it the form is made one about what is stored by now, and that is all.
    """
    source = {one.field.name: stored[one.field.name] for one in inputs if one.widget is Widget.HIDDEN}
    is_read = sent.filled.version == version and source.items() <= sent.filled.typed.items()
    if not sent.is_conflict or is_read:
        return sent, []
    theirs = [
        (one, mine, other)
        for one in inputs
        if shows
        and one.field.name in stored
        and one.field.name not in source
        and one.field.name in sent.filled.typed
        and (mine := _text(sent.filled.typed[one.field.name])) != (other := _text(stored.get(one.field.name)))
    ]
    # Sent once more it is a change of what stands there now: whoever sends it has seen that.
    again = Filled({**sent.filled.typed, **source}, {}, sent.filled.problems, version=version)
    return replace(sent, filled=again), theirs


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(sorted("\n".join(value).split()))
    return "" if value is None else str(value)


def worded(
    request: Request, inputs: Sequence[Input], given: Mapping[str, Sequence[tuple[str, str]]]
) -> dict[str, list[tuple[str, str]]]:
    """The values to choose from and what they are called, by name of field, in the language of the page."""
    language = language_of(request.url.path)
    text = translations(language).gettext
    found = {}
    for one in inputs:
        name = one.field.name
        known = [
            (value, word_for(language, one.vocabulary, value)) for value in one.field.choices or () if one.vocabulary
        ]
        own = [(value, text(called)) for value, called in one.options]
        found[name] = [*([] if one.blank is None else [("", text(one.blank))]), *known, *own, *given.get(name, ())]
    return found


async def signed_out(site: Site, request: Request) -> Response | None:
    """The answer to somebody who is not signed in and has to be: what was sent is kept; None for everybody else."""
    if isinstance(caller_of(request.scope), Principal):
        return None
    if request.method != "POST":
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(address(request, "/sign-in", to=f"{request.url.path}{query}"), 303, UNKEPT)
    if site.stash is None:
        raise HTTPException(401)
    return await site.stash.over(request)


async def sent_or_kept(
    site: Site, request: Request, mutation: Mutation, form: Form, filled: Filled, *, locks: bool = False, **fixed: Any
) -> Sent:
    """`fields.send`; where nobody can write now, or somebody may not yet, the form with everything that was typed.

    Args:
        locks: The mutation is told the version that the form is about, unless its input names one; without one nothing is sent.
    """
    if filled.problems:
        return Sent(filled, status=503 if AWAY in filled.problems.values() else 422)
    if locks and filled.version is None:
        return Sent(filled.with_problems({"": _UNTOLD}), is_conflict=True, is_outdated=True, status=409)
    if locks:
        filled = replace(filled, input={"expectedVersion": filled.version, **filled.input})
    try:
        return await send(site.asking, request, mutation, form, filled, **fixed)
    except AskingError as error:
        if error.status not in _LATER:
            raise
        return Sent(filled.with_problems({"": _TOO_OFTEN if error.status == 429 else _AWAY}), status=error.status)


def see_other(site: Site, request: Request, path: str, note: str) -> Response:
    """On to the page of that path, which says what was done."""
    where, _, part = path.partition("#")
    where, _, query = where.partition("?")
    told = site.notes.signed(note, where, form_token_of(request.scope))
    there = address(request, where, **dict(parse_qsl(query)), **{notices.PARAMETER: told})
    return RedirectResponse(f"{there}#{part}" if part else there, 303, UNKEPT)


def _asks_for_house(action: Action) -> bool:
    return action.needs_house or any(one.field.name == HOUSE for one in action.inputs)


def _finds_house(action: Action, subject: Subject) -> bool:
    return HOUSE not in subject.closed and any(one.field.name == HOUSE and one.finds for one in action.inputs)
