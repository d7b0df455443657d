"""Addresses of programs are one person's own: the secret is shown once, and nobody else sees or changes them."""

import re
from typing import Any
from uuid import uuid4

import pytest

from tests.pages.desks import OURS, Office, Person

PAGE = "/my/webhooks"
STORED = "{ viewer { webhooks { id url kinds } } }"


def url() -> str:
    return f"https://it.example/{uuid4().hex[:8]}"


async def stored(office: Office, person: Person) -> list[Any]:
    return list((await office.ask(person, STORED))["viewer"]["webhooks"])


def of(page: str, form: str, address: str) -> str:
    """The address of a form for the webhook at `address`."""
    section = next(one for one in page.split("<section") if address in one)
    (found,) = re.findall(rf'href="({PAGE}/{form}\?[^"]+)"', section)
    return str(found)


async def test_a_webhook_is_entered_its_secret_shown_once_and_it_is_removed(office: Office) -> None:
    person, other = await office.person("einbeck"), await office.person("wilster")
    assert f'href="{PAGE}"' in await person.opened("/my")
    address = url()
    fields = await person.hidden(f"{PAGE}/new") | {"url": address, "kinds": ["NEED_POSTED", "EVENT_SAVED"]}
    first, second = [await person.submit(f"{PAGE}/new", fields) for _ in range(2)]
    (secret,) = re.findall(r"<code>(whsec_[^<]+)</code>", first.text)
    assert secret in second.text
    assert first.headers["cache-control"] == "no-store"
    assert [one["url"] for one in await stored(office, person)].count(address) == 1
    listed = await person.opened(PAGE)
    assert secret not in listed
    assert "Neues Gesuch oder Angebot; Veranstaltung eingetragen oder geändert" in listed

    for form in ("edit", "secret", "test", "enable", "remove"):
        path = f"{PAGE}/{form}?webhook={(await stored(office, person))[-1]['id']}"
        assert (await other.get(path)).status_code == 404
        fields = {"form_token": await other.form_token(), "url": url()}
        assert (await other.submit(path, fields)).status_code == 404
    assert address not in await other.opened(PAGE)

    new = url()
    assert "Gespeichert." in await person.follow_on(await person.fill(of(listed, "edit", address), url=new))
    assert (await stored(office, person))[-1]["kinds"] == []
    listed = await person.opened(PAGE)
    turned = await person.fill(of(listed, "secret", new), endsOldAtOnce="on")
    (later,) = re.findall(r"<code>(whsec_[^<]+)</code>", turned.text)
    assert later != secret
    await person.fill(of(listed, "test", new))
    assert "Probe</td>" in await person.opened(PAGE)
    remove = of(listed, "remove", new)
    assert "Gelöscht." in await person.follow_on(await person.fill(remove))
    assert new not in await person.opened(PAGE)
    assert (await person.get(remove)).status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {"url": ""},
        {"url": "javascript:alert(1)"},
        {"url": "http://it.example/x"},
        {"url": "https://name:wort@it.example/"},
        {"url": "https://10.0.0.1/"},
        {"url": "https://it.example:22/"},
    ],
)
async def test_an_address_that_may_not_be_asked_is_said_beside_its_field(office: Office, given: dict[str, str]) -> None:
    person = await office.person("stadt")
    answer = await person.fill(f"{PAGE}/new", **given)
    assert answer.status_code == 422
    assert 'id="url-error"' in answer.text
    assert await stored(office, person) == []


async def test_a_kind_that_nobody_can_ask_for_is_refused(office: Office) -> None:
    person = await office.person("stadt")
    answer = await person.fill(f"{PAGE}/new", url=url(), kinds=["PING"])
    assert answer.status_code == 422
    assert 'id="kinds-error"' in answer.text


async def test_whoever_is_not_signed_in_keeps_what_was_typed(office: Office) -> None:
    person, address = await office.person("stadt"), url()
    fields = await person.hidden(f"{PAGE}/new") | {"url": address}
    person.cookies.clear()
    assert (await person.get(PAGE)).status_code == 303
    over = await person.submit(f"{PAGE}/new", fields)
    assert over.status_code == 401
    sealed = re.findall(r'name="stash" value="([^"]+)"', over.text)[0]
    office.provider.subject, office.provider.roles = "stadt", ["stadt"]
    await person.sign_in(office.provider)
    back = await person.post("/continue", data={"stash": sealed}, headers=OURS)
    assert f'value="{address}"' in back.text
