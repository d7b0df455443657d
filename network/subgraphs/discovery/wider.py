"""What finds more, where nothing or little answers a search, as GraphQL shows it."""

from enum import Enum

import strawberry

from network.execution import attribute, reference, value
from network.execution.fields import at_most
from network.subgraphs.discovery import results
from network.subgraphs.discovery.types import Topic
from search.widening import MAX_PARTS, MAX_TOPICS, FoundPart


@strawberry.enum(description="Why a topic is offered where nothing or little is found.")
class TopicReason(Enum):
    NAME = strawberry.enum_value("NAME", description="Its name answers what was typed.")
    VOCABULARY = strawberry.enum_value("VOCABULARY", description="People who type this mean it.")
    BROADER = strawberry.enum_value("BROADER", description="It is above a topic that answers.")
    PROJECTS = strawberry.enum_value("PROJECTS", description="Half of what this finds has it.")


@value(FoundPart, description="A word that was typed, or a part of one, that finds something by itself.")
class SearchPart:
    text: str = attribute("What to search for, in the letters that were typed.")
    total_count: int = attribute(
        "How many projects it finds for this caller without a filter, at least 1; no fewer, where `isTotalExact` is false.",
        "total",
    )
    is_total_exact: bool = attribute("Whether `totalCount` is exact.")


@value(results.WiderTopic, description="A topic around what was typed that has projects.")
class WiderTopic:
    topic: Topic = reference("The topic.")
    total_count: int = attribute("How many projects have it, of those the caller may see; at least 1.", "total")
    reason: TopicReason = attribute("Why it is offered.")
    typed: str = attribute("The word, or part of a word, that leads to it.")
    found: str = attribute("What it leads to there: a word of the topic, or the name of the topic below it.")


@value(results.Wider, description="What finds more where nothing or little answers.")
class WiderSearch:
    parts: list[SearchPart] = attribute(
        f"Words and parts of words that find something else, the longest first; at most {MAX_PARTS}.",
        directives=[at_most(MAX_PARTS)],
    )
    topics: list[WiderTopic] = attribute(
        f"Topics around the words, the nearest first; at most {MAX_TOPICS}.", directives=[at_most(MAX_TOPICS)]
    )
