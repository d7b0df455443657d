"""What a house records of its reuse is its own to change: emptied, ended, and never over what somebody else just wrote."""

import re
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from graph.telling.matters import Matter
from graph.vocabulary import AdoptionStatus, TaskKind
from network.mail.wording import asked
from network.pages.frame.language import Language
from network.pages.frame.words import word_for
from tests.fixtures.builders import make_adoption, make_project, plant, relate
from tests.network.writing import wilster
from tests.pages.desks import Office, Person, hidden_of
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


async def test_a_record_of_another_of_one_s_houses_is_shown_before_it_is_written_over(
    office: Office, spot: str
) -> None:
    town, other = "Municipality:150840590590", await office.person("stadt")
    await other.fill(f"{spot}/adopt", **REUSE | {"house": town}, adapted="Nur die Karte")
    both = await office.person("einbeck", "stadt")
    await both.fill(f"{spot}/adopt", **REUSE, adapted="Alles")
    shown = re.findall(r'<option value="(Municipality:[^"]+)" selected>', await both.opened(f"{spot}/adopt"))
    unseen = next(house for house in (town, REUSE["house"]) if [house] != shown)
    kept = "Nur die Karte" if unseen == town else "Alles"
    before = await adoptions(office, both, spot)
    typed = REUSE | {"house": unseen, "status": "IN_USE", "adapted": "Die Farben"}
    answer = await both.fill(f"{spot}/adopt", **typed)
    assert answer.status_code == 409
    assert "Inzwischen gespeichert" in answer.text
    assert f'<td class="said">Die Farben</td><td class="said">{kept}</td>' in answer.text
    assert '<td class="said">im Einsatz</td><td class="said">im Test</td>' in answer.text
    english = (await both.fill(f"/en{spot}/adopt", **typed)).text
    assert '<td class="said"><span lang="de">Die Farben</span></td>' in english
    assert '<td class="said">in use</td>' in english
    assert await adoptions(office, both, spot) == before

    # Whoever has seen it writes over it, of this house alone.
    again = hidden_of(answer.text, f"{spot}/adopt") | typed
    assert (await both.submit(f"{spot}/adopt", again)).status_code == 303
    found = {one["house"]["id"]: (one["status"], one["adapted"]) for one in await adoptions(office, both, spot)}
    assert found[unseen] == ("IN_USE", "Die Farben")
    assert sum(one in before for one in await adoptions(office, both, spot)) == 1


async def test_two_who_record_for_the_first_time_at_once_see_each_other(office: Office, spot: str) -> None:
    path = f"{spot}/adopt"
    one, other = await office.person("einbeck"), await office.person("einbeck")
    late = await other.hidden(path) | REUSE | {"adapted": "Die Farben"}
    await one.fill(path, **REUSE, adapted="Nur die Karte")

    refused = await other.submit(path, late)

    assert refused.status_code == 409
    assert '<td class="said">Die Farben</td><td class="said">Nur die Karte</td>' in refused.text
    assert [one["adapted"] for one in await adoptions(office, one, spot)] == ["Nur die Karte"]
    assert (await other.submit(path, late | hidden_of(refused.text, path))).status_code == 303
    assert [one["adapted"] for one in await adoptions(office, one, spot)] == ["Die Farben"]


@pytest.mark.parametrize("verb", ["confirm", "decline"])
async def test_who_decides_about_a_reuse_decides_about_what_was_shown(office: Office, spot: str, verb: str) -> None:
    town, owner = await office.person("einbeck"), await office.person("zeitz")
    await town.fill(f"{spot}/adopt", **REUSE, since="05.2024")
    (made,) = await adoptions(office, town, spot)
    path = f"/adoptions/{made['id'].partition(':')[2]}/{verb}"
    page = await owner.opened(path)
    assert "im Test" in page
    assert "Mai 2024" in page
    late = hidden_of(page, path) | ({"reason": "Nie gehört."} if verb == "decline" else {})
    await town.fill(f"{spot}/adopt", **REUSE | {"status": "IN_USE"}, since="06.2024")

    refused = await owner.submit(path, late)

    assert refused.status_code == 409
    assert "Inzwischen hat jemand anderes diesen Eintrag geändert." in refused.text
    assert "Juni 2024" in refused.text
    assert (await adoptions(office, town, spot))[0]["confirmedByOwnerAt"] is None
    assert (await owner.submit(path, late | hidden_of(refused.text, path))).status_code == 303
    (now,) = await adoptions(office, town, spot)
    assert (now["confirmedByOwnerAt"] is not None) is (verb == "confirm")


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
    assert "genutzt von Mai 2024 bis Februar 2026" in await person.follow_on(answer)


@pytest.mark.parametrize("status", AdoptionStatus)
def test_mail_and_pages_have_one_word_for_how_far_a_house_is(status: AdoptionStatus) -> None:
    told = asked(Matter(task=TaskKind.CONFIRM_ADOPTION, status=status)).sentences
    assert f"(Stand: {word_for(Language.GERMAN, 'AdoptionStatus', status)})" in told[0]


OWN = """query ($project: ID!) { viewer { adoptions(project: $project) { version status adapted house { ... on House { id } } } } }"""


async def test_one_s_own_record_is_found_behind_any_number_of_others(office: Office, spot: str) -> None:
    key = spot.rpartition("/")[2]
    amt, other = await office.person("amt"), await office.person("einbeck")
    mine = REUSE | {"house": "Municipality:010615169134"}
    await amt.fill(f"{spot}/adopt", **mine, since="05.2019", adapted="Nur die Karte")
    later = [make_adoption(f"later-{key}-{n}", since="2026") for n in range(51)]
    made = [link for one in later for link in (relate("MADE", wilster, one), relate("OF", one, make_project(key)))]
    await plant(office.service.graph, *later, *made)

    page = await amt.opened(f"{spot}/adopt")
    assert "Nur die Karte" in page
    assert '<option value="Municipality:010615169134" selected>' in page
    assert "Nur die Karte" not in await other.opened(f"{spot}/adopt")

    async def found(person: Person, project: str = f"Project:{key}") -> Any:
        return (await office.ask(person, OWN, project=project))["viewer"]

    own = {"version": 1, "status": "PILOT", "adapted": "Nur die Karte", "house": {"id": "Municipality:010615169134"}}
    assert await found(amt) == {"adoptions": [own]}
    assert await found(other) == await found(amt, "Project:none") == await found(amt, "Hub:zeitz") == {"adoptions": []}
    assert await found(await office.person("nothing")) == {"adoptions": []}
    assert await found(await office.person()) is None

    await amt.fill(f"{spot}/adopt", **mine | {"status": "RETIRED"}, ended="02.2026", reasonEnded="Zu teuer.")
    assert await found(amt) == {"adoptions": []}
    assert "Nur die Karte" not in await amt.opened(f"{spot}/adopt")


async def test_a_problem_of_a_field_that_nobody_sees_is_told_without_a_link_to_it(office: Office, spot: str) -> None:
    path, person = f"{spot}/adopt", await office.person("einbeck")
    fields = await person.hidden(path) | REUSE | {"shown": "x" * 300, "since": "gestern"}
    refused = await person.submit(path, fields)
    assert refused.status_code == 422
    told = refused.text.partition('class="problems"')[2].partition("</ul>")[0]
    assert told.count("<li>") == 2
    assert re.findall(r'<a href="#([^"]+)"', told) == ["since"]
    assert 'id="since"' in refused.text
