"""Which webhooks hear of news. What is sent there, and how, is the courier's business."""

from collections.abc import Collection
from typing import Final

from graph.model import NodeKey
from graph.personal import Delivery
from graph.port import GraphStore
from graph.records import News
from graph.telling.around import around
from graph.telling.hearing import told_id
from graph.telling.people import people
from graph.values import Instant
from graph.vocabulary import NewsKind

MAX_WEBHOOKS: Final = 1_000
"""Most webhooks that hear of one piece of news."""

PERSONAL: Final = frozenset({NewsKind.SEARCH_MATCHED, NewsKind.NEED_MATCHED})
"""What is found for somebody: others, who may read it as well, have not asked for it."""


async def deliveries(store: GraphStore, news: News, *, hearers: Collection[str], now: Instant) -> list[Delivery]:
    """A delivery for each webhook in use that takes news of this kind and whose person may read the entity.

    Also of what that person did: a system that mirrors entries must not miss any.

    Args:
        hearers: Ids of the people who are told. What is for one person alone only their webhooks hear.
    """
    records = await store.query("webhooks_listening", {"kind": news.kind, "limit": MAX_WEBHOOKS})
    is_personal = news.kind in PERSONAL
    wanted = [(str(webhook), str(actor)) for webhook, actor in records if not is_personal or actor in hearers]
    if not wanted:
        return []
    label, _, value = news.entity.partition(":")
    known = await around(store, NodeKey(label, value))
    if known is None:
        return []
    persons = await people(store, {actor for _, actor in wanted})
    return [
        Delivery(
            id=told_id("Delivery", news.id, webhook),
            webhook=webhook,
            news=news.id,
            kind=news.kind,
            entity=news.entity,
            at=news.at,
            due_at=now,
        )
        for webhook, actor in wanted
        if actor in persons and persons[actor].may_read(known.readers)
    ]
