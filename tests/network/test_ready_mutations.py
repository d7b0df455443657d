"""The ready-made mutations of docs/queries, run one after the other as a story: each answers what its file says."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from network.app import open_ports
from network.pages.frame.queries import ready_queries
from tests.network.writing import Desk, desk

CALLERS = {
    "mutations-1-create-draft": "merseburg",
    "mutations-2-confirm-partnership": "stadt",
    "mutations-3-update": "merseburg",
    "mutations-4-submit": "merseburg",
    "mutations-5-publish": "zeitz",
    "mutations-6-record-adoption": "einbeck",
    "mutations-7-confirm-adoption": "merseburg",
    "mutations-8-experience-report": "einbeck",
    "mutations-9-post-need": "stadt",
    "mutations-91-revert": "merseburg",
    "mutations-92-follow": "dataport",
    "mutations-93-save-search": "dataport",
    "mutations-94-mark-read": "dataport",
    "mutations-95-mail-settings": "dataport",
    "mutations-96-register-expert": "merseburg",
    "mutations-97-save-event": "zeitz",
    "mutations-98-save-funding-programme": "zeitz",
    "mutations-99-save-hub-profile": "zeitz",
    "mutations-991-record-online-service": "stadt",
    "mutations-992-ask-question": "stadt",
    "mutations-993-answer-question": "merseburg",
    "mutations-994-accept-answer": "stadt",
    "mutations-995-request-callback": None,
    "mutations-996-join-project": "dataport",
    "mutations-997-decide-partner": "merseburg",
    "mutations-998-register-webhook": "dataport",
    "mutations-999-create-feed-address": "dataport",
    "mutations-992-invite-member": "zeitz",
    "mutations-993-save-house-contact": "stadt",
}


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("ready-mutations"), open_ports) as made:
        yield made


def promised(text: str) -> Any:
    """The answer that the comment at the end of a file shows."""
    lines = text.splitlines()
    first = lines.index("# Antwortet zum Beispiel:") + 1
    return json.loads("\n".join(line.removeprefix("#") for line in lines[first:]))


def assert_like(found: Any, sample: Any, where: str) -> None:
    """`found` is `sample`, where `…` in a text stands for any end."""
    if isinstance(sample, dict):
        assert isinstance(found, dict), where
        assert found.keys() == sample.keys(), where
        for name, value in sample.items():
            assert_like(found[name], value, f"{where}.{name}")
    elif isinstance(sample, list):
        assert len(found) == len(sample), where
        for index, value in enumerate(sample):
            assert_like(found[index], value, f"{where}.{index}")
    elif isinstance(sample, str) and sample.endswith("…"):
        # Ids hold the time at which they were made.
        beginning = sample.removesuffix("…").partition("0190")[0]
        assert isinstance(found, str), where
        assert found.startswith(beginning), where
    else:
        assert found == sample, where


async def test_each_answers_what_its_file_says(office: Desk) -> None:
    ready = {query.name: query for query in ready_queries() if query.is_mutation}
    assert list(ready) == sorted(CALLERS)
    ids: dict[str, str] = {}

    for name, query in ready.items():
        variables = json.loads(query.variables)
        variables["input"] |= {key: found for key, found in ids.items() if key in variables["input"]}
        found = await office.ask(query.text, CALLERS[name], **variables)
        assert_like(found, promised(query.text), name)
        (answer,) = found.values()
        ids |= {
            key: answer[key]["id"]
            for key in ("project", "adoption", "question", "answer")
            if "id" in answer.get(key, {})
        }
        ids |= dict.fromkeys(("entity", "entry", "about"), ids["project"])
