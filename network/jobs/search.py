"""`hubnetz search`: what was found, as lines for people or as JSON for programs."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from auth.policy import audiences
from network.jobs.job import Output, Workplace, caller
from network.subgraphs.labels import ranking_label
from search.explaining import Explanation
from search.finder import SearchRequest
from search.relaxing import LABEL
from search.service import Found, FoundProject, Relaxed
from search.snippets import Snippet, one_line

_MARKS: Final = {True: ("\x1b[1m", "\x1b[0m"), False: ("*", "*")}
"""Around a marked word: bold on a terminal, asterisks in a file or a pipe."""
_INDENT: Final = "     "
_EXPLAINED: Final = 6
"""Pairs of words that are shown of an explanation; JSON has all."""
_PLACES: Final = {
    "title": "Titel",
    "names": "Namen",
    "summary": "Kurztext",
    "writeup": "Beschreibung",
    "notes": "Erfahrungen",
    "network_notes": "Erfahrungen im Netz",
    "keys": "Schlüssel",
}
_TIMEOUT_S: Final = 30.0
"""A command of its own begins by reading the words of the whole index; a server has done so before."""
_SPACES: Final = re.compile(r"\s+")


async def search(
    place: Workplace,
    output: Output,
    *,
    text: str,
    limit: int,
    as_json: bool,
    as_: str | None,
    explain: bool = False,
    is_terminal: bool = False,
) -> int:
    request = SearchRequest(text=text, audiences=audiences(caller(as_)), limit=limit)
    found = await place.service.search(request, explains=explain, timeout_s=_TIMEOUT_S)
    if as_json:
        output.line(json.dumps(_as_json(found), ensure_ascii=False))
        return 0
    for line in _lines(found, _MARKS[is_terminal]):
        output.line(line)
    return 0


def _as_json(found: Found) -> dict[str, Any]:
    return {
        "hits": [_hit(project) for project in found.projects],
        "total": found.total,
        "isTotalExact": found.is_total_exact,
        "didYouMean": found.did_you_mean,
        "missingWords": list(found.missing_words),
        "relaxed": None if found.relaxed is None else _relaxed(found.relaxed),
    }


def _hit(project: FoundProject) -> dict[str, Any]:
    hit = {"slug": project.slug, "title": project.title, "score": project.score}
    if project.explanation is None:
        return hit
    explanation = project.explanation
    return hit | {
        "explanation": {
            "words": [
                {
                    "typed": word.typed,
                    "part": word.part,
                    "found": word.found,
                    "source": word.attribute.upper(),
                    "kind": word.kind.value,
                    "label": word.label,
                    "quality": word.quality,
                }
                for word in explanation.words
            ],
            "missing": list(explanation.missing),
            "textScore": explanation.text_score,
            "coverage": explanation.coverage,
            "confirmedReuse": explanation.reuse,
            "confirmedAt": explanation.confirmed_at,
        }
    }


def _relaxed(relaxed: Relaxed) -> dict[str, Any]:
    way_on = relaxed.way_on
    need = way_on.need
    return {
        "label": LABEL,
        "hits": [_hit(project) for project in relaxed.projects],
        "topics": [topic.value for topic in way_on.topics],
        "need": {"kind": need.kind.value, "title": need.title, "topics": [topic.value for topic in need.topics]},
        "catalogues": [{"name": link.name, "purpose": link.purpose, "url": link.url} for link in way_on.catalogues],
    }


def _lines(found: Found, marks: tuple[str, str]) -> Iterator[str]:
    if found.did_you_mean is not None:
        yield f"Meinten Sie „{one_line(found.did_you_mean)}“?"
    if found.missing_words and found.projects:
        yield f"ohne: {', '.join(map(one_line, found.missing_words))}"
    for rank, project in enumerate(found.projects, start=1):
        yield from _project(f"{rank:3}", project, marks)
    if found.projects:
        yield _total(found)
    elif found.relaxed is None:
        yield LABEL
    else:
        yield from _instead(found.relaxed, marks)


def _total(found: Found) -> str:
    count = f"{found.total} Treffer"
    return count if found.is_total_exact else f"mindestens {count}"


def _project(rank: str, project: FoundProject, marks: tuple[str, str]) -> Iterator[str]:
    title = one_line(project.title) if project.marked_title is None else _marked(project.marked_title, marks)
    yield f"{rank}  {title}  ({project.slug}, {_decimal(project.score)})"
    for passage in project.snippets:
        yield _INDENT + _marked(passage, marks)
    if project.explanation is not None:
        yield from _why(project.explanation)


def _decimal(number: float) -> str:
    return f"{number:.2f}".replace(".", ",")


def _marked(snippet: Snippet, marks: tuple[str, str]) -> str:
    before, after = marks
    text = "".join(f"{before}{part.text}{after}" if part.is_match else part.text for part in snippet.parts)
    return _SPACES.sub(" ", text)


def _why(explanation: Explanation) -> Iterator[str]:
    for word in explanation.words[:_EXPLAINED]:
        typed = word.typed if word.part is None else f"{word.typed} [{word.part}]"
        said = f"{word.label}, {_decimal(word.quality)}, {_PLACES[word.attribute]}"
        yield f"{_INDENT}· {one_line(typed)} → {one_line(word.found)} ({said})"
    if explanation.missing:
        yield f"{_INDENT}· ohne: {', '.join(map(one_line, explanation.missing))}"
    yield _INDENT + ranking_label(explanation.text_score, explanation.reuse, explanation.confirmed_at)


def _instead(relaxed: Relaxed, marks: tuple[str, str]) -> Iterator[str]:
    yield LABEL
    if relaxed.projects:
        yield "Am nächsten kommt:"
        for project in relaxed.projects:
            yield from _project("  ~", project, marks)
    way_on = relaxed.way_on
    if way_on.topics:
        yield f"Themen in der Nähe: {', '.join(topic.value for topic in way_on.topics)}"
    yield "Dieselben Wörter anderswo:"
    for link in way_on.catalogues:
        yield f"  {link.name} ({link.purpose})"
        yield f"    {link.url}"
