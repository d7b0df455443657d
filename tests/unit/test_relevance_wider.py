"""What is measured of what is offered where little is found."""

import yaml

from bench.relevance.wider import FILE, Judged, Offered, read, rows
from graph.model import NodeKey
from search.widening import FoundPart, FoundTopic, Why, Wider

TOPICS = FILE.parents[2] / "seed_data" / "topics" / "topics.yaml"


def test_the_judged_searches_name_topics_that_there_are() -> None:
    judged = read()
    slugs = {topic["slug"] for topic in yaml.safe_load(TOPICS.read_text(encoding="utf-8"))}
    assert len({one.id for one in judged}) == len({one.query for one in judged}) == len(judged)
    for one in judged:
        assert one.topics, one.query
        assert one.topics <= slugs, one.query
        assert all(part == part.lower() for part in one.parts), one.query
    assert {one.is_tuned_on for one in judged} == {True, False}


def topic(slug: str) -> FoundTopic:
    return FoundTopic(NodeKey("Topic", slug), 1, Why.NAME, slug, slug)


def test_what_helps_is_counted_apart_for_each_half() -> None:
    def offered(key: str, wider: Wider | None) -> Offered:
        return Offered(Judged(key, key, frozenset({"baum"}), frozenset({"umwelt"})), wider)

    tuned, reported = (next(one.id for one in read() if one.is_tuned_on is half) for half in (True, False))
    found = [
        offered(tuned, Wider((FoundPart("Baum", 2, True),), (topic("energie"), topic("umwelt")))),
        offered(tuned, Wider((), ())),
        offered(tuned, None),
        offered(reported, Wider((FoundPart("Kataster", 2, True),), (topic("umwelt"),))),
    ]
    assert list(rows(found)) == [
        ["tuned on", "3", "2", "1", "0 of 1", "1 of 2", "1 of 1"],
        ["reported", "1", "1", "1", "1 of 1", "1 of 1", "0 of 1"],
    ]
