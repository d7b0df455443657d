"""What a single-use link in an e-mail opens, and what pressing its buttons does."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from auth.sessions import hashed
from network.edge.logs import JsonFormatter
from tests.network.linking import (
    TOWN,
    get,
    invited,
    once_of,
    press,
    questioned,
    reachable_desk,
    state,
)
from tests.network.plain import client
from tests.network.writing import Desk, gemeinde, read


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with reachable_desk(tmp_path_factory.mktemp("links")) as made:
        yield made


async def test_the_page_says_what_is_asked_by_whom_and_about_what(office: Desk) -> None:
    entry, secret = await invited(office)

    response = await get(office, secret)

    assert response.status_code == 200
    for text in ("Sind Sie bei diesem Projekt dabei?", "Hochschule Merseburg", "Zeitz", "Erprobung", entry["title"]):
        assert text in response.text
    assert "Sie misst das Wetter." in response.text
    assert "Ja, wir sind dabei" in response.text
    assert "<script" not in response.text


async def test_opening_it_changes_nothing_and_tells_nobody(office: Desk) -> None:
    entry, secret = await invited(office)
    for _ in range(3):
        response = await get(office, secret)
        assert response.status_code == 200
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        assert "set-cookie" not in response.headers

    assert await state(office, entry) == {TOWN: False}


async def test_the_page_repeats_its_address_nowhere_and_leads_to_the_other_language(office: Desk) -> None:
    _, secret = await invited(office)
    page = await get(office, secret)
    assert secret not in page.text
    assert '<a href="?language=en" lang="en" hreflang="en">English</a>' in page.text
    async with client(office.app) as http:
        english = await http.get(f"/link/{secret}?language=en", follow_redirects=True)
        back = await http.get(f"/en/link/{secret}?language=de")
        elsewhere = await http.get(f"/link/{secret}?language=//evil.example")
    assert english.url.path == f"/en/link/{secret}"
    assert '<html lang="en">' in english.text
    assert secret not in english.text
    assert (back.status_code, back.headers["location"]) == (303, f"/link/{secret}")
    assert (back.headers["referrer-policy"], back.headers["cache-control"]) == ("no-referrer", "no-store")
    assert elsewhere.status_code == 200


async def test_programs_that_look_ahead_learn_nothing(office: Desk) -> None:
    _, secret = await invited(office)
    async with client(office.app) as http:
        answers = [await http.head(f"/link/{one}") for one in (secret, "A" * 43, "x")]
    assert {(answer.status_code, answer.headers.get("allow"), answer.content) for answer in answers} == {
        (405, "GET", answers[0].content)
    }
    assert (await get(office, secret)).status_code == 200


async def test_yes_makes_the_house_take_part_and_the_link_is_worth_nothing_any_more(office: Desk) -> None:
    entry, secret = await invited(office)

    response = await press(office, secret, "yes")

    assert response.status_code == 200
    assert "Vielen Dank" in response.text
    assert await state(office, entry) == {TOWN: True}
    assert (await get(office, secret)).status_code == 410
    assert (await press(office, secret, "no", text="doch nicht")).status_code == 410
    assert await state(office, entry) == {TOWN: True}


async def test_no_takes_a_reason_and_goes_nowhere_without(office: Desk) -> None:
    entry, secret = await invited(office)

    for text in ("", "   ", "x" * 2_001, "Nein\u0000"):
        response = await press(office, secret, "no", text=text)
        assert response.status_code == 400
        assert "Bitte schreiben Sie etwas dazu, höchstens 2000 Zeichen." in response.text
        assert 'aria-invalid="true"' in response.text
    assert await state(office, entry) == {TOWN: False}

    response = await press(office, secret, "no", text="Wir wurden nicht gefragt.\r\nSchade.")
    assert "Ihr Haus steht nicht mehr bei dem Projekt" in response.text
    assert await state(office, entry) == {}


async def test_what_was_written_is_still_there_when_something_is_wrong_with_it(office: Desk) -> None:
    _, secret = await invited(office)
    written = "<script>alert(1)</script>" + "x" * 2_000
    response = await press(office, secret, "no", text=written)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;xxx" in response.text
    assert "<script>" not in response.text


async def test_pressed_twice_it_is_decided_once_and_says_the_same(office: Desk) -> None:
    entry, secret = await invited(office)
    once = await once_of(office, secret)

    answers = [await press(office, secret, "yes", once=once) for _ in range(2)]
    both = await asyncio.gather(*(press(office, secret, "yes", once=once) for _ in range(4)))

    assert {answer.status_code for answer in (*answers, *both)} == {200}
    assert {answer.text for answer in (*answers, *both)} == {answers[0].text}
    changes = await office.store.query("test_changes", {})
    confirmed = [change for change in changes if change[0] == entry["id"] and change[1] == "confirm_partnership"]
    assert [actor.partition(":")[0] for _, _, actor, _, _ in confirmed] == ["link"]
    # Another button of the same page, or another page, is another decision.
    assert (await press(office, secret, "no", once=once, text="doch nicht")).status_code == 410
    assert (await press(office, secret, "yes")).status_code == 410


async def test_two_who_decide_at_once_make_one_decision(office: Desk) -> None:
    entry, secret = await invited(office)

    answers = await asyncio.gather(press(office, secret, "yes"), press(office, secret, "no", text="nein"))

    assert sorted(answer.status_code for answer in answers) == [200, 410]
    confirmed = answers[0].status_code == 200
    assert await state(office, entry) == ({TOWN: True} if confirmed else {})


async def test_links_that_are_not_good_look_alike_whatever_they_lack(office: Desk) -> None:
    entry, used = await invited(office, "Benutzt")
    await press(office, used, "yes")
    entry, decided = await invited(office, "Anders entschieden")
    answer = await office.write("confirmPartnership", "project { id }", "stadt", project=entry["id"], house=TOWN)
    assert answer["__typename"] == "ConfirmPartnershipSuccess"
    _, expired = await invited(office, "Abgelaufen")
    await rewrite(office, expired, expires_at="2026-01-01T00:00:00.000000Z")
    _, foreign = await invited(office, "Fremd")
    await rewrite(office, foreign, house=str(gemeinde.key))
    withdrawn_entry, withdrawn = await invited(office, "Zurückgezogen")
    await office.write("withdrawProject", "project { id }", "merseburg", project=withdrawn_entry["id"])
    _, elsewhere = await invited(office, "Adresse geändert")
    await rewrite(office, elsewhere, email="frueher@zeitz.example")
    _, sound = await invited(office, "Gut")
    swapped = sound.swapcase()
    secrets = [used, decided, expired, foreign, withdrawn, elsewhere, swapped, "A" * 43, sound[:-1], sound + "A", "%00"]

    pages = [await get(office, secret) for secret in secrets]
    pressed = [await press(office, secret, "yes") for secret in secrets]

    assert {(page.status_code, page.text) for page in (*pages, *pressed)} == {(410, pages[0].text)}
    shown = [{k: v for k, v in page.headers.items() if k != "x-request-id"} for page in (*pages, *pressed)]
    assert all(headers == shown[0] for headers in shown)
    assert "Was Sie tun können" in pages[0].text
    assert (await get(office, sound)).status_code == 200


async def rewrite(office: Desk, secret: str, **properties: str) -> None:
    row = {"id": hashed(secret), **properties}
    await office.store.transact(lambda transaction: transaction.put("SingleUseLink", [row]))


@pytest.mark.parametrize("decision", ["", "maybe", "answer", "yes "])
async def test_a_button_that_is_not_there_shows_the_question_again(office: Desk, decision: str) -> None:
    entry, secret = await invited(office)
    response = await press(office, secret, decision)
    assert response.status_code == 400
    assert "Ja, wir sind dabei" in response.text
    assert 'role="alert">Es ist noch nichts entschieden.' in response.text
    assert await state(office, entry) == {TOWN: False}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "null"},
    ],
)
async def test_a_form_of_somebody_else_s_page_decides_nothing(office: Desk, headers: dict[str, str]) -> None:
    entry, secret = await invited(office)
    assert (await press(office, secret, "yes", headers=headers)).status_code == 403
    assert await state(office, entry) == {TOWN: False}


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "null", "sec-fetch-site": "same-origin"}, {"origin": "http://127.0.0.1:8000"}]
)
async def test_browsers_of_any_age_may_decide(office: Desk, headers: dict[str, str]) -> None:
    _, secret = await invited(office)
    assert (await press(office, secret, "yes", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        b"decision=yes&decision=no",
        b"\xff",
        b"decision=%ff",
        b"decision=yes;" + b"&a=1" * 30,
        b"decision=yes" + b"".join(b"&a%d=1" % number for number in range(600)),
        b'{"decision": "yes"}',
        b"decision=perhaps",
        b"",
    ],
)
async def test_a_form_that_cannot_be_read_decides_nothing_and_says_so(office: Desk, content: bytes) -> None:
    entry, secret = await invited(office)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with client(office.app) as http:
        response = await http.post(f"/link/{secret}", content=content, headers=headers)
        json = await http.post(f"/link/{secret}", json={"decision": "yes"})
    assert (response.status_code, json.status_code) == (400, 415)
    assert secret not in response.text
    assert await state(office, entry) == {TOWN: False}


async def test_where_a_number_is_asked_for_the_page_says_so(office: Desk) -> None:
    entry, secret = await questioned(office, "Bank mit Kosten", "yearly_cost")

    assert "lesen nur Mitglieder des Netzwerks" in (await get(office, secret)).text
    refused = await press(office, secret, "answer", text="Etwa 1.200 Euro, aber nicht jedes Jahr")
    assert refused.status_code == 400
    assert "nur die Zahl" in refused.text
    assert "aber nicht jedes Jahr</textarea>" in refused.text
    assert (await press(office, secret, "answer", text="1.200")).status_code == 200

    assert (await read(office, entry, "yearlyCost", "merseburg"))["yearlyCost"] == 1200


async def test_a_title_may_hold_anything(office: Desk) -> None:
    title = "<img src=x onerror=alert(1)> & \u201eZitat\u201c $content ${heading}"
    _, secret = await invited(office, title)
    page = (await get(office, secret)).text
    assert "&lt;img src=x onerror=alert(1)&gt; &amp;" in page
    assert "$content ${heading}" in page


async def test_no_line_of_the_log_holds_the_secret(office: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    _, secret = await invited(office)
    await get(office, secret)
    await press(office, secret, "no")
    await press(office, secret, "yes", headers={"origin": "https://evil.example"})
    await press(office, secret, "yes")
    await get(office, secret)
    lines = [JsonFormatter().format(record) for record in caplog.records if record.name.startswith("hubnetz")]
    assert any('"route": "/link/{secret}"' in line for line in lines)
    assert not any(secret in line or hashed(secret) in line for line in lines)
