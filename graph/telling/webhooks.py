"""Which webhooks hear of news. What is sent there, and how, is the courier's business."""

from collections.abc import Collection
from typing import Final

from auth import policy
from graph.model import NodeKey
from graph.personal import Delivery
from graph.port import GraphStore
from graph.records import News
from graph.telling.around import Around, around
from graph.telling.hearing import told_id
from graph.telling.houses import of_houses
from graph.telling.people import Person, people
from graph.values import Instant
from graph.vocabulary import NewsKind

MAX_WEBHOOKS: Final = 10_000
"""Most webhooks that hear of one piece of news."""

PERSONAL: Final = frozenset(
    {
        NewsKind.SEARCH_MATCHED,
        NewsKind.NEED_MATCHED,
        NewsKind.CONTACT_MISSING,
        NewsKind.CLAIM_GRANTED,
        NewsKind.CLAIM_REFUSED,
    }
)
"""What is found for somebody, or is for those in charge: others, who may read the entity as well, do not hear of it."""
OFFERED: Final = tuple(kind for kind in NewsKind if kind not in (NewsKind.PING, NewsKind.WEBHOOK_DISABLED))
"""What a webhook can be made to hear of."""


async def deliveries(store: GraphStore, news: News, *, hearers: Collection[str], now: Instant) -> list[Delivery]:
    """A delivery for each webhook in use that takes news of this kind and whose person may read the entity.

    Also of what that person did: a system that mirrors entries must not miss any.

    Args:
        hearers: Ids of the people who are told. What is for one person alone only their webhooks hear.
    """
    is_personal = news.kind in PERSONAL
    if is_personal and not hearers:
        return []
    parameters = {
        "kind": news.kind,
        "personal": is_personal,
        # No list is empty: a backend could not tell what it is a list of.
        "actors": sorted(hearers) if is_personal else [""],
        "limit": MAX_WEBHOOKS,
    }
    wanted = [(str(webhook), str(actor)) for webhook, actor in await store.query("webhooks_listening", parameters)]
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
        if actor in persons and _may_hear(persons[actor], known)
    ]


async def still_hears(store: GraphStore, delivery: Delivery, actor: str) -> bool:
    """Whether `actor`, whose webhook it is, may hear of it now: somebody may have lost sight of the entry, or every membership."""
    person = (await people(store, {actor})).get(actor)
    if person is None or not policy.may_take_part(person.caller):
        return False
    if delivery.kind is NewsKind.PING:
        return True
    label, _, value = delivery.entity.partition(":")
    known = await around(store, NodeKey(label, value))
    if known is None or not _may_hear(person, known):
        return False
    if delivery.kind is not NewsKind.CONTACT_MISSING:
        return True
    news = News(id="", kind=delivery.kind, entity=delivery.entity, actor="", at=delivery.at, due_at=delivery.at)
    return any(hearing.actor_id == actor for hearing in await of_houses(store, news))


def _may_hear(person: Person, known: Around) -> bool:
    return policy.may_take_part(person.caller) and person.may_read(known.readers)
