"""What every form does between its reader and the API: who is led to sign in, what was typed is kept, nothing is written twice."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.principal import Principal
from network.edge.request import caller_of, form_token_of
from network.pages.forms.finding import AWAY, look_up
from network.pages.forms.inputs import Input, Widget
from network.pages.frame.asking import AskingError
from network.pages.frame.fields import Filled, Form, MultiDict, Sent, send
from network.pages.frame.language import language_of, message, translations
from network.pages.frame.notices import PARAMETER, Note
from network.pages.frame.paths import address
from network.pages.frame.rendering import UNKEPT
from network.pages.frame.site import Site
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


def see_other(site: Site, request: Request, path: str, note: Note) -> Response:
    """On to the page of that path, which says what was done."""
    where, _, part = path.partition("#")
    where, _, query = where.partition("?")
    told = site.notes.signed(note, where, form_token_of(request.scope))
    there = address(request, where, **dict(parse_qsl(query)), **{PARAMETER: told})
    return RedirectResponse(f"{there}#{part}" if part else there, 303, UNKEPT)
