"""Addresses of people's own systems that hear of news."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from auth import policy
from auth.outgoing import UnsafeAddressError, destination
from graph.actors import Actor
from graph.commands.oneself import oneself
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.identifiers import uuid7
from graph.model import NodeKey
from graph.personal import Delivery, Webhook
from graph.port import GraphStore
from graph.telling.webhook_secrets import Secrets
from graph.values import Instant, instant
from graph.vocabulary import NewsKind
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

MAX_WEBHOOKS: Final = 10
"""Of one person: each is written to for every piece of news."""
OVERLAP: Final = timedelta(hours=24)
"""For which the secret before the last one signs, too, so that a receiver can be changed at any time of the day."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every webhook of this service.

    Attributes:
        is_development: Addresses of this machine are taken, too, and without TLS.
    """

    secrets: Secrets
    is_development: bool


@dataclass(frozen=True, kw_only=True)
class RegisterWebhook:
    """`kinds`: empty for all."""

    url: str
    kinds: tuple[NewsKind, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UpdateWebhook:
    """None: as it is."""

    webhook: str
    url: str | None = None
    kinds: tuple[NewsKind, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class RotateWebhookSecret:
    """`ends_old_at_once`: for a secret that others know."""

    webhook: str
    ends_old_at_once: bool = False


@dataclass(frozen=True, kw_only=True)
class EnableWebhook:
    webhook: str


@dataclass(frozen=True, kw_only=True)
class RemoveWebhook:
    webhook: str


@dataclass(frozen=True, kw_only=True)
class PingWebhook:
    webhook: str


@dataclass(frozen=True, slots=True)
class KeptWebhook:
    """A webhook as its person sees it."""

    id: str
    url: str
    kinds: tuple[NewsKind, ...]
    failures: int
    disabled_at: Instant | None
    created_at: Instant


async def register_webhook(
    unit_of_work: UnitOfWork,
    command: RegisterWebhook,
    *,
    actor: Actor,
    terms: Terms,
    idempotency_key: str | None = None,
) -> dict[str, str | None]:
    """The `id` of the new record and its `secret`, which nothing else ever tells.

    What is recorded for repetitions is the sealed secret: they answer the same one, as long as the record is kept.

    Raises:
        ForbiddenError: the caller has no membership.
        InvalidInputError: an address that is not asked, or too many already.
    """
    _check(command.url, terms)

    async def register(unit: Unit) -> dict[str, str]:
        unit.require(policy.may_take_part)
        person = await oneself(unit)
        if len(await unit.query("webhooks_of", actor=person.id, limit=MAX_WEBHOOKS)) >= MAX_WEBHOOKS:
            raise InvalidInputError(f"{MAX_WEBHOOKS} webhooks are registered already: remove one first")
        key = str(uuid7())
        sealed = terms.secrets.make(key)
        webhook = Webhook(id=key, actor=person.id, url=command.url, kinds=command.kinds, sealed=sealed)
        unit.record("register_webhook", webhook.key)
        await unit.put(webhook)
        return {"id": key, "sealed": sealed}

    return _opened(await unit_of_work.run(register, actor=actor, idempotency_key=idempotency_key), terms)


async def rotate_webhook_secret(
    unit_of_work: UnitOfWork,
    command: RotateWebhookSecret,
    *,
    actor: Actor,
    terms: Terms,
    idempotency_key: str | None = None,
) -> dict[str, str | None]:
    """As `register_webhook`, for a new secret; the old one signs beside it for OVERLAP, unless it ends at once.

    Raises:
        ForbiddenError: the caller has no membership.
        NodeNotFoundError: no such webhook of the caller's; another's looks alike.
    """

    async def rotate(unit: Unit) -> dict[str, str]:
        webhook = await _own(unit, command.webhook)
        sealed = terms.secrets.make(webhook.id)
        until = instant(datetime.fromisoformat(unit.now) + OVERLAP)
        is_kept = not command.ends_old_at_once
        unit.record("rotate_webhook_secret", webhook.key)
        await unit.put(
            replace(
                webhook,
                sealed=sealed,
                sealed_before=webhook.sealed if is_kept else None,
                overlaps_until=until if is_kept else None,
            )
        )
        return {"id": webhook.id, "sealed": sealed}

    return _opened(await unit_of_work.run(rotate, actor=actor, idempotency_key=idempotency_key), terms)


async def update_webhook(
    unit_of_work: UnitOfWork,
    command: UpdateWebhook,
    *,
    actor: Actor,
    terms: Terms,
    idempotency_key: str | None = None,
) -> dict[str, str]:
    """The `id` of the record.

    Raises:
        ForbiddenError: the caller has no membership.
        NodeNotFoundError: no such webhook of the caller's; another's looks alike.
        InvalidInputError: an address that is not asked.
    """
    if command.url is not None:
        _check(command.url, terms)

    async def update(unit: Unit) -> dict[str, str]:
        webhook = await _own(unit, command.webhook)
        changed = webhook if command.kinds is None else replace(webhook, kinds=command.kinds)
        if command.url is not None and command.url != webhook.url:
            # What another address did not take says nothing of this one.
            changed = replace(changed, url=command.url, failures=0)
        unit.record("update_webhook", webhook.key)
        await unit.put(changed)
        return {"id": webhook.id}

    return await unit_of_work.run(update, actor=actor, idempotency_key=idempotency_key)


async def enable_webhook(
    unit_of_work: UnitOfWork, command: EnableWebhook, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the record, which hears of what happens from now on.

    Raises:
        ForbiddenError: the caller has no membership.
        NodeNotFoundError: no such webhook of the caller's; another's looks alike.
    """

    async def enable(unit: Unit) -> dict[str, str]:
        webhook = await _own(unit, command.webhook)
        unit.record("enable_webhook", webhook.key)
        await unit.put(replace(webhook, disabled_at=None, failures=0))
        return {"id": webhook.id}

    return await unit_of_work.run(enable, actor=actor, idempotency_key=idempotency_key)


async def remove_webhook(
    unit_of_work: UnitOfWork, command: RemoveWebhook, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the record that is gone. What waited for it goes when it is due.

    Raises:
        ForbiddenError: the caller has no membership.
        NodeNotFoundError: no such webhook of the caller's; another's looks alike.
    """

    async def remove(unit: Unit) -> dict[str, str]:
        webhook = await _own(unit, command.webhook)
        unit.record("remove_webhook", webhook.key)
        await unit.delete(webhook.key)
        return {"id": webhook.id}

    return await unit_of_work.run(remove, actor=actor, idempotency_key=idempotency_key)


async def ping_webhook(
    unit_of_work: UnitOfWork, command: PingWebhook, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the webhook and the id of the `event` that is sent to it: one that waits already, or a new one.

    Raises:
        ForbiddenError: the caller has no membership.
        NodeNotFoundError: no such webhook of the caller's; another's looks alike.
    """

    async def ping(unit: Unit) -> dict[str, str]:
        webhook = await _own(unit, command.webhook)
        waiting = await unit.query("ping_waiting", webhook=webhook.id)
        if waiting:
            return {"id": webhook.id, "event": str(waiting[0][0])}
        event = str(uuid7())
        await unit.keep(
            Delivery(
                id=str(uuid7()),
                webhook=webhook.id,
                news=event,
                kind=NewsKind.PING,
                entity=str(webhook.key),
                at=unit.now,
                due_at=unit.now,
            )
        )
        return {"id": webhook.id, "event": event}

    return await unit_of_work.run(ping, actor=actor, idempotency_key=idempotency_key)


async def webhooks_of(store: GraphStore, actor: str) -> list[KeptWebhook]:
    """Somebody's webhooks, the oldest first; at most MAX_WEBHOOKS."""
    records = await store.query("webhooks_of", {"actor": actor, "limit": MAX_WEBHOOKS})
    return [
        KeptWebhook(key, url, tuple(map(NewsKind, kinds or ())), failures or 0, disabled_at, created_at)
        for key, url, kinds, failures, disabled_at, created_at in records
    ]


async def _own(unit: Unit, webhook: str) -> Webhook:
    """The caller's webhook, locked."""
    unit.require(policy.may_take_part)
    person = await oneself(unit)
    key = NodeKey(Webhook.__name__, webhook)
    await unit.lock(key)
    found = await unit.get(Webhook, webhook)
    if found is None or found.actor != person.id:
        raise NodeNotFoundError(f"no {key}")
    return found


def _check(url: str, terms: Terms) -> None:
    try:
        destination(url, is_development=terms.is_development)
    except UnsafeAddressError as error:
        raise InvalidInputError(f"url: {error}", field="url") from error


def _opened(answer: dict[str, str], terms: Terms) -> dict[str, str | None]:
    return {"id": answer["id"], "secret": terms.secrets.open(answer["sealed"], answer["id"])}
