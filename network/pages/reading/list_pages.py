"""Lists of what the network has: one operation each, a filter that stands in the address, and further pages by cursor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages import operations
from network.pages.frame.keys import named_in
from network.pages.frame.language import Language, language_of, translations
from network.pages.frame.site import Handler, Site, in_both_languages
from network.pages.operations.declared import Question
from network.words import WORDS

STATES: Final = (
    "Baden-Württemberg",
    "Bayern",
    "Berlin",
    "Brandenburg",
    "Bremen",
    "Hamburg",
    "Hessen",
    "Mecklenburg-Vorpommern",
    "Niedersachsen",
    "Nordrhein-Westfalen",
    "Rheinland-Pfalz",
    "Saarland",
    "Sachsen",
    "Sachsen-Anhalt",
    "Schleswig-Holstein",
    "Thüringen",
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter of an address.

    Attributes:
        name: Of the parameter.
        into: Field of the API's filter.
        vocabulary: Of a closed vocabulary; what is none of its values is left out.
        also: Variables that the operation takes besides, so that the page can name what was chosen: name -> is a flag.
        default: What holds where the address says nothing; chosen away by `all`.
    """

    name: str
    into: str
    vocabulary: str | None = None
    also: Mapping[str, bool] = field(default_factory=dict)
    default: str | None = None

    def value(self, parameters: QueryParams) -> str | None:
        given = named_in(parameters, self.name)
        if self.vocabulary is not None:
            if given == "all":
                return None
            given = given.upper()
            return given if given in WORDS[self.vocabulary] else self.default
        return given or self.default


_NAME: Final = Filter("name", "namePrefix")
_STATE: Final = Filter("state", "state")
_TOPIC: Final = Filter("topic", "topic")
_HOUSE: Final = Filter("house", "house", also={"house": False, "hasHouse": True})


@dataclass(frozen=True, slots=True)
class Listing:
    """A list.

    Attributes:
        name: Of the template.
        asks: The operation of its page.
        root: Field of the operation.
    """

    path: str
    name: str
    asks: Callable[..., Question]
    root: str
    filters: tuple[Filter, ...] = (_NAME,)

    def chosen(self, parameters: QueryParams) -> dict[str, str]:
        """Parameter -> value of what narrows the list."""
        return {one.name: value for one in self.filters if (value := one.value(parameters))}

    def variables(self, chosen: Mapping[str, str]) -> dict[str, Any]:
        given: dict[str, Any] = {
            "filter": {one.into: chosen[one.name] for one in self.filters if one.name in chosen} or None
        }
        for one in self.filters:
            if one.name in chosen:
                given |= {name: True if is_flag else chosen[one.name] for name, is_flag in one.also.items()}
        return given

    def said(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """What the address has to say: everything but defaults, and `all` where a default was chosen away."""
        made: dict[str, str] = {}
        for one in self.filters:
            value = chosen.get(one.name)
            if value is None and one.default is not None:
                made[one.name] = "all"
            elif value is not None and value != one.default:
                made[one.name] = value.lower() if one.vocabulary else value
        return made


LISTINGS: Final = (
    Listing("/hubs", "hubs", operations.hubs, "hubs", (_NAME, _STATE, _TOPIC)),
    Listing(
        "/municipalities",
        "municipalities",
        operations.municipalities,
        "municipalities",
        (
            _NAME,
            _STATE,
            Filter("kind", "kind", "MunicipalityKind"),
            Filter("hub", "hub", also={"hub": False}),
            Filter("part-of", "partOf", also={"partOf": False}),
        ),
    ),
    Listing("/universities", "universities", operations.universities, "universities", (_NAME, _STATE)),
    Listing(
        "/organisations", "organisations", operations.organisations, "organisations", (_NAME, Filter("town", "town"))
    ),
    Listing("/experts", "experts", operations.experts, "experts", (_NAME, _TOPIC, _HOUSE)),
    Listing("/topics", "topics", operations.topics, "topics"),
    Listing("/services", "services", operations.services, "services", (_NAME, Filter("field", "ozgTopic"))),
    Listing("/funding", "funding", operations.funding, "fundingProgrammes"),
    Listing(
        "/needs",
        "needs",
        operations.needs,
        "needs",
        (
            Filter("kind", "kind", "NeedKind"),
            _TOPIC,
            Filter("status", "status", "NeedStatus", default="OPEN"),
            _HOUSE,
        ),
    ),
)


def routes(site: Site) -> list[BaseRoute]:
    return [route for listing in LISTINGS for route in in_both_languages(listing.path, _handler(site, listing))]


def _handler(site: Site, listing: Listing) -> Handler:
    async def show(request: Request) -> Response:
        chosen = listing.chosen(request.query_params)
        after = request.query_params.get("after") or None
        answer = await site.asking.ask(request, listing.asks(after=after, **listing.variables(chosen)))
        # What cannot be meant (a cursor of another list, a house that is no id) leaves the page, which says so.
        is_unknown = answer.code(listing.root) == "BAD_USER_INPUT"
        found = None if is_unknown else answer.need(listing.root)
        return site.renderer.page(
            request,
            f"{listing.name}.html",
            status=400 if is_unknown else 200,
            found=found,
            data=answer.data,
            chosen=chosen,
            said=listing.said(chosen),
            after=after,
            states=[(state, state) for state in STATES],
            listing=listing,
            words=partial(_words, language_of(request.url.path)),
            named_topics=partial(named_topics, language=language_of(request.url.path)),
        )

    return show


def named_topics(found: Mapping[str, Any] | None, *, language: Language) -> list[tuple[str, str]]:
    """Slug and name of each topic of a connection, to choose from; none where it was not answered."""
    name = "nameEn" if language is Language.ENGLISH else "nameDe"
    return [
        (edge["node"]["slug"], edge["node"][name] or edge["node"]["nameDe"])
        for edge in (found or {"edges": []})["edges"]
    ]


def _words(language: Language, vocabulary: str) -> list[tuple[str, str]]:
    """The values of a closed vocabulary with their words, to choose from."""
    known = translations(language)
    return [(value, known.gettext(text)) for value, text in WORDS[vocabulary].items()]
