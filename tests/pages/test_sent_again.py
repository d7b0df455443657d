"""Whatever form is sent twice was done once; its second sending is answered as the first, or says that it is done."""

import re
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from graph.accounts.person import rows
from graph.ddl import LABELS
from graph.port import GraphStore, Transaction
from tests.pages.browser.addresses import german_routes
from tests.pages.desks import Office, led_to
from tests.pages.form_reading import filled
from tests.pages.sendings import FORMS

NO_FORMS: Final = {
    "/accessibility": "goes to the operator by mail, once: `test_legal`",
    "/continue": "writes nothing: `test_stash`",
    "/link/{secret}": "counts once: `test_links`",
    "/sign-in/{issuer}/back-channel-logout": "from an issuer: `test_back_channel_logout`",
    "/sign-out": "ends a session",
    "/unsubscribe/{token}": "may be said again",
    "/upload": "writes nothing",
    "/upload/rows": "writes nothing",
    "/upload/take-over": "a row is written once: `test_upload_pages`",
    "/{path:path}": "no address of ours",
}
"""What takes a POST and is no form that writes under the name of a sending."""
GONE: Final = frozenset(
    {
        "/projects/{slug}/partners/remove",
        "/questions/{key}/withdraw",
        "/answers/{key}/withdraw",
        "/experts/{key}/remove",
        "/my/members/revoke-invitation",
        "/my/members/end",
        "/my/feeds/revoke",
        "/my/searches/delete",
        "/my/webhooks/remove",
        *(path for path in FORMS if path.startswith("/tasks/")),
    }
)
"""Forms whose first sending takes away what they are about."""


async def stored(store: GraphStore) -> dict[str, dict[str, Any]]:
    """Every record of every kind as it is: lines of the audit trail and what the index has to hear of among them."""
    keys = {label: [str(row[kind.key]) async for row in rows(store, label)] for label, kind in LABELS.items()}

    async def read(transaction: Transaction) -> dict[str, dict[str, Any]]:
        return {label: await transaction.read(label, found) for label, found in keys.items()}

    return await store.transact(read)


def said(answer: httpx.Response) -> str:
    """Where a form led on to; what it shows where it leads nowhere."""
    return led_to(answer) if answer.status_code == 303 else answer.text


def test_every_form_is_sent() -> None:
    takes = {route.path for route in german_routes() if "POST" in (route.methods or ())}
    assert takes == FORMS.keys() | NO_FORMS.keys()


@pytest.mark.parametrize("pattern", FORMS)
async def test_sent_twice_it_is_written_once(office: Office, pattern: str) -> None:
    sending = await FORMS[pattern](office, f"zweimal-{uuid4().hex[:8]}")
    person, path, store = sending.person, sending.path, office.service.graph
    given = filled(await person.opened(path), path) | sending.typed
    before = await stored(store)
    first = await person.submit(path, given)
    assert first.status_code in (200, 303), re.findall('class="error".*?</p>', first.text) or first.text
    after = await stored(store)
    assert {label for label in after if after[label] != before[label]} - {"Idempotency"}
    second = await person.submit(path, given)
    assert await stored(store) == after
    assert said(second) == ("/my?done=already" if pattern in GONE else said(first))


@pytest.mark.parametrize("pattern", sorted(GONE))
async def test_only_whoever_was_shown_a_form_hears_that_it_is_done(office: Office, pattern: str) -> None:
    sending = await FORMS[pattern](office, f"zweimal-{uuid4().hex[:8]}")
    person, path = sending.person, sending.path
    given = filled(await person.opened(path), path) | sending.typed
    await person.submit(path, given)
    assert "Das ist schon erledigt" in await person.follow_on(await person.submit(path, given))
    assert (await person.get(path)).status_code == 404
    other = await office.person("wilster")
    stolen = given | {"form_token": await other.form_token()}
    assert (await other.submit(path, stolen)).status_code == 404
    assert (await person.submit(path, given | {"once": "x" * 22 + ".ä"})).status_code == 404
