"""Times of events over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from network.app import open_ports
from tests.network.writing import Desk, desk, paths

EVENT = "event { id version startsAt startTime endsAt endTime startDateTime endDateTime }"
DAY = {"title": "Sensorik-Tag", "startsAt": "2027-05-15", "startTime": "10:00", "hosts": ["Hub:zeitz"]}


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("event-times"), open_ports) as made:
        yield made


async def saved(office: Desk, **given: Any) -> dict[str, Any]:
    answer = await office.write("saveEvent", EVENT, "zeitz", changes=DAY | given)
    assert answer["__typename"] == "SaveEventSuccess", answer
    event: dict[str, Any] = answer["event"]
    return event


@pytest.mark.parametrize(
    ("given", "starts", "ends"),
    [
        ({}, "2027-05-15T08:00:00.000000Z", None),
        ({"endTime": "12:00"}, "2027-05-15T08:00:00.000000Z", "2027-05-15T10:00:00.000000Z"),
        ({"startsAt": "2027-01-15"}, "2027-01-15T09:00:00.000000Z", None),
        # One hour of the night is skipped.
        (
            {"startsAt": "2027-03-27", "startTime": "22:00", "endsAt": "2027-03-28", "endTime": "06:00"},
            "2027-03-27T21:00:00.000000Z",
            "2027-03-28T04:00:00.000000Z",
        ),
        ({"startsAt": "2027-10-31", "startTime": "02:30"}, "2027-10-31T00:30:00.000000Z", None),
        ({"startsAt": "2027-05", "startTime": None}, None, None),
    ],
)
async def test_times_of_germany_are_moments(
    office: Desk, given: dict[str, Any], starts: str | None, ends: str | None
) -> None:
    event = await saved(office, **given)
    said: dict[str, Any] = {"endsAt": None, "endTime": None, **DAY, **given}
    assert [event[name] for name in ("startsAt", "startTime", "endsAt", "endTime")] == [
        said[name] for name in ("startsAt", "startTime", "endsAt", "endTime")
    ]
    assert (event["startDateTime"], event["endDateTime"]) == (starts, ends)


async def test_times_are_changed_and_taken_away(office: Desk) -> None:
    event = await saved(office, endTime="12:00")
    one = {"event": event["id"], "expectedVersion": 1}
    changed = await office.write("saveEvent", EVENT, "zeitz", **one, changes={"endTime": "11:30"})
    assert (changed["event"]["startTime"], changed["event"]["endTime"]) == ("10:00", "11:30")
    two = one | {"expectedVersion": 2}
    refused = await office.write("saveEvent", EVENT, "zeitz", **two, changes={"startTime": None})
    assert paths(refused) == {"input.changes.endTime"}
    taken = await office.write("saveEvent", EVENT, "zeitz", **two, changes={"startTime": None, "endTime": None})
    assert (taken["event"]["startTime"], taken["event"]["startDateTime"]) == (None, None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"startsAt": "2027-05"}, "startTime"),
        ({"startsAt": "2027-03-28", "startTime": "02:30"}, "startTime"),
        ({"startTime": None, "endTime": "12:00"}, "endTime"),
        ({"endTime": "10:00"}, "endTime"),
        ({"endTime": "09:00"}, "endTime"),
        ({"endsAt": "2027-05", "endTime": "12:00"}, "endTime"),
    ],
)
async def test_times_that_cannot_be_meant(office: Desk, given: dict[str, Any], field: str) -> None:
    assert paths(await office.write("saveEvent", EVENT, "zeitz", changes=DAY | given)) == {f"input.changes.{field}"}


@pytest.mark.parametrize(
    "value",
    [
        "25:00",
        "9:5",
        "9:30",
        "24:00",
        "09:30:00",
        "٠٩:٣٠",
        "０９:３０",
        "",
        " 09:30",
        "09:30Z",
        930,
        9.5,
        True,
        ["09:30"],
    ],
)
async def test_what_no_clock_shows_is_refused_before_anything_runs(office: Desk, value: Any) -> None:
    text = "mutation ($input: SaveEventInput!) { saveEvent(input: $input) { __typename } }"
    body = (await office.post(text, "zeitz", input={"changes": DAY | {"startTime": value}})).json()
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert not body.get("data")


async def test_events_of_a_day_are_listed_by_the_clock(office: Desk) -> None:
    day = {"startsAt": "2029-05-15"}
    titles = {"Abends": "19:00", "Ganztags": None, "Morgens": "08:15", "Mittags": "12:00"}
    for title, time in titles.items():
        await saved(office, **day, title=title, startTime=time)
    text = """query ($by: EventOrder!, $after: String) {
        events(filter: {startsFrom: "2029-05-15"}, orderBy: $by, first: 3, after: $after) {
            edges { node { title } } pageInfo { endCursor hasNextPage } } }"""
    for by, expected in (("DATE", "Ganztags Morgens Mittags Abends"), ("DATE_DESC", "Abends Mittags Morgens Ganztags")):
        found: list[str] = []
        after = None
        while after is not None or not found:
            page = (await office.ask(text, by=by, after=after))["events"]
            found += [edge["node"]["title"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
        assert found == expected.split(), by
    hub = '{ hub(slug: "zeitz") { events(first: 100) { edges { node { title startsAt } } } } }'
    listed = (await office.ask(hub))["hub"]["events"]["edges"]
    assert [one["node"]["title"] for one in listed if one["node"]["startsAt"] == "2029-05-15"] == [
        *("Ganztags", "Morgens", "Mittags", "Abends")
    ]
