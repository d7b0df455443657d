"""Suggestions for what is being typed: projects, names of the network and what others search for.

Whatever the text and the size of the network, the engine and the graph are asked a fixed number of times.
"""

import asyncio
from typing import Final

from auth.policy import NETWORK
from graph.errors import InvalidInputError
from graph.links import Order
from graph.model import NodeKey
from graph.selection import ByKeys, Compare, Either, Match, Operator, Page, Selection, Start
from graph.values import sort_key
from network.context import Context
from network.subgraphs.discovery.results import Suggestion
from search import requests
from search.port import Candidate, Scope
from search.service import SearchService
from search.suggesting import Kind, Proposal, Reading, Typed, mix

MAX_SUGGESTIONS: Final = 20
_TIMEOUT_S: Final = 5.0
_CANDIDATES: Final = 100
"""Projects with the words typed that are looked at; whoever begins a word that more have types on."""
_SELECTION: Final = Selection("Project", ("id", "title"))


async def suggested(context: Context, service: SearchService, text: str, first: int) -> list[Suggestion]:
    """At most `first` suggestions for `text`, the best first; none where nothing is typed.

    Raises:
        InvalidInputError: `first` is out of range.
        InvalidSearchRequestError: the text is too long.
        SearchUnavailableError: the engine does not answer.
        GraphUnavailableError: the graph does not.
    """
    if not 0 <= first <= MAX_SUGGESTIONS:
        raise InvalidInputError(f"first: {first} is not in 0..{MAX_SUGGESTIONS}")
    requests.check_text(text)
    typed = Typed.of(text)
    if not typed.words or not first:
        return []
    timeout_s = context.remaining_s(most=_TIMEOUT_S)
    scope = Scope(audiences=context.audiences, excluded=await service.outbox.narrowed_ids())
    found = await asyncio.gather(
        _projects(context, service, text, typed, scope),
        service.names.proposals(typed, timeout_s=timeout_s),
        service.popular.proposals(text, scope, timeout_s=timeout_s),
    )
    return [
        Suggestion(proposal.kind.name, proposal.text, proposal.detail, proposal.key)
        for proposal in mix((proposal for group in found for proposal in group), first)
    ]


async def _projects(context: Context, service: SearchService, text: str, typed: Typed, scope: Scope) -> list[Proposal]:
    """Projects by the words of their titles, as the graph has them for this caller now.

    The engine is asked for whole words, and nobody completes those of entries that few may read; so the graph is asked
    for titles that begin with the text, too.
    """
    lexicon, begun = await asyncio.gather(
        service.lexicons.of(context.audiences), _titles(context, _beginning(text, typed))
    )
    reading = Reading(typed, lexicon, service.thesauri.current())
    timeout_s = context.remaining_s(most=_TIMEOUT_S)
    found = await service.index.retrieve([reading.tier("head_words")], scope, limit=_CANDIDATES, timeout_s=timeout_s)
    reuse = {candidate.id: _reuse(candidate, context) for candidate in found.documents}
    # Titles of the index are folded words, which is all that is compared; what is shown is the graph's.
    near = [(reading.closeness(str(one.attributes.get("title", ""))), one.id) for one in found.documents]
    best = sorted((close, -reuse[key], key) for close, key in near if close is not None)[:MAX_SUGGESTIONS]
    titles = begun | (await _titles(context, ByKeys("Project", "id", tuple(key for _, _, key in best))) if best else {})
    return [
        Proposal(
            closeness=closeness, kind=Kind.PROJECT, text=title, key=NodeKey("Project", key), size=reuse.get(key, 0)
        )
        for key, title in titles.items()
        if (closeness := reading.closeness(title)) is not None
    ]


def _beginning(text: str, typed: Typed) -> Match:
    """Projects whose title begins with the text, in either spelling of umlauts."""
    beginnings = dict.fromkeys((sort_key(text), " ".join(typed.words)))
    options = tuple(Compare("title_sort", Operator.STARTS_WITH, beginning) for beginning in beginnings)
    return Match("Project", (Either(options),), (Order("title_sort"),), Page(MAX_SUGGESTIONS))


async def _titles(context: Context, start: Start) -> dict[str, str]:
    """Id -> title of the projects that the caller may see."""
    selected = await context.store.select(
        _SELECTION, start, audiences=context.audiences, timeout_s=context.remaining_s(most=_TIMEOUT_S)
    )
    return {str(row[0]): str(row[1]) for row in selected.rows if row is not None}


def _reuse(candidate: Candidate, context: Context) -> int:
    attribute = "network_reuse" if NETWORK in context.audiences else "reuse"
    return int(candidate.attributes.get(attribute, 0))
