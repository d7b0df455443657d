"""What a form takes by name: houses, municipalities, services. Nobody types a key.

Beside the field stands one more, `….find`, for a name. Sent with a name that one thing alone has, that is taken; otherwise the
form comes back with what is called alike, to choose from. `….seen` is the name that was answered so: sent again, it is not looked
up again. With script the same choice appears as one types (`find.js`).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages import operations
from network.pages.frame.asking import Answer, AskingError
from network.pages.frame.fields import Field, FieldKind, MultiDict
from network.pages.frame.language import language_of, message
from network.pages.frame.rendering import UNKEPT
from network.pages.frame.site import Site, in_both_languages
from network.pages.frame.words import word_for

FIND: Final = ".find"
SEEN: Final = ".seen"
MAX_NAME: Final = 200
"""Characters of a name; longer ones are cut, and then name nothing."""
_MOST_NAMED: Final = 20
_KINDS: Final = ("hubs", "municipalities", "universities", "organisations")
_WHICH: Final = message("Wählen Sie bitte aus, was Sie meinen.")
AWAY: Final = message(
    "Namen lassen sich gerade nicht nachschlagen. Versuchen Sie es gleich noch einmal; was Sie getippt haben, bleibt stehen."
)
_NONE: Final = message(
    "Unter diesem Namen ist nichts eingetragen. Bitte prüfen Sie die Schreibweise; der Anfang genügt."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen: what is sent, its name, and what tells it from others of that name."""

    value: str
    name: str
    detail: str = ""

    @property
    def label(self) -> str:
        return f"{self.name} ({self.detail})" if self.detail else self.name


@dataclass(frozen=True, slots=True)
class Finder:
    """Attributes:
    by_name: What is called like a text, the likeliest first; raises AskingError where nobody can know.
    named: What these values are called; those that nothing has are left out.
    """

    by_name: Callable[[Site, Request, str], Awaitable[list[Choice]]]
    named: Callable[[Site, Request, Sequence[str]], Awaitable[list[Choice]]]


@dataclass(frozen=True, slots=True)
class Found:
    """A form after its names were looked up.

    Attributes:
        given: Its fields, with what was found put in.
        typed: What stands in the fields for names.
        problems: Name of field -> text of the catalogue.
        choices: Name of field -> values and what they are called, beside those that the form offers anyway.
    """

    given: MultiDict
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


def routes(site: Site) -> list[BaseRoute]:
    async def find(request: Request) -> Response:
        """A part of a page for the script of forms: what is called like that."""
        finder = FINDERS.get(request.path_params["what"])
        if finder is None:
            raise HTTPException(404)
        text = request.query_params.get("q", "").strip()[:MAX_NAME]
        choices = await finder.by_name(site, request, text) if len(text) > 1 else []
        return site.renderer.page(request, "found_names.html", choices=choices, headers=UNKEPT)

    return in_both_languages("/find/{what}", find)


async def look_up(
    site: Site,
    request: Request,
    sought: Sequence[tuple[Field, str]],
    given: MultiDict,
    offered: Mapping[str, Sequence[tuple[str, str]]],
) -> Found:
    """The form with names looked up.

    Args:
        sought: Fields that are found by name, and by which finder.
        offered: Name of field -> what the form offers anyway.
    """
    typed: dict[str, str] = {}
    problems: dict[str, str] = {}
    choices: dict[str, list[tuple[str, str]]] = {}
    for one, what in sought:
        finder, is_many = FINDERS[what], one.kind is FieldKind.MANY
        text, seen = (str(given.get(f"{one.name}{part}", "")).strip()[:MAX_NAME] for part in (FIND, SEEN))
        values = [str(value) for value in given.getlist(one.name) if value]
        found: list[Choice] = []
        if text and text != seen:
            is_away = False
            try:
                found = await finder.by_name(site, request, text)
            except AskingError as error:
                if not error.retryable:
                    raise
                is_away = True
            exact = [choice for choice in found if choice.name.casefold() == text.casefold() or choice.value == text]
            chosen = exact if len(exact) == 1 else found if len(found) == 1 else []
            if chosen:
                values = [*(values if is_many else []), chosen[0].value]
            if exact == chosen and chosen:
                found, text = chosen, ""
            else:
                problems[one.name] = AWAY if is_away else _WHICH if found else _NONE
            seen = text if found else ""
        known = {value for value, _ in offered.get(one.name, ())} | {choice.value for choice in found}
        unknown = [value for value in values if value not in known]
        named = await finder.named(site, request, unknown) if unknown else []
        # What nothing has stays to be seen: whoever sent it takes it out.
        labels = dict.fromkeys(unknown) | {choice.value: choice.label for choice in [*named, *found]}
        choices[one.name] = [
            (value, label or value) for value, label in labels.items() if value not in dict(offered.get(one.name, ()))
        ]
        typed |= {f"{one.name}{FIND}": text, f"{one.name}{SEEN}": seen}
        given = _with(given, one.name, list(dict.fromkeys(values)))
    return Found(given, typed, problems, choices)


def _with(given: MultiDict, name: str, values: Sequence[str]) -> MultiDict:
    return ImmutableMultiDict(
        [*(pair for pair in given.multi_items() if pair[0] != name), *((name, value) for value in values)]
    )


def found_house(request: Request, node: Mapping[str, Any]) -> Choice:
    """A house, with its kind and where it lies: of many a name there are several."""
    kind = (
        word_for(language_of(request.url.path), "MunicipalityKind", node["kind"])
        if node["__typename"] == "Municipality"
        else word_for(language_of(request.url.path), "House", node["__typename"])
    )
    where = (node.get(name) for name in ("district", "town", "state", "land"))
    details = dict.fromkeys(part for part in (kind, *where) if part and part != node["name"])
    return Choice(node["id"], node["name"], ", ".join(details))


def _nodes(answer: Answer, names: Sequence[str]) -> list[Mapping[str, Any]]:
    """What stands in these lists.

    Raises:
        AskingError: one of them was not answered. A text that can be no name is no such error: nothing has it.
    """
    told = [error for error in answer.errors if error["extensions"]["code"] != "BAD_USER_INPUT"]
    if told and any(answer.data.get(name) is None for name in names):
        raise AskingError.of(told)
    return [edge["node"] for name in names for edge in (answer.data.get(name) or {"edges": []})["edges"]]


async def _houses_by_name(site: Site, request: Request, text: str, kinds: Sequence[str] = _KINDS) -> list[Choice]:
    answer = await site.asking.ask(request, operations.find_houses(text=text))
    # Names of which a later word was typed; without a search engine there are none.
    likely = [one["node"] for one in answer.data.get("suggestions") or () if "id" in one["node"]]
    nodes = {node["id"]: node for node in [*_nodes(answer, kinds), *likely]}
    is_open = kinds == _KINDS
    return [found_house(request, node) for node in nodes.values() if is_open or node["__typename"] == "Municipality"]


async def _municipalities_by_name(site: Site, request: Request, text: str) -> list[Choice]:
    return await _houses_by_name(site, request, text, ("municipalities",))


async def _named_houses(site: Site, request: Request, values: Sequence[str]) -> list[Choice]:
    answer = await site.asking.ask(request, operations.found_houses(ids=values[:_MOST_NAMED]))
    # Whatever somebody wrote into the form may name nothing, or no house.
    return [found_house(request, node) for node in answer.data.get("nodes") or () if node and "id" in node]


def _services(answer: Answer) -> list[Choice]:
    return [Choice(node["leikaId"], node["name"], node["ozgTopic"] or "") for node in _nodes(answer, ("services",))]


async def _services_by_name(site: Site, request: Request, text: str) -> list[Choice]:
    digits = text.replace(" ", "")
    is_key = digits.isascii() and digits.isdigit() and len(digits) == 14
    where = {"leikaIds": [digits]} if is_key else {"namePrefix": text}
    return _services(await site.asking.ask(request, operations.find_services(filter=where, first=12)))


async def _named_services(site: Site, request: Request, values: Sequence[str]) -> list[Choice]:
    where = {"leikaIds": list(values)[:100]}
    answer = await site.asking.ask(request, operations.find_services(filter=where, first=100))
    # Names are a courtesy here: what was chosen is sent as its key, named or not.
    return [] if answer.data.get("services") is None else _services(answer)


FINDERS: Final = {
    "houses": Finder(_houses_by_name, _named_houses),
    "municipalities": Finder(_municipalities_by_name, _named_houses),
    "services": Finder(_services_by_name, _named_services),
}
"""By the last part of the address that scripts ask."""
