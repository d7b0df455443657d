"""What a municipality offers online is recorded by those who may write for it, and hubs see where it lacks."""

import re
from pathlib import Path
from typing import Any

import pytest

from graph.relationships import OffersOnline
from tests.fixtures.builders import make_service, plant, relate
from tests.fixtures.provider import SigningProvider
from tests.network.writing import einbeck
from tests.pages.desks import OURS, Office, Person, led_to, office_of

RECORD = "/online-services/record"
EINBECK = "Municipality:031550013013"
STADT = "Municipality:150840590590"
SERVICE = "99115005000000"
STORED = """query ($id: ID!) { node(id: $id) { ... on Municipality {
  onlineServices(first: 5) { edges { url since source node { leikaId } } } } } }"""


async def online(office: Office, person: Person, id_: str) -> list[Any]:
    found = await office.ask(person, STORED, id=id_)
    return [(edge["url"], edge["since"], edge["source"]) for edge in found["node"]["onlineServices"]["edges"]]


async def test_a_municipality_records_and_takes_back(office: Office) -> None:
    person = await office.person("einbeck")
    page = "/municipalities/031550013013"
    assert f"{RECORD}?municipality=Municipality%3A031550013013" in await person.opened(page)
    shown = await person.opened(f"{RECORD}?service={SERVICE}")
    assert "municipality.find" not in shown
    assert f'<option value="{EINBECK}" selected>Einbeck</option>' in shown
    assert f'value="{SERVICE}" checked> Wohnsitz anmelden' in shown
    given = {"municipality": EINBECK, "service": SERVICE, "url": "https://einbeck.example/ummelden", "since": "05.2025"}
    answer = await person.fill(RECORD, **given, isOnline="yes")
    assert led_to(answer) == f"{page}?done=online-recorded#services"
    assert "https://einbeck.example/ummelden" in await person.follow_on(answer)
    assert await online(office, person, EINBECK) == [("https://einbeck.example/ummelden", "2025-05", "Einbeck")]
    # What is recorded stands in the form; replaced, it is one still; taken back, it is gone.
    again = f"{RECORD}?service={SERVICE}&municipality={EINBECK}"
    assert 'value="https://einbeck.example/ummelden"' in await person.opened(again)
    await person.fill(again, municipality=EINBECK, service__find="Wohnsitz anmelden", isOnline="yes", source="Rat")
    assert await online(office, person, EINBECK) == [(None, None, "Rat")]
    await person.fill(again, municipality=EINBECK, service=SERVICE, isOnline="no")
    assert await online(office, person, EINBECK) == []


async def test_a_record_stands_in_the_form_however_many_there_are(tmp_path: Path, provider: SigningProvider) -> None:
    async with office_of(tmp_path, provider) as office:
        many = [make_service(f"992{n:011}", name=f"A {n}", name_sort=f"a {n}") for n in range(100)]
        last = make_service("99200000000999", name="Z", name_sort="z")
        known = OffersOnline(start=einbeck.key, end=last.key, url="https://einbeck.example/z", source="Rat der Stadt")
        offered = [relate("OFFERS_ONLINE", einbeck, one) for one in many]
        await plant(office.service.graph, *many, last, *offered)
        await plant(office.service.graph, known)
        shown = await (await office.person("einbeck")).opened(
            f"{RECORD}?service={last.leika_id}&municipality={EINBECK}"
        )
        assert 'value="https://einbeck.example/z"' in shown
        assert 'value="Rat der Stadt"' in shown


async def test_the_gap_map_of_a_hub_begins_with_the_first_record(office: Office) -> None:
    hub = await office.person("zeitz")
    before = await hub.opened("/hubs/zeitz")
    assert f'href="{RECORD}"' in before
    shown = await hub.opened(f"{RECORD}?service={SERVICE}")
    assert f'type="radio" name="municipality" value="{STADT}"' in shown
    answer = await hub.fill(RECORD, municipality__find="Zeitz", service=SERVICE, isOnline="yes")
    assert answer.status_code == 303, answer.text
    assert [source for _, _, source in await online(office, hub, STADT)] == ["DigitalHub Zeitz"]
    page = await (await office.person("wilster")).opened("/hubs/wilster")
    assert "Wohnsitz anmelden" in page
    assert re.search(rf'href="{RECORD}\?service={SERVICE}&amp;municipality=Municipality%3A010615169134"', page)
    assert RECORD not in await hub.opened("/hubs/wilster")
    assert RECORD not in await (await office.person()).opened("/hubs/zeitz")
    await hub.fill(RECORD, municipality=STADT, service=SERVICE, isOnline="no")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://bank.example@evil.example"}, "url"),
        ({"since": "31.02.2025"}, "since"),
        ({"service": ""}, "service"),
        ({"service": "12345678901234"}, "service"),
        ({"isOnline": "maybe"}, "isOnline"),
    ],
)
async def test_what_is_wrong_is_beside_its_field(office: Office, given: dict[str, str], field: str) -> None:
    person = await office.person("einbeck")
    right = {"municipality": EINBECK, "service": SERVICE, "isOnline": "yes", "source": "A & <b>"}
    answer = await person.fill(RECORD, **right | given)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="A &amp; &lt;b&gt;"' in answer.text
    assert await online(office, person, EINBECK) == []


async def test_nobody_records_for_others(office: Office) -> None:
    person, other = await office.person("einbeck"), await office.person("merseburg")
    for who, id_ in ((person, STADT), (other, EINBECK), (await office.person("wilster"), EINBECK)):
        answer = await who.fill(RECORD, municipality=id_, service=SERVICE, isOnline="yes")
        assert answer.status_code == 403
        assert await online(office, who, id_) == []
    assert RECORD not in await other.opened("/municipalities/031550013013")
    assert RECORD not in await other.opened(f"/services/{SERVICE}")
    assert f"{RECORD}?service={SERVICE}" in await person.opened(f"/services/{SERVICE}")
    nobody = await office.person()
    assert (await nobody.get(RECORD)).status_code == 303
    assert (await nobody.post(RECORD, data={"service": SERVICE}, headers=OURS)).status_code == 401


@pytest.mark.parametrize("query", ["municipality=Project:x", "municipality=%00", "service=%3Cb%3E&municipality=x"])
async def test_an_address_that_names_nothing_is_an_empty_form(office: Office, query: str) -> None:
    shown = await (await office.person("zeitz")).opened(f"{RECORD}?{query}")
    assert "<b>" not in shown.partition("<main")[2]
