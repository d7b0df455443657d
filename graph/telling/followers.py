"""Those who follow what the news are about, or the topic, hub or service that it belongs to."""

from collections.abc import Sequence
from typing import Final

from graph import links
from graph.model import NodeKey
from graph.port import GraphStore
from graph.records import News
from graph.telling.around import Around, around
from graph.telling.hearing import Hearing
from graph.vocabulary import NewsKind

MAX_FOLLOWERS: Final = 10_000
"""Most followers who are told of one piece of news, in one transaction."""

_OF_NOBODY: Final = frozenset(
    {
        NewsKind.TASK_ASKED,
        NewsKind.CONTACT_MISSING,
        NewsKind.NEED_MATCHED,
        NewsKind.SEARCH_MATCHED,
        NewsKind.CLAIM_GRANTED,
        NewsKind.CLAIM_REFUSED,
    }
)
"""What is for those whom it asks, or for one person alone."""
_WIDE: Final = frozenset(
    {
        NewsKind.PROJECT_PUBLISHED,
        NewsKind.PROJECT_ARCHIVED,
        NewsKind.NEED_POSTED,
        NewsKind.EXPERT_JOINED,
        NewsKind.EVENT_SAVED,
        NewsKind.EVENT_CANCELLED,
        NewsKind.QUESTION_ASKED,
    }
)
"""What those who follow a topic, a hub or a service hear, too; the steps of one entry are for those who follow it."""

_ENTRIES: Final = (links.ADOPTION_PROJECT, links.QUESTION_ABOUT)
_HUBS: Final = (
    *(links.PROJECT_OWNER, links.PROJECT_REVIEWER, links.NEED_HOUSE, links.EVENT_HOSTS, links.EXPERT_HOUSES),
)
_SUBJECTS: Final = (
    *(links.PROJECT_TOPICS, links.PROJECT_SERVICES, links.NEED_TOPICS, links.NEED_SERVICES),
    *(links.EVENT_TOPICS, links.EXPERT_TOPICS),
)
REASONS: Final = {
    "Project": "Sie folgen diesem Projekt",
    "Need": "Sie folgen diesem Gesuch oder Angebot",
    "Topic": "Sie folgen dem Thema {name}",
    "Hub": "Sie folgen dem Hub {name}",
    "Service": "Sie folgen der Leistung {name}",
}


async def followers(store: GraphStore, news: News) -> Sequence[Hearing]:
    """Each follower once, with the narrowest of what is followed as the reason."""
    if news.kind in _OF_NOBODY:
        return []
    known = await around(store, NodeKey.parse(news.entity))
    if known is None:
        return []
    reasons = _reasons(known, is_wide=news.kind in _WIDE)
    if not reasons:
        return []
    records = await store.query("followers", {"targets": list(reasons), "limit": MAX_FOLLOWERS})
    order = {target: place for place, target in enumerate(reasons)}
    hearings: dict[str, Hearing] = {}
    for actor, target in sorted(records, key=lambda record: (order[record[1]], record[0])):
        hearings.setdefault(str(actor), Hearing(str(actor), reasons[str(target)]))
    return list(hearings.values())


def _reasons(known: Around, *, is_wide: bool) -> dict[str, str]:
    """What may be followed -> why its followers hear of it, the narrowest first."""
    narrow = [known.entity, *known.along(*_ENTRIES)]
    found = {str(key): REASONS[key.label] for key in narrow if key.label in ("Project", "Need")}
    about_topic = {key for key in known.along(links.QUESTION_ABOUT) if key.label == "Topic"}
    for one in known.found:
        is_near = one.link in (*_HUBS, *_SUBJECTS) and is_wide
        if (is_near or one.key in about_topic) and one.key.label in ("Topic", "Service", "Hub"):
            found.setdefault(str(one.key), REASONS[one.key.label].format(name=one.name))
    return found
