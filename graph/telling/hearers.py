"""Who hears of news: the rules, and what holds for all of them.

A rule is a plain function in a module of its own. It answers whom the news may concern and why, and need not ask what
these people may read, nor whose doing it was.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from graph.model import NodeKey
from graph.port import GraphStore
from graph.records import News
from graph.telling.around import around
from graph.telling.askers import askers
from graph.telling.followers import followers
from graph.telling.hearing import Hearing
from graph.telling.houses import of_houses
from graph.telling.people import people

Rule = Callable[[GraphStore, News], Awaitable[Sequence[Hearing]]]

RULES: Final[tuple[Rule, ...]] = (of_houses, askers, followers)
"""Of several rules that name one person the first gives the reason."""


async def hearings(store: GraphStore, news: News, rules: Sequence[Rule] = RULES) -> list[Hearing]:
    """Who is told of `news` now: everybody whom a rule names, who may read the entity, and whose doing it was not.

    Each person once, by id.
    """
    known = await around(store, NodeKey.parse(news.entity))
    if known is None:
        return []
    named: dict[str, Hearing] = {}
    for rule in rules:
        for hearing in await rule(store, news):
            named.setdefault(hearing.actor_id, hearing)
    named.pop(news.actor.removeprefix("actor:"), None)
    persons = await people(store, named) if named else {}
    return [named[key] for key in sorted(named) if key in persons and persons[key].may_read(known.readers)]
