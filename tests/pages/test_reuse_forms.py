"""What a house records of its reuse is its own to change: emptied, ended, and never over what somebody else just wrote."""

import re
from uuid import uuid4

import pytest_asyncio

from tests.pages.desks import Office, hidden_of
from tests.pages.test_project_forms import REUSE, adoptions


@pytest_asyncio.fixture
async def spot(office: Office) -> str:
    """The page of a project of its own, which the hub of Zeitz owns."""
    key = f"parken-{uuid4().hex[:8]}"
    await office.project(key, slug=key, title="Parkplatzsuche")
    return f"/projects/{key}"


async def test_what_is_emptied_is_empty_and_two_who_record_at_once_see_each_other(office: Office, spot: str) -> None:
    path = f"{spot}/adopt"
    one, other = await office.person("einbeck"), await office.person("einbeck")
    await one.fill(path, **REUSE, since="05.2024", adapted="Nur die Karte", cost="12500")
    late = await other.hidden(path) | REUSE | {"adapted": "Auch die Farben", "cost": "12500"}

    fields = await one.hidden(path) | REUSE | {"since": "05.2024", "adapted": "", "cost": ""}
    assert {(await one.submit(path, fields)).status_code for _ in range(2)} == {303}
    (made,) = await adoptions(office, one, spot)
    assert (made["since"], made["adapted"], made["cost"]) == ("2024-05", None, None)

    refused = await other.submit(path, late)
    assert refused.status_code == 409
    assert "Inzwischen hat jemand anderes diesen Eintrag geändert." in refused.text
    assert "Auch die Farben" in refused.text
    assert (await adoptions(office, one, spot))[0]["adapted"] is None
    again = late | hidden_of(refused.text, path)
    assert (await other.submit(path, again)).status_code == 303
    assert (await adoptions(office, one, spot))[0]["adapted"] == "Auch die Farben"


async def test_of_a_record_that_was_not_shown_nothing_is_emptied(office: Office, spot: str) -> None:
    town, other = "Municipality:150840590590", await office.person("stadt")
    await other.fill(f"{spot}/adopt", **REUSE | {"house": town}, adapted="Nur die Karte")
    both = await office.person("einbeck", "stadt")
    await both.fill(f"{spot}/adopt", **REUSE, adapted="Alles")
    shown = re.findall(r'<option value="(Municipality:[^"]+)" selected>', await both.opened(f"{spot}/adopt"))
    unseen = next(house for house in (town, REUSE["house"]) if [house] != shown)
    answer = await both.fill(f"{spot}/adopt", **REUSE | {"house": unseen, "status": "IN_USE"})
    assert answer.status_code == 303, answer.text
    found = {one["house"]["id"]: (one["status"], one["adapted"]) for one in await adoptions(office, both, spot)}
    kept = "Nur die Karte" if unseen == town else "Alles"
    assert found[unseen] == ("IN_USE", kept)


async def test_a_use_that_is_over_says_from_when_until_when(office: Office, spot: str) -> None:
    person = await office.person("einbeck")
    over = REUSE | {"status": "RETIRED", "reasonEnded": "Zu teuer."}
    for typed, field in (
        ({"since": "31.12.9999"}, "since"),
        ({"since": "05.2024", "ended": "2100"}, "ended"),
        ({"since": "05.2024", "ended": "04.2024"}, "ended"),
    ):
        answer = await person.fill(f"{spot}/adopt", **over, **typed)
        assert answer.status_code == 422
        assert "nicht in der Zukunft" in answer.text or "weder in der Zukunft" in answer.text
        assert re.findall(r'id="(\w+)-error"', answer.text) == [field]
    assert await adoptions(office, person, spot) == []

    answer = await person.fill(f"{spot}/adopt", **over, since="05.2024", ended="02.2026")
    assert "bis Februar 2026" in await person.follow_on(answer)
