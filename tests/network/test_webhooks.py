"""Webhooks from registering to the event that arrives, over HTTP and against a real receiver; and nobody else's, whoever asks."""

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from graph.accounts.person import Person, export, rows
from graph.actors import pseudonym
from graph.ddl import LABELS
from network.app import open_ports
from tests.fixtures.patience import PATIENCE_S
from tests.fixtures.receiver import Receiver, Request, receiving
from tests.network.plain import client
from tests.network.writing import CALLERS, Desk, desk, published

OWN = """{ viewer { webhooks {
  id url kinds failures disabledAt createdAt
  lastDeliveries {
    event kind attempts answer deliveredAt failedAt nextAttemptAt subject { __typename ... on Project { slug } }
  }
} } }"""
REGISTERED = "webhook secret viewer { webhooks { id url kinds } }"


@pytest_asyncio.fixture
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("webhooks"), open_ports) as made:
        yield made


@pytest_asyncio.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One network for several tests, each of which has a caller of its own."""
    async with desk(tmp_path_factory.mktemp("all-webhooks"), open_ports) as made:
        yield made


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


async def webhooks(office: Desk, caller: str) -> list[Any]:
    found: list[Any] = (await office.ask(OWN, caller))["viewer"]["webhooks"]
    return found


async def last(office: Desk, caller: str, name: str) -> Any:
    """The last delivery of the caller's only webhook, once it says `name`."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            ((webhook),) = await webhooks(office, caller)
            if webhook["lastDeliveries"] and webhook["lastDeliveries"][0][name] is not None:
                return webhook["lastDeliveries"][0]


def is_signed(request: Request, secret: str) -> bool:
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    mac = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)
    return f"v1,{base64.b64encode(mac).decode()}" in request.headers["webhook-signature"].split(" ")


async def test_what_happens_arrives_signed_and_says_no_more_than_where_to_look(
    office: Desk, receiver: Receiver
) -> None:
    await office.ask(OWN, "stadt")
    made = await office.write("registerWebhook", REGISTERED, "stadt", url=receiver.url, kinds=["PROJECT_PUBLISHED"])
    assert made["viewer"]["webhooks"] == [{"id": made["webhook"], "url": receiver.url, "kinds": ["PROJECT_PUBLISHED"]}]
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32

    entry = await published(office)

    (request,) = await receiver.until(1)
    delivery = await last(office, "stadt", "deliveredAt")
    assert request.line == "POST /hook?from=hubnetz HTTP/1.1"
    assert request.headers["content-type"] == "application/json"
    assert is_signed(request, made["secret"])
    assert set(request.event) == {"id", "kind", "entity", "at"}
    assert (request.event["kind"], request.event["entity"]) == ("PROJECT_PUBLISHED", entry["id"])
    assert request.event["id"] == request.headers["webhook-id"] == delivery["event"]
    assert delivery == {
        "event": request.event["id"],
        "kind": "PROJECT_PUBLISHED",
        "attempts": 1,
        "answer": "204",
        "deliveredAt": delivery["deliveredAt"],
        "failedAt": None,
        "nextAttemptAt": None,
        "subject": {"__typename": "Project", "slug": entry["slug"]},
    }


async def test_a_ping_is_sent_once_and_tells_what_came_of_it(office: Desk, receiver: Receiver) -> None:
    receiver.status = 500
    made = await office.write("registerWebhook", REGISTERED, "stadt", url=receiver.url)

    test = await office.write("testWebhook", "webhook event", "stadt", webhook=made["webhook"])

    (request,) = await receiver.until(1)
    assert request.event == {"id": test["event"], "kind": "PING", "entity": None, "at": request.event["at"]}
    assert is_signed(request, made["secret"])
    delivery = await last(office, "stadt", "failedAt")
    assert (delivery["answer"], delivery["attempts"], delivery["subject"]) == ("500", 1, None)
    ((webhook),) = await webhooks(office, "stadt")
    assert (webhook["failures"], webhook["disabledAt"]) == (0, None)


async def test_a_receiver_that_is_gone_is_told_in_the_inbox_and_can_be_enabled(
    office: Desk, receiver: Receiver
) -> None:
    receiver.status = 410
    made = await office.write("registerWebhook", REGISTERED, "stadt", url=receiver.url)
    await office.write("testWebhook", "event", "stadt", webhook=made["webhook"])
    await last(office, "stadt", "failedAt")

    ((webhook),) = await webhooks(office, "stadt")
    assert webhook["disabledAt"] is not None
    inbox = "{ viewer { notifications { edges { node { kind reason subject { __typename } } } } } }"
    (edge,) = (await office.ask(inbox, "stadt"))["viewer"]["notifications"]["edges"]
    assert edge["node"]["kind"] == "WEBHOOK_DISABLED"
    assert "410" in edge["node"]["reason"]
    await office.write("enableWebhook", "webhook", "stadt", webhook=made["webhook"])
    ((webhook),) = await webhooks(office, "stadt")
    assert (webhook["disabledAt"], webhook["failures"]) == (None, 0)


async def test_the_old_secret_signs_for_a_day_unless_it_ends_at_once(office: Desk, receiver: Receiver) -> None:
    first = await office.write("registerWebhook", REGISTERED, "stadt", url=receiver.url)
    second = await office.write("rotateWebhookSecret", REGISTERED, "stadt", webhook=first["webhook"])
    await office.write("testWebhook", "event", "stadt", webhook=first["webhook"])
    (request,) = await receiver.until(1)
    assert is_signed(request, first["secret"])
    assert is_signed(request, second["secret"])

    third = await office.write("rotateWebhookSecret", REGISTERED, "stadt", webhook=first["webhook"], endsOldAtOnce=True)
    await last(office, "stadt", "deliveredAt")
    await office.write("testWebhook", "event", "stadt", webhook=first["webhook"])
    _, request = await receiver.until(2)
    assert [is_signed(request, made["secret"]) for made in (first, second, third)] == [False, False, True]


async def test_the_same_change_told_again_tells_the_same_secret_and_writes_once(shared: Desk) -> None:
    given = {"url": "https://system.example/hook", "clientMutationId": "once"}
    first = await shared.write("registerWebhook", REGISTERED, "einbeck", **given)
    again = await shared.write("registerWebhook", REGISTERED, "einbeck", **given)
    assert again == first
    assert len(await webhooks(shared, "einbeck")) == 1
    # Another caller's change of the same name is another change.
    other = await shared.write("registerWebhook", REGISTERED, "dataport", **given)
    assert (other["webhook"], other["secret"]) != (first["webhook"], first["secret"])


async def test_no_store_log_history_or_answer_holds_the_secret(
    shared: Desk, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = await shared.write(
        "registerWebhook",
        "webhook secret",
        "zeitz-colleague",
        url=f"{receiver.url}&token=t0ken",
        clientMutationId="mine",
    )
    await shared.write("testWebhook", "event", "zeitz-colleague", webhook=made["webhook"])
    await receiver.until(1)
    await last(shared, "zeitz-colleague", "deliveredAt")
    plain = made["secret"].removeprefix("whsec_")
    assert all(plain not in record.getMessage() + str(vars(record)) for record in caplog.records)
    logged = [record for record in caplog.records if record.name.startswith("hubnetz")]
    assert all("t0ken" not in record.getMessage() + str(vars(record)) for record in logged)
    found = await shared.store.transact(lambda transaction: transaction.read("Webhook", [made["webhook"]]))
    sealed = found[made["webhook"]]["sealed"]
    person = Person(frozenset(), frozenset({(CALLERS["zeitz-colleague"].iss, CALLERS["zeitz-colleague"].sub)}))
    exported = str(await export(shared.store, person))
    assert "token=t0ken" in exported
    assert plain not in exported
    assert sealed not in exported
    for label in LABELS:
        async for row in rows(shared.store, label):
            assert plain not in str(row), label
            assert "t0ken" not in str(row) or label == "Webhook", label
            assert sealed not in str(row) or label in ("Webhook", "Idempotency"), label


async def test_anonymous_and_outsiders_have_none(shared: Desk) -> None:
    for mutation, given in (
        ("registerWebhook", {"url": "https://system.example"}),
        ("updateWebhook", {"webhook": "x"}),
        ("rotateWebhookSecret", {"webhook": "x"}),
        ("enableWebhook", {"webhook": "x"}),
        ("removeWebhook", {"webhook": "x"}),
        ("testWebhook", {"webhook": "x"}),
    ):
        for caller in (None, "stranger"):
            answer = await shared.write(mutation, "webhook", caller, **given)
            assert answer["__typename"] == "Forbidden", (mutation, caller)


async def test_another_s_webhook_looks_like_none(shared: Desk) -> None:
    made = await shared.write("registerWebhook", REGISTERED, "wilster", url="https://system.example/hook")
    for mutation in ("updateWebhook", "rotateWebhookSecret", "enableWebhook", "removeWebhook", "testWebhook"):
        others = await shared.write(mutation, "webhook", "zeitz", webhook=made["webhook"])
        none = await shared.write(mutation, "webhook", "zeitz", webhook="00000000-0000-7000-8000-000000000000")
        assert others["__typename"] == none["__typename"] == "NotFound", mutation
        assert others["message"].replace(made["webhook"], "") == none["message"].replace(
            "00000000-0000-7000-8000-000000000000", ""
        )
    assert await webhooks(shared, "zeitz") == []
    # Not even its own person reaches it as a node.
    response = await shared.post(
        "query ($id: ID!) { node(id: $id) { id } }", "wilster", id=f"Webhook:{made['webhook']}"
    )
    assert response.json()["data"] == {"node": None}
    assert len(await webhooks(shared, "wilster")) == 1


@pytest.mark.parametrize(
    "url",
    [
        *("http://system.example", "https://user:pw@system.example", "https://system.example:22", "https://10.0.0.1"),
        *("https://system.example/#part", "file:///etc/passwd", "https://intranet", "http://169.254.169.254/latest"),
        *("https://[::ffff:10.0.0.1]", "https://0x7f.1", "https://sýstem.example", "https://system.example\\@x", ""),
    ],
)
async def test_addresses_that_are_not_asked_are_refused_with_the_reason(shared: Desk, url: str) -> None:
    made = await shared.write("registerWebhook", REGISTERED, "amt", url="https://system.example")
    for mutation, given in (("registerWebhook", {}), ("updateWebhook", {"webhook": made["webhook"]})):
        answer = await shared.write(mutation, "webhook", "amt", url=url, **given)
        ((problem),) = answer["problems"]
        assert problem["path"] == ["input", "url"]
    await shared.write("removeWebhook", "webhook", "amt", webhook=made["webhook"])
    assert await webhooks(shared, "amt") == []


async def test_ten_are_enough_and_some_kinds_cannot_be_asked_for(shared: Desk) -> None:
    for number in range(10):
        url = f"https://system.example/{number}"
        assert "secret" in await shared.write("registerWebhook", REGISTERED, "merseburg", url=url)
    answer = await shared.write("registerWebhook", REGISTERED, "merseburg", url="https://system.example/11")
    assert answer["__typename"] == "InvalidInput"
    assert len(await webhooks(shared, "merseburg")) == 10
    for kind in ("PING", "WEBHOOK_DISABLED"):
        answer = await shared.write("registerWebhook", REGISTERED, "zeitz", url="https://system.example", kinds=[kind])
        assert answer["problems"][0]["path"] == ["input", "kinds"]


async def test_metrics_tell_of_events(office: Desk, receiver: Receiver) -> None:
    made = await office.write("registerWebhook", REGISTERED, "stadt", url=receiver.url)
    await office.write("testWebhook", "event", "stadt", webhook=made["webhook"])
    await last(office, "stadt", "deliveredAt")
    async with client(office.app) as http, asyncio.timeout(PATIENCE_S):
        metrics = (await http.get("/metrics")).text
        while 'hubnetz_work_waiting{work="webhooks"} 0.0' not in metrics:
            metrics = (await http.get("/metrics")).text
    assert 'hubnetz_delivered_total{outcome="arrived"} 1.0' in metrics
    assert 'hubnetz_work_given_up{work="webhooks"} 0.0' in metrics


async def test_the_person_is_who_is_known_by_the_sign_in(shared: Desk) -> None:
    made = await shared.write("registerWebhook", REGISTERED, "zeitz-member", url="https://system.example")
    found = await shared.store.transact(lambda transaction: transaction.read("Webhook", [made["webhook"]]))
    assert found[made["webhook"]]["actor"] == pseudonym(CALLERS["zeitz-member"])
