"""Functions are entered at once; persons are asked, say yes and no themselves, and nobody else sees them before."""

import re
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.pages.desks import OURS, Office, Person, led_to

MERSEBURG = "University:05gqaka33"
STORED = """query ($id: ID!) { node(id: $id) { ... on Expert { name role email phone isPerson purpose visibility version
  consentGivenAt houses { id } topics { slug } sources { publisher } } } }"""
PURPOSE = "Damit man fragen kann"


@pytest_asyncio.fixture
async def member(office: Office) -> Person:
    return await office.person("merseburg")


def given(who: str, **more: Any) -> dict[str, Any]:
    details = {"visibility": "PUBLIC", "contactVisibility": "NETWORK", "email": f"{uuid4().hex[:8]}@x.example"}
    if who != "no":
        details |= {"purpose": PURPOSE, "sources": "die Person selbst"}
    details |= {name: value for name, value in more.items() if name not in ("name", "house")}
    typed = {"who": who, "house": more.get("house", MERSEBURG), "name": more.get("name", "Transferstelle")}
    return typed | {f"details__{name}": value for name, value in details.items()}


async def entered(member: Person, who: str, **more: Any) -> str:
    """The page of an entry."""
    answer = await member.fill("/experts/new", **given(who, **more))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].partition("?")[0])


async def stored(office: Office, person: Person, page: str) -> Any:
    return (await office.ask(person, STORED, id=f"Expert:{page.rpartition('/')[2]}"))["node"]


async def test_a_function_is_entered_changed_and_removed(office: Office, member: Person) -> None:
    assert 'href="/experts/new"' in await member.opened("/experts")
    page = await entered(
        member, "no", role="Transfer", topics=["mobilitaet"], purpose="zählt nicht", orcid="auch nicht"
    )
    nobody, other = await office.person(), await office.person("einbeck")
    assert "Transferstelle" in await nobody.opened(page)
    found = await stored(office, member, page)
    assert (found["isPerson"], found["purpose"], found["houses"]) == (False, None, [{"id": MERSEBURG}])

    assert f"{page}/edit" in await member.opened(page)
    assert "changes.purpose" not in await member.opened(f"{page}/edit")
    changes = {"name": "Wissenstransfer", "role": "", "visibility": "NETWORK", "contactVisibility": "PRIVATE"}
    answer = await member.fill(f"{page}/edit", **{f"changes__{name}": value for name, value in changes.items()})
    assert "Gespeichert." in await member.follow_on(answer)
    found = await stored(office, member, page)
    assert (found["name"], found["role"], found["email"], found["topics"]) == ("Wissenstransfer", None, None, [])
    assert (await nobody.get(page)).status_code == 404

    for form in ("edit", "remove"):
        assert f"{page}/{form}" not in await other.opened(page)
        assert (await other.get(f"{page}/{form}")).status_code == 403
        fields = {"form_token": await other.form_token(), "changes.name": "X"}
        assert (await other.submit(f"{page}/{form}", fields)).status_code == 403
    assert "Gelöscht." in await member.follow_on(await member.fill(f"{page}/remove"))
    assert (await member.get(page)).status_code == 404


async def test_a_person_is_hidden_until_asked(office: Office, member: Person) -> None:
    page = await entered(member, "yes", name="Kim <b>Muster</b>", role="Sensorik")
    shown = await member.opened(page)
    assert "Kim &lt;b&gt;Muster&lt;/b&gt;" in shown
    assert "hat noch nicht zugestimmt" in shown
    for who in (await office.person(), await office.person("einbeck")):
        for path in (page, f"{page}/edit", f"{page}/callback"):
            # Who is not signed in is led there before anybody looks.
            assert (await who.get(path)).status_code in (404, 303), path
    found = await stored(office, member, page)
    assert (found["isPerson"], found["purpose"], found["consentGivenAt"]) == (True, PURPOSE, None)
    assert found["sources"] == [{"publisher": "die Person selbst"}]
    edit = await member.opened(f"{page}/edit")
    assert "neu gefragt" in edit
    assert f">\n{PURPOSE}</textarea>" in edit


async def test_who_enters_herself_says_yes_and_takes_it_back(office: Office) -> None:
    address = f"{uuid4().hex[:8]}@x.example"
    provider, member = office.provider, Person(office.app)
    provider.subject, provider.roles = f"kim-{address}", ["merseburg"]
    provider.id_claims = {"email": address, "email_verified": True}
    try:
        await member.sign_in(provider)
    finally:
        provider.id_claims = {}
    page = await entered(member, "self", name="Kim Muster", email="")
    assert (await stored(office, member, page))["email"] == address
    listings = await member.opened("/my/listings")
    (consent,) = re.findall(r'href="(/my/listings/consent\?[^"]+)"', listings)
    nobody, other = await office.person(), await office.person("einbeck")
    assert (await nobody.get(page)).status_code == 404
    assert (await other.get(consent)).status_code == 404
    assert PURPOSE in listings
    assert "Danke." in await member.follow_on(await member.fill(consent))
    assert "Kim Muster" in await nobody.opened(page)
    withdraw = consent.replace("consent", "withdraw", 1)
    assert (await other.submit(withdraw, {"form_token": await other.form_token()})).status_code == 404
    await member.fill(withdraw)
    assert (await nobody.get(page)).status_code == 404
    assert "nicht zugestimmt" in await member.opened("/my/listings")


@pytest.mark.parametrize(
    ("who", "typed", "field"),
    [
        ("yes", {"email": ""}, "details.email"),
        ("yes", {"email": "keine"}, "details.email"),
        ("yes", {"purpose": ""}, "details.purpose"),
        ("yes", {"sources": ""}, "details.sources"),
        ("yes", {"orcid": "1-2-3"}, "details.orcid"),
        ("self", {"email": ""}, "details.email"),
        ("no", {"name": ""}, "name"),
        ("no", {"topics": ["unbekannt"]}, "details.topics"),
        ("vielleicht", {}, "who"),
    ],
)
async def test_what_is_wrong_is_beside_its_field(member: Person, who: str, typed: dict[str, Any], field: str) -> None:
    answer = await member.fill("/experts/new", **given(who, **{"role": "A & <i>", **typed}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="A &amp; &lt;i&gt;"' in answer.text


async def test_nobody_enters_experts_of_another_house(office: Office, member: Person) -> None:
    answer = await member.fill("/experts/new", **given("no", house="Hub:zeitz"))
    assert answer.status_code == 403


async def test_sent_twice_it_is_one_and_two_editors_see_both(office: Office, member: Person) -> None:
    fields = {name.replace("__", "."): value for name, value in given("no").items()}
    fields |= await member.hidden("/experts/new")
    first, second = [await member.submit("/experts/new", fields) for _ in range(2)]
    assert led_to(first) == led_to(second)
    edit = f"{first.headers['location'].partition('?')[0]}/edit"
    typed = {"changes.name": "Meine", "changes.visibility": "PUBLIC", "changes.contactVisibility": "NETWORK"}
    early = await member.hidden(edit) | typed
    colleague = await office.person("merseburg")
    await colleague.submit(edit, await colleague.hidden(edit) | typed | {"changes.name": "Andere"})
    late = await member.submit(edit, early)
    assert late.status_code == 409
    assert '<td class="said">Meine</td><td class="said">Andere</td>' in late.text


async def test_a_session_that_ran_out_keeps_what_was_typed(office: Office, member: Person) -> None:
    fields = {name.replace("__", "."): value for name, value in given("no", role="Lange überlegt").items()}
    fields |= await member.hidden("/experts/new")
    member.cookies.clear()
    over = await member.submit("/experts/new", fields)
    assert over.status_code == 401
    sealed = re.findall(r'name="stash" value="([^"]+)"', over.text)[0]
    office.provider.subject, office.provider.roles = "merseburg", ["merseburg"]
    await member.sign_in(office.provider)
    back = await member.post("/continue", data={"stash": sealed}, headers=OURS)
    assert 'value="Lange überlegt"' in back.text
