"""Somebody's own pages: what waits, what is new, and who acts for a house; nobody sees or changes what is another's."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.fixtures.builders import involves, plant
from tests.network.writing import einbeck
from tests.pages.desks import Office, Person

EINBECK, ZEITZ = "Municipality:031550013013", "Hub:zeitz"
MY = ("/my", "/my/inbox", "/my/settings", "/my/searches", "/my/members", f"/my/members/invite?house={ZEITZ}")
SETTINGS = "{ viewer { mailSettings { digest getsTaskMail name isListed } } }"


@pytest_asyncio.fixture
async def title(office: Office) -> str:
    """The title and key of a project of the hub of Zeitz."""
    key = f"mein-{uuid4().hex[:8]}"
    await office.project(key, slug=key, title=key)
    return key


def links(text: str, start: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'href="([^"]+)"', text) if one.startswith(start)]


async def reuse(office: Office, person: Person, key: str) -> None:
    given = {"house": EINBECK, "status": "IN_USE", "visibility": "PUBLIC"}
    assert (await person.fill(f"/projects/{key}/adopt", **given)).status_code == 303


@pytest.mark.parametrize("path", MY)
async def test_what_is_ones_own_needs_a_session(office: Office, path: str) -> None:
    for prefix in ("", "/en"):
        answer = await (await office.person()).get(f"{prefix}{path}")
        assert answer.status_code == 303
        assert dict(parse_qsl(urlsplit(answer.headers["location"]).query))["to"] == f"{prefix}{path}"


@pytest.mark.parametrize("path", MY[:-1])
@pytest.mark.parametrize("role", ["zeitz", "nothing", "admin", "amt"])
async def test_everybody_signed_in_has_pages_of_ones_own(office: Office, path: str, role: str) -> None:
    person = await office.person(role)
    for prefix in ("", "/en"):
        text = await person.opened(f"{prefix}{path}")
        assert text.count("<h1") == 1
        assert len(text) < 100_000


@pytest.mark.parametrize(
    ("role", "offered", "withheld"),
    [
        ("zeitz", {"/projects/new", "/needs/new", "/events/new"}, set()),
        # Whoever administers the network enters projects for others, and says nothing in the name of a house.
        ("admin", {"/projects/new"}, {"/needs/new", "/events/new"}),
        ("nothing", set(), {"/projects/new", "/needs/new", "/events/new"}),
    ],
)
async def test_what_one_may_begin_is_offered_and_nothing_else(
    office: Office, role: str, offered: set[str], withheld: set[str]
) -> None:
    page = await (await office.person(role)).opened("/my")
    begin = page[page.index('id="begin"') :]
    found = set(re.findall(r'href="(/[a-z]+/new)"', begin[: begin.index("</section>")]))
    assert offered <= found
    assert not withheld & found


async def test_a_task_leads_to_where_it_is_done_and_is_gone_then(office: Office, title: str) -> None:
    person, zeitz = await office.person("einbeck"), await office.person("zeitz")
    await reuse(office, person, title)
    page = await zeitz.opened("/my")
    task = re.findall(rf'href="(/adoptions/[^"]+/confirm)">[^<]*{title}', page)
    assert len(task) == 1
    assert title in page
    assert task[0] not in await person.opened("/my")
    await zeitz.fill(task[0])
    assert task[0] not in await zeitz.opened("/my")
    mine = await person.opened("/my")
    assert f'href="/projects/{title}"' in mine
    assert f'href="/projects/{title}/adopt"' in mine


async def test_news_of_a_reuse_say_how_far_it_is(office: Office, title: str) -> None:
    person, zeitz = await office.person("einbeck"), await office.person("zeitz")
    await reuse(office, person, title)
    await office.tell()
    ended = {"house": EINBECK, "status": "RETIRED", "reasonEnded": "Zu teuer.", "visibility": "PUBLIC"}
    assert (await person.fill(f"/projects/{title}/adopt", **ended)).status_code == 303
    await office.tell()
    inbox = await zeitz.opened("/my/inbox")
    lines = [line for line in re.findall(r"<li>.*?</li>", inbox, re.DOTALL) if f"/projects/{title}" in line]
    lines = [line for line in lines if "Stand einer Nachnutzung" in line]
    assert [re.findall("Ein Haus nutzt ein Projekt Ihres Hauses [^<·]*[^<· ]", line) for line in lines] == [
        ["Ein Haus nutzt ein Projekt Ihres Hauses nicht mehr"],
        ["Ein Haus nutzt ein Projekt Ihres Hauses nach"],
    ]
    assert all("inzwischen: nicht mehr im Einsatz" in line for line in lines)
    over = (await person.opened("/my")).partition("Was Ihr Haus nicht mehr nutzt</h3>")[2].partition("</ul>")[0]
    assert f'href="/projects/{title}"' in over
    assert "nicht mehr im Einsatz" in over
    assert "Stand ändern" not in over


async def test_a_house_that_was_named_says_whether_it_takes_part(office: Office) -> None:
    key = f"partner-{uuid4().hex[:8]}"
    university, zeitz = await office.person("merseburg"), await office.person("zeitz")
    await office.project(key, slug=key, title=key)
    asked = await university.fill(
        f"/projects/{key}/join", house="University:05gqaka33", role="Begleitforschung", note="Gern."
    )
    assert "entscheidet" in await university.follow_on(asked)
    (way,) = [one for one in links(await zeitz.opened("/my"), "/tasks/") if key in await zeitz.opened(one)]
    assert way.endswith("/decide-partner")
    assert (await university.get(way)).status_code == 404
    page = await zeitz.opened(way)
    assert "Hochschule Merseburg" in page
    refused = await zeitz.fill(way, isAccepted="no")
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.text
    await zeitz.fill(way, isAccepted="yes", role="Begleitforschung")
    assert "Begleitforschung" in await zeitz.opened(f"/projects/{key}")
    assert (await zeitz.get(way)).status_code == 404


async def test_a_call_is_made_and_ticked_off(office: Office, title: str) -> None:
    nobody, zeitz = await office.person(), await office.person("zeitz")
    await nobody.fill(
        f"/projects/{title}/callback", name="Bauamt", phone="0123 456", text="Geht es <b>auch</b> im Winter?"
    )
    (way,) = [one for one in links(await zeitz.opened("/my"), "/tasks/") if title in await zeitz.opened(one)]
    assert "Geht es &lt;b&gt;auch&lt;/b&gt; im Winter?" in await zeitz.opened(way)
    assert "Winter" not in (await (await office.person("wilster")).get(way)).text
    await zeitz.fill(way, reason="Gesprochen.")
    assert way not in await zeitz.opened("/my")


async def test_who_asks_for_what_tells_tasks_and_news_of_them_apart(office: Office, title: str) -> None:
    nobody, zeitz = await office.person(), await office.person("zeitz")
    for name in ("Bauamt", "Ordnungsamt"):
        await nobody.fill(f"/projects/{title}/callback", name=name, phone="0123 456", text="Geht es im Winter?")
    await office.tell()
    ways = [one for one in links(await zeitz.opened("/my"), "/tasks/") if title in await zeitz.opened(one)]
    assert len(ways) == 2
    for page in (await zeitz.opened("/my"), await zeitz.opened("/my/inbox")):
        lines = [line for line in re.findall(r"<li>.*?</li>", page, re.DOTALL) if f">Zurückrufen: {title}</a>" in line]
        assert {way for line in lines for way in links(line, "/tasks/")} == set(ways)
        for name in ("Bauamt", "Ordnungsamt"):
            assert sum(name in line for line in lines) == 1
    inbox = await zeitz.opened("/my/inbox")
    read = [one for one in re.findall(r'Gelesen<span class="hidden">([^<]+)', inbox) if title in one]
    assert len(set(read)) == len(read) == 2
    await zeitz.fill(ways[0], reason="Gesprochen.")
    after = await zeitz.opened("/my/inbox")
    assert ways[0] not in links(after, "/tasks/")
    assert ways[1] in links(after, "/tasks/")
    assert f'Call back: <span lang="de">{title}</span>' in await zeitz.opened("/en/my/inbox")


async def test_news_are_read_one_by_one_or_all(office: Office, title: str) -> None:
    person, zeitz = await office.person("einbeck"), await office.person("zeitz")
    fields = await zeitz.hidden(f"/follow?target=Project:{title}")
    await zeitz.submit(f"/follow?target=Project:{title}", fields)
    await reuse(office, person, title)
    await office.tell()
    page = await zeitz.opened("/my/inbox")
    assert title in page
    assert title not in await (await office.person("wilster")).opened("/my/inbox")
    ways = re.findall(r'action="(/my/inbox/read\?id=[^"]+)"', page)
    assert ways
    token = {"form_token": await zeitz.form_token()}
    assert "Als gelesen vermerkt." in await zeitz.follow_on(await zeitz.submit(unescape(ways[0]), token))
    assert ways[0] not in await zeitz.opened("/my/inbox")
    await zeitz.submit("/my/inbox/read", token)
    assert "Keine Mitteilungen." in await zeitz.opened("/my/inbox?unread=1")
    assert title in await zeitz.opened("/my/inbox")


async def test_a_house_sees_how_many_follow_what_is_its_own(office: Office, title: str) -> None:
    zeitz, others = await office.person("zeitz"), [await office.person(role) for role in ("einbeck", "wilster")]
    assert "Was andere bei Ihnen verfolgen" not in await others[0].opened("/my")
    form = f"/follow?target=Project:{title}"
    for number, person in enumerate(others, start=1):
        await person.submit(form, await person.hidden(form))
        page = await zeitz.opened("/my")
        assert f'href="/projects/{title}">{title}</a> · {"1 folgt" if number == 1 else "2 folgen"}' in page


async def test_settings_are_kept(office: Office) -> None:
    person = await office.person("merseburg")
    answer = await person.fill("/my/settings", digest="WEEKLY", isListed="on", name="Transferstelle")
    page = await person.follow_on(answer)
    assert '<option value="WEEKLY" selected>' in page
    assert 'value="Transferstelle"' in page
    expected = {"digest": "WEEKLY", "getsTaskMail": False, "name": "Transferstelle", "isListed": True}
    assert (await office.ask(person, SETTINGS))["viewer"]["mailSettings"] == expected
    await person.fill("/my/settings", digest="DAILY", getsTaskMail="on", name="")
    expected = {"digest": "DAILY", "getsTaskMail": True, "name": None, "isListed": False}
    assert (await office.ask(person, SETTINGS))["viewer"]["mailSettings"] == expected


async def test_a_hub_lead_invites_and_takes_it_back(office: Office) -> None:
    zeitz, town = await office.person("zeitz"), await office.person("stadt")
    path = "/my/members/invite?house=Municipality%3A150840590590"
    assert path in unescape(await zeitz.opened("/my/members?house=Municipality:150840590590"))
    wrong = await zeitz.fill(path, email="keine Adresse", role="MUNICIPALITY")
    assert wrong.status_code == 422
    assert 'id="email-error"' in wrong.text
    answer = await zeitz.fill(path, email="neu@zeitz.example", role="MUNICIPALITY")
    page = await zeitz.follow_on(answer)
    assert "neu@zeitz.example" in page
    assert "gilt 14 Tage" in page
    theirs = await town.opened("/my/members")
    assert "neu@zeitz.example" not in theirs
    assert "/my/members/invite" not in theirs
    assert (await town.fill(path, email="andere@zeitz.example", role="MUNICIPALITY")).status_code == 403
    (revoke,) = links(page, "/my/members/revoke-invitation")
    assert (await town.get(revoke)).status_code == 404
    assert "neu@zeitz.example" not in await zeitz.follow_on(await zeitz.fill(revoke))


async def test_an_invitation_offers_the_roles_of_its_house_and_chooses_none(office: Office) -> None:
    zeitz = await office.person("zeitz")
    path = f"/my/members/invite?house={ZEITZ}"
    page = await zeitz.opened(path)
    assert re.findall(r'<option value="([A-Z_]*)"( selected)?>', page) == [
        ("", " selected"),
        ("HUB_LEAD", ""),
        ("HUB_MEMBER", ""),
        ("REVIEWER", ""),
    ]
    for role in ("", "MUNICIPALITY"):
        wrong = await zeitz.fill(path, email="neu@zeitz.example", role=role)
        assert wrong.status_code == 422
        assert 'id="role-error"' in wrong.text
        assert "Damit können wir nichts anfangen" not in wrong.text
    assert (await zeitz.fill(path, email="neu@zeitz.example", role="HUB_MEMBER")).status_code == 303


async def test_a_house_says_whom_one_reaches_there_and_nobody_is_overwritten(office: Office) -> None:
    person = await office.person("einbeck")
    path = f"/my/members/contact?house={EINBECK}"
    typed: dict[str, Any] = {
        "contact__function": "Bauamt",
        "contact__email": "bau@einbeck.example",
        "visibility": "PUBLIC",
    }
    fields = await person.hidden(path)
    page = await person.follow_on(await person.fill(path, **typed))
    assert "bau@einbeck.example" in page
    late = await person.submit(
        path,
        fields
        | {"once": "another-sending", "contact.function": "X", "contact.email": "x@y.example", "visibility": "PUBLIC"},
    )
    assert late.status_code == 409
    assert "Es wurde nichts überschrieben" in late.text
    assert 'value="x@y.example"' in late.text
    assert (await (await office.person("stadt")).fill(path, **typed)).status_code == 403
    assert "bau@einbeck.example" in await person.opened("/my/members")


@pytest.mark.parametrize("house", ["Hub:none", "Project:1", "x", "Topic:mobilitaet"])
async def test_only_houses_have_members(office: Office, house: str) -> None:
    person = await office.person("zeitz")
    for path in ("/my/members", "/my/members/invite", "/my/members/contact"):
        assert (await person.get(path, params={"house": house})).status_code == 404, path


async def test_members_of_others_are_none_of_ones_business(office: Office) -> None:
    for role, expected in (("merseburg", 403), ("zeitz", 200), ("admin", 200)):
        person = await office.person(role)
        assert (await person.get("/my/members", params={"house": ZEITZ})).status_code == expected, role


async def test_a_claim_is_decided_by_those_who_review(office: Office) -> None:
    key = f"waise-{uuid4().hex[:8]}"
    orphan = await office.project(key, slug=key, title=key, owner=None)
    await plant(office.service.graph, involves(orphan, einbeck))
    person, admin = await office.person("einbeck"), await office.person("admin")
    await person.fill(f"/projects/{key}/claim", house=EINBECK, note="Das sind wir.")
    (way,) = [one for one in links(await admin.opened("/my"), "/tasks/") if key in await admin.opened(one)]
    assert way.endswith("/decide-claim")
    assert "Das sind wir." in await admin.opened(way)
    assert (await admin.fill(way, isGranted="yes")).status_code == 303
    assert f'href="/projects/{key}/current"' in await person.opened(f"/projects/{key}")
