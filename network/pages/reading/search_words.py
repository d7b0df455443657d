"""What narrows a search, in words: for places where its boxes are not shown."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from starlette.requests import Request

from network.pages import operations
from network.pages.frame.language import language_of, translations
from network.pages.frame.site import Site
from network.pages.frame.words import word_for
from network.pages.reading.search_state import CLOSED, SearchState

LABELS: Final[Mapping[str, str]] = {
    "TOPIC": "Topic",
    "HUB": "Hub",
    "MUNICIPALITY": "Municipality",
    "SERVICE": "Service",
    "FUNDING": "FundingProgramme",
}
"""Facet -> label of the nodes whose keys are its values; values of HOUSE name it themselves."""
AT_ONCE: Final = 20
"""Names that one question may ask for."""


def is_named(facet: str) -> bool:
    """Whether the values of a facet are keys of nodes, which have names."""
    return facet in LABELS or facet == "HOUSE"


def id_of(facet: str, value: str) -> str:
    return value if facet == "HOUSE" else f"{LABELS[facet]}:{value}"


async def names_of(site: Site, request: Request, ids: Iterable[str], *, most: int = AT_ONCE) -> dict[str, str]:
    """Id -> name, of `most` at most; what is not there, or not for the reader, is left out."""
    wanted = list(dict.fromkeys(ids))[:most]
    found: dict[str, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        nodes = (await site.asking.ask(request, operations.names(ids=some))).need("nodes")
        found |= {
            one: node.get("nameDe") or node.get("name") or one for one, node in zip(some, nodes, strict=True) if node
        }
    return found


def ids_of(state: SearchState) -> list[str]:
    """Whatever a search names by its key."""
    chosen = [id_of(facet, value) for facet, values in state.chosen.items() if is_named(facet) for value in values]
    return [*chosen, *([f"Municipality:{state.near}"] if state.near else [])]


def in_words(request: Request, state: SearchState, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What narrows a search: what it is called, and what was chosen there."""
    language = language_of(request.url.path)
    _ = translations(language).gettext

    def called(facet: str, value: str) -> str:
        if is_named(facet):
            return names.get(id_of(facet, value), value)
        return word_for(language, CLOSED[facet], value) if facet in CLOSED else value

    found = [
        (word_for(language, "FacetName", facet), ", ".join(called(facet, value) for value in values))
        for facet, values in state.chosen.items()
    ]
    if state.year_from or state.year_to:
        found.append((_("Beginn"), _years(_, state)))
    if state.near:
        place = names.get(f"Municipality:{state.near}", state.near)
        found.append((_("Umkreis"), _("%(km)s km um %(place)s") % {"km": state.km, "place": place}))
    return found


def _years(gettext: Any, state: SearchState) -> str:
    _ = gettext
    if state.year_from and state.year_to:
        return str(_("%(first)s bis %(last)s") % {"first": state.year_from, "last": state.year_to})
    if state.year_from:
        return str(_("ab %(year)s") % {"year": state.year_from})
    return str(_("bis %(year)s") % {"year": state.year_to})
