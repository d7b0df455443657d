"""Registering and changing webhooks, on each graph database: one's own alone, sealed, and on record without what is secret."""

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph.actors import pseudonym
from graph.commands.webhooks import (
    MAX_WEBHOOKS,
    EnableWebhook,
    PingWebhook,
    RegisterWebhook,
    RemoveWebhook,
    RotateWebhookSecret,
    Terms,
    UpdateWebhook,
    enable_webhook,
    ping_webhook,
    register_webhook,
    remove_webhook,
    rotate_webhook_secret,
    update_webhook,
    webhooks_of,
)
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.port import GraphStore
from graph.telling import deliveries
from graph.values import Instant
from graph.vocabulary import NewsKind
from tests.fixtures.contributing import ANYBODY, OTHER_CLERK, TOWN_CLERK, VISITOR, at, count_kills, found_network
from tests.fixtures.units import all_changes
from tests.fixtures.webhooks import SECRETS, TERMS, deliveries_by_id, registered, waiting_for, webhook_of

URL = "https://system.example/hook"


async def test_the_secret_is_told_once_and_sealed_for_good(store: GraphStore) -> None:
    command = RegisterWebhook(url=URL, kinds=(NewsKind.NEED_POSTED,))
    told = await register_webhook(at(store), command, actor=TOWN_CLERK, terms=TERMS, idempotency_key="k")

    again = await register_webhook(at(store), command, actor=TOWN_CLERK, terms=TERMS, idempotency_key="k")

    assert told == again
    (kept,) = await webhooks_of(store, pseudonym(TOWN_CLERK))
    assert (kept.id, kept.url, kept.kinds, kept.failures) == (told["id"], URL, (NewsKind.NEED_POSTED,), 0)
    webhook = await webhook_of(store, kept.id)
    assert SECRETS.open(webhook.sealed, webhook.id) == told["secret"]
    assert SECRETS.open(webhook.sealed, "another") is None
    for line in await all_changes(store):
        assert webhook.sealed not in str(line)
        assert URL not in str(line)


async def test_a_new_secret_signs_beside_the_old_one_until_that_ends(store: GraphStore) -> None:
    first = await register_webhook(at(store), RegisterWebhook(url=URL), actor=TOWN_CLERK, terms=TERMS)
    key = str(first["id"])
    second = await rotate_webhook_secret(at(store), RotateWebhookSecret(webhook=key), actor=TOWN_CLERK, terms=TERMS)

    webhook = await webhook_of(store, key)
    before, after = Instant("2026-11-03T08:59:59.000000Z"), Instant("2026-11-03T09:00:00.000000Z")
    assert SECRETS.in_force(webhook, before) == [second["secret"], first["secret"]]
    assert SECRETS.in_force(webhook, after) == [second["secret"]]
    leaked = RotateWebhookSecret(webhook=key, ends_old_at_once=True)
    third = await rotate_webhook_secret(at(store), leaked, actor=TOWN_CLERK, terms=TERMS)
    assert SECRETS.in_force(await webhook_of(store, key), before) == [third["secret"]]


async def test_another_s_webhook_is_none(store: GraphStore) -> None:
    key = await registered(store, TOWN_CLERK, URL)
    for work in (
        lambda: update_webhook(at(store), UpdateWebhook(webhook=key, kinds=()), actor=OTHER_CLERK, terms=TERMS),
        lambda: rotate_webhook_secret(at(store), RotateWebhookSecret(webhook=key), actor=OTHER_CLERK, terms=TERMS),
        lambda: enable_webhook(at(store), EnableWebhook(webhook=key), actor=OTHER_CLERK),
        lambda: remove_webhook(at(store), RemoveWebhook(webhook=key), actor=OTHER_CLERK),
        lambda: ping_webhook(at(store), PingWebhook(webhook=key), actor=OTHER_CLERK),
    ):
        with pytest.raises(NodeNotFoundError):
            await work()
    assert (await webhook_of(store, key)).version == 1
    assert await deliveries_by_id(store) == {}
    assert await webhooks_of(store, pseudonym(OTHER_CLERK)) == []


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR])
async def test_who_takes_no_part_has_none(store: GraphStore, actor: Caller) -> None:
    with pytest.raises(ForbiddenError):
        await register_webhook(at(store), RegisterWebhook(url=URL), actor=actor, terms=TERMS)


async def test_there_are_ten_at_most(store: GraphStore) -> None:
    for _ in range(MAX_WEBHOOKS):
        await registered(store, TOWN_CLERK, URL)
    with pytest.raises(InvalidInputError, match="remove one"):
        await registered(store, TOWN_CLERK, URL)
    await registered(store, OTHER_CLERK, URL)


async def test_this_machine_is_asked_in_development_only(store: GraphStore) -> None:
    for url in ("http://127.0.0.1:8080/x", "http://localhost:8080", "https://localhost"):
        await registered(store, TOWN_CLERK, url)
        with pytest.raises(InvalidInputError, match="url: expected"):
            await register_webhook(
                at(store), RegisterWebhook(url=url), actor=TOWN_CLERK, terms=Terms(SECRETS, is_development=False)
            )


async def test_changed_and_enabled_it_starts_afresh(store: GraphStore) -> None:
    key = await registered(store, TOWN_CLERK, URL)
    row = {"id": key, "failures": 4, "disabled_at": "2026-11-01T00:00:00.000000Z"}
    await store.transact(lambda transaction: transaction.put("Webhook", [row]))
    await update_webhook(
        at(store), UpdateWebhook(webhook=key, kinds=(NewsKind.EVENT_SAVED,)), actor=TOWN_CLERK, terms=TERMS
    )
    (kept,) = await webhooks_of(store, pseudonym(TOWN_CLERK))
    assert (kept.url, kept.kinds, kept.failures) == (URL, (NewsKind.EVENT_SAVED,), 4)
    assert kept.disabled_at is not None

    await enable_webhook(at(store), EnableWebhook(webhook=key), actor=TOWN_CLERK)

    (kept,) = await webhooks_of(store, pseudonym(TOWN_CLERK))
    assert (kept.failures, kept.disabled_at) == (0, None)


async def test_a_ping_that_waits_is_the_ping(store: GraphStore) -> None:
    key = await registered(store, TOWN_CLERK, URL)
    first = await ping_webhook(at(store), PingWebhook(webhook=key), actor=TOWN_CLERK)
    second = await ping_webhook(at(store), PingWebhook(webhook=key), actor=TOWN_CLERK)
    assert first == second
    (sent,) = await deliveries.of_webhook(store, key)
    assert (sent.event, sent.kind, sent.attempts) == (first["event"], NewsKind.PING, 0)


async def test_killed_at_any_step_nothing_is_registered(store: GraphStore) -> None:
    await found_network(store)

    async def state() -> object:
        return await webhooks_of(store, pseudonym(TOWN_CLERK)), await all_changes(store)

    kills = await count_kills(
        store,
        lambda unit_of_work: register_webhook(unit_of_work, RegisterWebhook(url=URL), actor=TOWN_CLERK, terms=TERMS),
        state,
    )
    assert kills > 3
    assert len(await webhooks_of(store, pseudonym(TOWN_CLERK))) == 1


async def test_what_was_long_over_is_purged(store: GraphStore) -> None:
    key = await registered(store, TOWN_CLERK, URL)
    await waiting_for(store, key, "arrived", "failed", "late", "waits")
    now = await store.now()
    rows = [
        {"id": "arrived", "delivered_at": "2026-01-01T00:00:00.000000Z", "failed_at": None},
        {"id": "failed", "delivered_at": None, "failed_at": "2026-01-01T00:00:00.000000Z"},
        {"id": "late", "delivered_at": now, "failed_at": None},
    ]
    await store.transact(lambda transaction: transaction.put("Delivery", rows))
    before = await deliveries.state(store)
    assert (before.waiting, before.given_up) == (1, 1)

    assert await deliveries.purge(store, limit=1) == 1
    assert await deliveries.purge(store) == 1
    assert sorted(await deliveries_by_id(store)) == ["late", "waits"]
