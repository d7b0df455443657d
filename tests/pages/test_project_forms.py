"""What people do about a project by forms: once, in their own name, and with what they typed kept when something is wrong."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from tests.fixtures.builders import involves, plant, relate
from tests.fixtures.provider import SigningProvider
from tests.network.writing import stadt, zeitz
from tests.pages.desks import OURS, Office, Person, hidden_of, led_to, office_of

ADOPTIONS = """query ($slug: String) { project(slug: $slug) { adoptions(first: 10) { edges { node {
  id status since adapted cost confirmedByOwnerAt house { id } reports { text wouldDoAgain } } } } } }"""
QUESTIONS = """query ($slug: String) { project(slug: $slug) { questions(first: 10) { edges { node {
  id text house { id } answers { id text accepted house { id } } } } } } }"""
REUSE = {"house": "Municipality:031550013013", "status": "PILOT", "visibility": "PUBLIC"}


@pytest_asyncio.fixture
async def spot(office: Office) -> str:
    """The page of a project of its own, which the hub of Zeitz owns."""
    key = f"parken-{uuid4().hex[:8]}"
    await office.project(key, slug=key, title="Parkplatzsuche")
    return f"/projects/{key}"


async def adoptions(office: Office, person: Person, page: str) -> list[dict[str, Any]]:
    found = (await office.ask(person, ADOPTIONS, slug=page.rpartition("/")[2]))["project"]["adoptions"]["edges"]
    return [edge["node"] for edge in found]


async def questions(office: Office, person: Person, page: str) -> list[dict[str, Any]]:
    found = (await office.ask(person, QUESTIONS, slug=page.rpartition("/")[2]))["project"]["questions"]["edges"]
    return [edge["node"] for edge in found]


async def test_a_house_records_that_it_reuses_a_project_and_the_owner_confirms(office: Office, spot: str) -> None:
    einbeck, zeitz = await office.person("einbeck"), await office.person("zeitz")
    page = await einbeck.opened(spot)
    assert f'href="{spot}/adopt"' in page

    answer = await einbeck.fill(f"{spot}/adopt", **REUSE, since="05.2024", adapted="Nur die Karte", cost="12.500 €")
    assert led_to(answer) == f"{spot}?done=adopted-asks-owner#reuse"
    assert "wird gebeten, es zu bestätigen" in await einbeck.follow_on(answer)
    (made,) = await adoptions(office, einbeck, spot)
    assert (made["status"], made["since"], made["adapted"], made["cost"]) == (
        "PILOT",
        "2024-05",
        "Nur die Karte",
        12_500,
    )

    confirm = f"/adoptions/{made['id'].partition(':')[2]}/confirm"
    assert confirm in await zeitz.opened(spot)
    assert confirm not in await einbeck.opened(spot)
    assert led_to(await zeitz.fill(confirm)) == f"{spot}?done=confirmed#reuse"
    (made,) = await adoptions(office, einbeck, spot)
    assert made["confirmedByOwnerAt"] is not None

    # What is recorded stands in the form, to go on from.
    assert "Nur die Karte</textarea>" in await einbeck.opened(f"{spot}/adopt")
    report = f"/adoptions/{made['id'].partition(':')[2]}/report"
    assert report in await einbeck.opened(spot)
    await einbeck.fill(report, text="Früh anfangen.", wouldDoAgain="yes", visibility="PUBLIC")
    (made,) = await adoptions(office, einbeck, spot)
    assert made["reports"] == [{"text": "Früh anfangen.", "wouldDoAgain": True}]


async def test_who_is_interested_has_no_experience_to_tell(office: Office, spot: str) -> None:
    einbeck = await office.person("einbeck")
    for status, tells in (("INTERESTED", False), ("PILOT", True)):
        await einbeck.fill(f"{spot}/adopt", **REUSE | {"status": status})
        assert ("Erfahrung eintragen" in await einbeck.opened(spot)) is tells


async def test_what_was_typed_stays_with_the_mistake_beside_its_field(office: Office, spot: str) -> None:
    person = await office.person("einbeck")
    typed = {"adapted": "Bänke & <b>Bäume</b>", "since": "32.13.2024", "cost": "viel"}
    answer = await person.fill(f"{spot}/adopt", **REUSE, **typed)
    assert answer.status_code == 422
    for name, said in (("since", "04.05.2024, 05.2024 oder 2024"), ("cost", "eine ganze Zahl")):
        error = re.findall(rf'id="{name}-error">(.*?)</p>', answer.text)
        assert len(error) == 1, name
        assert said in error[0], name
        assert f'<a href="#{name}">' in answer.text
    assert 'value="32.13.2024"' in answer.text
    assert "Bänke &amp; &lt;b&gt;Bäume&lt;/b&gt;</textarea>" in answer.text
    assert '<option value="PILOT" selected>' in answer.text
    assert await adoptions(office, person, spot) == []

    # What only the API can know is beside its field, too.
    answer = await person.fill(f"{spot}/adopt", **REUSE | {"status": "RETIRED"})
    assert answer.status_code == 422
    assert "warum Ihr Haus es nicht mehr einsetzt.</p>" in answer.text.partition('id="reasonEnded-error"')[2]


async def test_nobody_speaks_for_another_house(office: Office, spot: str) -> None:
    einbeck = await office.person("einbeck")
    answer = await einbeck.fill(f"{spot}/adopt", **REUSE | {"house": "Municipality:150840590590"})
    assert answer.status_code == 403
    assert "nicht das nötige Recht" in answer.text
    assert await adoptions(office, einbeck, spot) == []
    await einbeck.fill(f"{spot}/adopt", **REUSE)
    (made,) = await adoptions(office, einbeck, spot)
    for what in ("confirm", "report"):
        path = f"/adoptions/{made['id'].partition(':')[2]}/{what}"
        wilster = await office.person("wilster")
        refused = await wilster.fill(path, **({"text": "Gut.", "visibility": "PUBLIC"} if what == "report" else {}))
        assert refused.status_code == 403, what
    (made,) = await adoptions(office, einbeck, spot)
    assert (made["confirmedByOwnerAt"], made["reports"]) == (None, [])


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_a_form_without_the_token_of_its_session_is_refused(office: Office, spot: str, token: str | None) -> None:
    person = await office.person("einbeck")
    fields = await person.hidden(f"{spot}/adopt") | REUSE
    fields.pop("form_token")
    answer = await person.submit(f"{spot}/adopt", fields | ({} if token is None else {"form_token": token}))
    assert answer.status_code == 403
    assert await adoptions(office, person, spot) == []


async def test_whoever_is_not_signed_in_is_led_to_sign_in_and_back(office: Office, spot: str) -> None:
    nobody = await office.person()
    assert f'href="{spot}/adopt"' in await nobody.opened(spot)
    for path in (f"{spot}/adopt", f"/en{spot}/ask", f"/follow?target=Project:{spot[10:]}"):
        answer = await nobody.get(path)
        assert answer.status_code == 303
        english = "/en" if path.startswith("/en") else ""
        assert httpx.URL(answer.headers["location"]).path == f"{english}/sign-in"
        assert httpx.URL(answer.headers["location"]).params["to"] == path
    assert f"to={spot}/adopt".replace("/", "%2F") in (await nobody.get(f"/sign-in?to={spot}/adopt")).text


async def test_a_session_that_ran_out_comes_back_to_the_form_with_its_contents(office: Office, spot: str) -> None:
    person = await office.person("einbeck")
    fields = await person.hidden(f"{spot}/adopt") | REUSE | {"adapted": "Das war viel Arbeit"}
    person.cookies.clear()
    over = await person.submit(f"{spot}/adopt", fields)
    assert over.status_code == 401
    sealed = re.findall(r'name="stash" value="([^"]+)"', over.text)[0]
    await person.sign_in(office.provider)
    back = await person.post("/continue", data={"stash": sealed}, headers=OURS)
    assert back.status_code == 200
    assert "Das war viel Arbeit</textarea>" in back.text
    assert '<option value="PILOT" selected>' in back.text
    assert f'action="{spot}/adopt"' in back.text
    assert await adoptions(office, person, spot) == []


async def test_a_question_is_asked_answered_and_accepted(office: Office, spot: str) -> None:
    einbeck, zeitz = await office.person("einbeck"), await office.person("zeitz")
    asked = await einbeck.fill(f"{spot}/ask", text="Welche <i>Sensoren</i>?", house=REUSE["house"], visibility="PUBLIC")
    page = await einbeck.follow_on(asked)
    assert "Welche &lt;i&gt;Sensoren&lt;/i&gt;?" in page
    (question,) = await questions(office, einbeck, spot)
    path = f"/questions/{question['id'].partition(':')[2]}/answer"
    assert path in await zeitz.opened(spot)
    assert (await zeitz.fill(path, text="Die mit Solarzelle.", house="Hub:zeitz")).status_code == 303
    (question,) = await questions(office, einbeck, spot)
    (answer,) = question["answers"]
    accept = f"/answers/{answer['id'].partition(':')[2]}/accept"
    assert accept in await einbeck.opened(spot)
    assert accept not in await zeitz.opened(spot)
    assert (await zeitz.fill(accept)).status_code == 403
    await einbeck.fill(accept)
    assert "Beantwortet die Frage." in await einbeck.opened(spot)


@pytest.mark.parametrize("kind", ["project", "topic"])
async def test_questions_and_answers_are_found_given_and_taken_back_where_they_stand(
    office: Office, spot: str, kind: str
) -> None:
    page = spot if kind == "project" else "/topics/mobilitaet"
    einbeck, zeitz, other = [await office.person(name) for name in ("einbeck", "zeitz", "merseburg")]
    assert f'href="{page}/ask"' in await einbeck.opened(page)
    text = f"Wer kennt {kind} {uuid4().hex}?"
    asked = await einbeck.fill(f"{page}/ask", text=text, house=REUSE["house"], visibility="NETWORK")
    assert led_to(asked) == f"{page}?done=asked#questions"
    assert text not in await (await office.person()).opened(page)

    answer = offered(await other.opened(page), text, "answer")
    assert (
        led_to(await other.fill(answer, text="Wir.", house="University:05gqaka33")) == f"{page}?done=answered#questions"
    )
    accept = offered(await einbeck.opened(page), text, "accept")
    assert "erkt" in await einbeck.follow_on(await einbeck.fill(accept))

    # Nobody takes away what others answered, but whoever answers for the project.
    ways = {
        name: withdrawals(await person.opened(page), text)
        for name, person in (
            ("asked", einbeck),
            ("answered", other),
            ("owner", zeitz),
            ("nobody", await office.person("wilster")),
        )
    }
    assert {name: len(found) for name, found in ways.items()} == {
        "asked": 0,
        "answered": 1,
        "owner": 2 if kind == "project" else 0,
        "nobody": 0,
    }
    (own,) = ways["answered"]
    assert "Zurückgenommen." in await other.follow_on(await other.fill(own))
    (question,) = withdrawals(await einbeck.opened(page), text)
    assert text not in await einbeck.follow_on(await einbeck.fill(question))


async def test_what_a_house_said_its_people_go_on_with_and_nobody_is_offered_what_is_refused(office: Office) -> None:
    page, text = "/topics/mobilitaet", f"Wer kennt das {uuid4().hex}?"
    lead, colleague, other = [await office.person(name) for name in ("zeitz", "colleague", "merseburg")]
    await lead.fill(f"{page}/ask", text=text, house="Hub:zeitz", visibility="NETWORK")
    answer = offered(await other.opened(page), text, "answer")
    await other.fill(answer, text="Wir.", house="University:05gqaka33")

    accept = offered(await colleague.opened(page), text, "accept")
    assert led_to(await colleague.fill(accept)) == f"{page}?done=accepted#questions"
    (own,) = withdrawals(await other.opened(page), text)
    await other.fill(own)
    (question,) = withdrawals(await colleague.opened(page), text)
    assert led_to(await colleague.fill(question)) == f"{page}?done=withdrawn#questions"

    # The administration has no house in whose name the form could answer.
    assert "/answer" not in await (await office.person("admin")).opened(page)


def offered(page: str, question: str, verb: str) -> str:
    """Where the page leads to do something about a question that stands on it."""
    (found,) = re.findall(rf'href="(/(?:questions|answers)/[^"/]+/{verb})"', article_of(page, question))
    return str(found)


def withdrawals(page: str, question: str) -> list[str]:
    return re.findall(r'href="(/(?:questions|answers)/[^"/]+/withdraw)"', article_of(page, question))


def article_of(page: str, question: str) -> str:
    (found,) = (
        one for one in re.findall(r'<article class="question">.*?</article>', page, re.DOTALL) if question in one
    )
    return str(found)


async def test_following_takes_one_click_and_can_be_taken_back(office: Office, spot: str) -> None:
    person = await office.person("zeitz")
    for path, note in (("/follow", "Sie folgen jetzt."), ("/unfollow", "Sie folgen nicht mehr.")):
        target = f"{path}?target=Project%3A{spot[10:]}"
        fields = {}
        for form in re.findall(r"<form .*?</form>", await person.opened(spot), re.DOTALL):
            if target in form:
                fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))
        assert fields, path
        assert note in await person.follow_on(await person.submit(target, fields))
    for wrong in ("Project:none", "Question:1", "", "x" * 10_000):
        assert (await person.get("/follow", params={"target": wrong})).status_code in (400, 404, 414), wrong[:20]


@pytest.mark.parametrize(
    ("page", "id_"),
    [
        ("/topics/mobilitaet", "Topic:mobilitaet"),
        ("/hubs/wilster", "Hub:wilster"),
        ("/services/99115005000000", "Service:99115005000000"),
    ],
)
async def test_what_is_followed_says_so_and_can_be_left(office: Office, page: str, id_: str) -> None:
    person, nobody = await office.person("merseburg"), await office.person()
    assert "/follow?" not in await nobody.opened(page)
    for path, button in (("/follow", "Folgen"), ("/unfollow", "Nicht mehr folgen")):
        text = await person.opened(page)
        assert f">{button}</button>" in text
        target = f"{path}?target={id_.replace(':', '%3A')}"
        await person.follow_on(await person.submit(target, hidden_of(text, target)))
    assert ">Folgen</button>" in await person.opened(page)


async def test_a_house_that_takes_part_claims_an_entry_that_nobody_owns(office: Office, spot: str) -> None:
    orphan = await office.project("waise", slug="waise", title="Waise", owner=None)
    await plant(office.service.graph, involves(orphan, stadt))
    town, einbeck = await office.person("stadt"), await office.person("einbeck")
    assert 'href="/projects/waise/claim"' in await town.opened("/projects/waise")
    assert f'href="{spot}/claim"' not in await town.opened(spot)
    answer = await town.fill("/projects/waise/claim", house="Municipality:150840590590", note="Wir waren das.")
    assert "entscheidet" in await town.follow_on(answer)
    page = await einbeck.opened("/projects/waise/claim")
    assert "Keines Ihrer Häuser ist als beteiligt eingetragen" in page
    assert 'Zuständiger Hub: <a href="/hubs/' in page
    assert re.search(r'<a href="/hubs/[^"]+#contact">Wen Sie anrufen</a>', page)
    assert '<a href="/projects/waise/callback">Rückruf erbitten</a>' in page
    assert 'href="/projects/waise/claim"' not in await einbeck.opened("/projects/waise")
    assert 'href="/projects/waise/claim"' in await (await office.person()).opened("/projects/waise")
    assert "<textarea" not in page


@pytest.mark.parametrize(
    ("reviewed", "confirms", "reads", "decides"),
    [
        (True, "Der prüfende Hub wird gebeten, es zu bestätigen.", "geht an den prüfenden Hub", "Der prüfende Hub"),
        (False, "sobald jemand das Projekt verantwortet.", "wer etwas weiß", "Die Netzverwaltung"),
    ],
)
async def test_where_nobody_owns_an_entry_it_says_who_is_asked_instead(
    office: Office, reviewed: bool, confirms: str, reads: str, decides: str
) -> None:
    key = f"ohne-{uuid4().hex[:8]}"
    orphan, page = await office.project(key, slug=key, owner=None), f"/projects/{key}"
    if reviewed:
        await plant(office.service.graph, relate("REVIEWED_BY", orphan, zeitz))
    person = await office.person("einbeck")
    assert ("sobald jemand" in await person.opened(f"{page}/adopt")) is not reviewed
    assert reads in await person.opened(f"{page}/ask")
    assert f"{decides} entscheidet" in await person.opened(f"{page}/join")
    wish = await person.fill(f"{page}/adopt", **REUSE | {"status": "INTERESTED"})
    assert led_to(wish) == f"{page}?done=adopted#reuse"
    assert confirms in await person.follow_on(await person.fill(f"{page}/adopt", **REUSE))
    assert f"{decides} entscheidet" in await person.follow_on(await person.fill(f"{page}/join", house=REUSE["house"]))


async def test_who_owns_an_entry_says_that_it_still_holds(office: Office, spot: str) -> None:
    zeitz, einbeck = await office.person("zeitz"), await office.person("einbeck")
    assert f'href="{spot}/current"' in await zeitz.opened(spot)
    assert f'href="{spot}/current"' not in await einbeck.opened(spot)
    fields = await zeitz.hidden(f"{spot}/current")
    assert (await einbeck.fill(f"{spot}/current")).status_code == 403
    assert "zwölf Monate" in await zeitz.follow_on(await zeitz.submit(f"{spot}/current", fields))
    stale = await zeitz.submit(f"{spot}/current", fields | {"once": "another-sending"})
    assert stale.status_code == 409
    assert "Es wurde nichts überschrieben" in stale.text


async def test_anybody_asks_to_be_called_back_but_not_from_elsewhere(office: Office, spot: str) -> None:
    nobody = await office.person()
    path, typed = f"{spot}/callback", {"name": "Bauamt", "phone": "0123 456", "text": "Bitte um Rückruf"}
    wrong = await nobody.fill(path, name="Bauamt", text="eins\nzwei\ndrei\nvier")
    assert wrong.status_code == 422
    assert "drei\nvier</textarea>" in unescape(wrong.text)
    foreign = await nobody.post(path, data=typed, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert "meldet sich bei Ihnen" in await nobody.follow_on(await nobody.fill(path, **typed))


async def test_who_asks_too_often_to_be_called_keeps_what_was_typed(tmp_path: Path, provider: SigningProvider) -> None:
    async with office_of(tmp_path, provider, RATE_CALLBACKS="1") as office:
        await office.project("parken", slug="parken")
        nobody = await office.person()
        given = {"name": "Bauamt", "phone": "0123 456"}
        first, late = [await nobody.fill("/projects/parken/callback", **given, text=text) for text in ("Eins", "Zwei")]
    assert first.status_code == 303
    assert late.status_code == 429
    assert "Das war zu oft" in late.text
    assert ">\nZwei</textarea>" in late.text


async def test_an_amt_speaks_for_its_municipalities_and_who_has_no_house_is_told(office: Office, spot: str) -> None:
    stranger = await office.person("nothing")
    assert f'href="{spot}/ask"' not in await stranger.opened(spot)
    page = await stranger.opened(f"{spot}/adopt")
    assert "Ihr Konto gehört noch zu keinem Haus." in page
    admin = await office.person("admin")
    for path in ("/my", "/my/members", f"{spot}/adopt", "/events/new"):
        mine = await admin.opened(path)
        assert "Sie verwalten das Netzwerk" in mine
        assert "Ihr Konto gehört noch zu keinem Haus." not in mine
    assert 'href="/my/members?house=Hub%3Azeitz"' in await admin.opened("/hubs/zeitz")
    assert "Jemanden einladen" in await admin.opened("/my/members?house=Hub:zeitz")
    assert "<textarea" not in page
    amt = await office.person("amt")
    page = await amt.opened(f"{spot}/adopt")
    for name in ("Municipality:010615169", "Municipality:010615169134"):
        assert f'<option value="{name}">' in page


@pytest.mark.parametrize(
    "path", ["/projects/none/adopt", "/questions/none/answer", "/adoptions/none/confirm", "/answers/x/accept"]
)
async def test_there_is_no_form_about_what_is_not_there(office: Office, path: str) -> None:
    person = await office.person("zeitz")
    assert (await person.get(path)).status_code == 404
    assert (await person.submit(path, {"form_token": await person.form_token()})).status_code == 404


async def test_notes_come_from_us_alone(office: Office, spot: str) -> None:
    nobody = await office.person()
    assert "evil" not in (await nobody.opened(f"{spot}?done=<evil>")).split("<main")[1].split("<article")[0]
    assert 'role="status"' not in (await nobody.opened(f"{spot}?done=unknown")).split("<main")[1].split("<article")[0]
