"""Those who asked hear of answers, those who answered that their answer was taken."""

from collections.abc import Sequence
from typing import Final

from graph import links
from graph.model import NodeKey
from graph.port import GraphStore
from graph.records import News
from graph.telling.around import around
from graph.telling.hearing import Hearing
from graph.vocabulary import NewsKind

ASKED: Final = "Sie haben die Frage gestellt"
ANSWERED: Final = "Es ist Ihre Antwort"


async def askers(store: GraphStore, news: News) -> Sequence[Hearing]:
    entity = NodeKey.parse(news.entity)
    if news.kind is NewsKind.ANSWER_ACCEPTED and entity.label == "Answer":
        return await _author(store, entity, ANSWERED)
    if news.kind is not NewsKind.QUESTION_ANSWERED:
        return []
    if entity.label == "Question":
        return await _author(store, entity, ASKED)
    known = await around(store, entity)
    questions = [] if known is None else known.along(links.ANSWER_QUESTION)
    return [hearing for question in questions for hearing in await _author(store, question, ASKED)]


async def _author(store: GraphStore, entity: NodeKey, reason: str) -> list[Hearing]:
    """Who made the entity, if that was a person; by the audit trail, which outlives what somebody's role was."""
    records = await store.query("first_change", {"entity": str(entity)})
    kind, _, identifier = str(records[0][0] if records else "").partition(":")
    return [Hearing(identifier, reason)] if kind == "actor" else []
