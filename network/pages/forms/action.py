"""Pages that do one thing: a form about something, sent to one mutation, which leads on to a page that says what was done.

An action is declared: its address, its fields as people see them, its mutation, and what it is about. Here is what all of them
share: who is led to sign in, what is kept when something is wrong, and that nothing is written twice.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.edge.request import form_token_of
from network.pages.forms.inputs import HOUSE, Input, Widget
from network.pages.forms.own_houses import own_houses
from network.pages.forms.sending import Difference, compared, filled_in, see_other, sent_or_kept, signed_out, worded
from network.pages.frame.asking import AskingError
from network.pages.frame.fields import ONCE, Filled, Form, MultiDict, Sent, check_sender, fields_of
from network.pages.frame.notices import ALREADY, SAVED, Note
from network.pages.frame.site import Site, in_both_languages
from network.pages.frame.stash import restored
from network.pages.operations.declared import Mutation


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
        note: What is said afterwards, or what tells it from what was sent and what the mutation answered; else that it is saved.
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
    note: Note | Callable[[Subject, Filled, Mapping[str, Any]], Note] | None = None
    leads_to: Callable[[Subject, Mapping[str, Any]], str] | None = None
    needs_house: bool = False
    lacking: str = ""
    is_open: bool = False
    is_grave: bool = False
    script: str = ""
    otherwise: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        names = [one.field.name for one in self.inputs]
        has_end = self.note is not None or self.leads_to is not None
        expected = {
            "locks where compares": self.locks or not self.compares,
            "fixed or whole": self.whole is None or self.fixed is _nothing,
            "no note and no way on where answer": self.answer is None or not has_end,
            "needs_house where lacking": self.needs_house or not self.lacking,
            "inputs where check, compares or script": bool(names)
            or (self.check is _right and not self.compares and not self.script),
            "each input once": len(names) == len(set(names)),
        }
        broken = [told for told, holds in expected.items() if not holds]
        if broken:
            raise ValueError(f"{self.path}: expected {'; '.join(broken)}")


def routes_of(site: Site, actions: Sequence[Action]) -> list[BaseRoute]:
    return [
        route for one in actions for route in in_both_languages(one.path, _handler(site, one), methods=("GET", "POST"))
    ]


def _handler(site: Site, action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        refused = await _refused(site, request, action)
        if refused is not None:
            return refused
        try:
            subject = await action.load(site, request)
        except (HTTPException, AskingError) as error:
            if not await _is_sent_again(site, request, error):
                raise
            return see_other(site, request, "/my", ALREADY)
        desk = await _desk(site, request, action, subject)
        given = await _given(request, desk)
        if given is None:
            blank = _form(desk.inputs).blank(subject.typed, version=subject.version)
            return _page(site, request, action, desk, Sent(_named_anew(site, request, blank)))
        filled, choices = await filled_in(site, request, desk.inputs, given, desk.choices, closed=subject.closed)
        desk = replace(desk, choices=choices)
        if request.method != "POST":
            return _page(site, request, action, desk, Sent(filled))
        sent, theirs, subject = await _sent(site, request, action, subject, filled)
        if sent.success is not None:
            return _done(site, request, action, subject, sent)
        if sent.is_conflict:
            sent = replace(sent, filled=_named_anew(site, request, sent.filled))
        return _page(site, request, action, replace(desk, subject=subject), sent, theirs=theirs)

    return handle


@dataclass(frozen=True, slots=True)
class _Desk:
    """An action before one reader: what it is about, its fields by now, and what they offer to choose from."""

    subject: Subject
    inputs: list[Input]
    choices: Mapping[str, Sequence[tuple[str, str]]]
    lacks_house: bool


async def _refused(site: Site, request: Request, action: Action) -> Response | None:
    """The answer to whoever may not even see the form; None for everybody else.

    Raises:
        ForbiddenError: somebody else's page sent it.
    """
    if not action.is_open:
        return await signed_out(site, request)
    if request.method == "POST":
        # Nobody's session is at stake, so that browsers that say nothing are served, too.
        check_sender(request, site.public_url, may_be_silent=True)
    return None


async def _desk(site: Site, request: Request, action: Action, subject: Subject) -> _Desk:
    houses = await own_houses(site, request) if _asks_for_house(action) else []
    choices = {HOUSE: houses, **subject.choices}
    lacks_house = action.needs_house and not choices[HOUSE] and not _finds_house(action, subject)
    return _Desk(subject, _inputs(action, subject), choices, lacks_house)


async def _given(request: Request, desk: _Desk) -> MultiDict | None:
    """What was sent, or typed before the session ran out; None where the form is opened.

    Raises:
        HTTPException: no form is here for this reader: what was typed is shown to be copied, rather than lost.
        RequestError: it is no form.
    """
    given = restored(request)
    if given is not None and desk.lacks_house:
        raise HTTPException(404)
    return await fields_of(request) if request.method == "POST" else given


def _named_anew(site: Site, request: Request, filled: Filled) -> Filled:
    """The form under a name that this reader's next sending has: it is another one than any before."""
    return replace(filled, once=site.notes.sending(_place(request), form_token_of(request.scope)))


def _page(
    site: Site, request: Request, action: Action, desk: _Desk, sent: Sent, *, theirs: Sequence[Difference] = ()
) -> Response:
    return site.renderer.page(
        request,
        "action.html",
        status=sent.status,
        action=action,
        subject=desk.subject,
        form=sent.filled,
        inputs=desk.inputs,
        problems=_placed(desk.inputs, sent.filled.problems),
        choices=worded(request, desk.inputs, desk.choices),
        lacks_house=desk.lacks_house,
        is_outdated=sent.is_outdated,
        theirs=theirs,
    )


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
    note = action.note(subject, sent.filled, sent.success) if callable(action.note) else action.note
    return see_other(site, request, path, note or SAVED)


def _asks_for_house(action: Action) -> bool:
    return action.needs_house or any(one.field.name == HOUSE for one in action.inputs)


def _finds_house(action: Action, subject: Subject) -> bool:
    return HOUSE not in subject.closed and any(one.field.name == HOUSE and one.finds for one in action.inputs)
