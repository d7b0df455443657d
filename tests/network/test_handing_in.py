"""What whoever hands an entry in is told: which item of a list is wrong; who reviews it, since when and by when."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from auth.working_days import add_working_days
from graph.vocabulary import Stage
from network.app import open_ports
from tests.network.writing import FIVE, STATE, Desk, desk, draft, read

HUB = "Hub:zeitz"
WAITS = "submittedAt reviewDueOn reviewedBy"


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("handing-in"), open_ports) as made:
        yield made


async def test_of_a_list_the_item_that_is_wrong_is_told(office: Desk) -> None:
    given: dict[str, list[Any]] = {
        "topics": ["mobilitaet", "Topic:gibt-es-nicht"],
        "services": ["99000000000000"],
        "partners": [{"house": HUB}, {"house": "Municipality:150025205205"}, {"house": HUB, "role": "Pilot"}],
        "experts": [{"expert": "Expert:niemand"}],
    }

    answers = {
        name: await office.write("createProjectDraft", STATE, "merseburg", **FIVE | {"details": {name: listed}})
        for name, listed in given.items()
    }

    told = {
        name: {".".join(problem["path"][3:]): problem["message"] for problem in answer["problems"]}
        for name, answer in answers.items()
    }
    twice = f"expected each once, got {HUB} again"
    assert told == {
        "topics": {"1": "unknown: Topic:gibt-es-nicht"},
        "services": {"0": "unknown: Service:99000000000000"},
        "partners": {"0": twice, "2": twice},
        "experts": {"0": "unknown: Expert:niemand"},
    }


async def test_who_reviews_and_by_when_is_told_to_insiders_while_it_waits(office: Desk) -> None:
    entry = await draft(office)
    nothing = {"submittedAt": None, "reviewDueOn": None, "reviewedBy": None}
    assert await read(office, entry, WAITS, "merseburg") == nothing

    handed_in = await office.write(
        "submitProject",
        f"project {{ {WAITS} tasks {{ due }} }}",
        "merseburg",
        project=entry["id"],
        reviewer="Hub:zeitz",
    )

    told = handed_in["project"]
    since = datetime.fromisoformat(told["submittedAt"])
    due = add_working_days(since.astimezone(ZoneInfo("Europe/Berlin")).date(), 10).isoformat()
    assert (told["reviewDueOn"], told["reviewedBy"]) == (due, "DigitalHub Zeitz")
    assert (await read(office, entry, WAITS, "zeitz"))["reviewDueOn"] == due
    for caller in (None, "stranger", "wilster"):
        assert await read(office, entry, WAITS, caller) is None
    await office.write("publishProject", STATE, "zeitz", project=entry["id"])
    for caller in (None, "stranger", "merseburg", "zeitz", "admin"):
        assert await read(office, entry, WAITS, caller) == nothing


async def test_where_no_hub_reviews_the_administration_does_and_later_all_hubs(office: Desk) -> None:
    waits = {"stage": Stage.SUBMITTED, "submitted_at": "2026-05-04T22:30:00.000000Z"}
    await office.project("wartet", owner=None, readers=("admin", "reviewers"), **waits)
    opened = {"opened_to_reviewers_at": "2026-05-20T05:00:00.000000Z"}
    await office.project("wartet-lange", owner=None, readers=("admin", "reviewers"), **waits, **opened)

    found = [await read(office, {"id": f"Project:{key}"}, WAITS, "admin") for key in ("wartet", "wartet-lange")]

    assert [one["reviewedBy"] for one in found] == [
        "Verwaltung des Netzwerks",
        "Verwaltung des Netzwerks; seit dem 20. Mai 2026 auch Leitungen und Prüfende aller Hubs",
    ]
    assert {one["reviewDueOn"] for one in found} == {"2026-05-19"}
