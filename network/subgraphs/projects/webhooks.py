"""The caller's webhooks and what was sent to them: fields of `Viewer`."""

import asyncio
from dataclasses import dataclass
from typing import Any

import strawberry

from graph.commands.webhooks import MAX_WEBHOOKS, KeptWebhook, webhooks_of
from graph.model import NodeKey
from graph.telling import deliveries
from graph.telling.deliveries import GIVE_UP, KEPT_DAYS, MAX_SHOWN, MOST_FAILURES
from graph.values import Instant
from network.context import Context
from network.execution import attribute, computed, reference, value
from network.execution.fields import at_most
from network.subgraphs.projects.inbox import SUBJECTS, NewsSubject, actor_of, selects
from network.subgraphs.vocabulary import NewsKind

Info = strawberry.Info[Context, None]


@dataclass(frozen=True, slots=True)
class Sent:
    event: str
    kind: str
    subject: NodeKey | None
    at: Instant
    attempts: int
    answer: str | None
    delivered_at: Instant | None
    failed_at: Instant | None
    next_attempt_at: Instant | None


@dataclass(frozen=True, slots=True)
class Registered:
    id: str
    url: str
    kinds: tuple[str, ...]
    failures: int
    disabled_at: Instant | None
    created_at: Instant
    last_deliveries: tuple[Sent, ...]


@value(Sent, description="An event that was sent to a webhook, or waits for it.")
class WebhookDelivery:
    event: strawberry.ID = attribute(
        "Its id, as the header `webhook-id` and the body tell it: the same at every attempt."
    )
    kind: NewsKind = attribute("What happened.")
    subject: NewsSubject | None = reference(
        "What it is about; null for a ping, and where the caller may not read it (any more)."
    )
    at: Instant = attribute("When it happened.")
    attempts: int = attribute("How often it was tried.")
    answer: str | None = attribute(
        "What the last attempt met: an HTTP status, or `no answer in time`, `no connection`, `no answer`, `name not found`, "
        "`address refused`, `certificate refused`, `not signed`, `internal error`; null before it."
    )
    delivered_at: Instant | None = attribute("When a receiver took it; null: not so far.")
    failed_at: Instant | None = attribute("When it was given up; null: it was not.")
    next_attempt_at: Instant | None = attribute("When it is tried next; null where it is not.")


@value(Registered, description="An address of the caller's own system that hears of news.")
class Webhook:
    id: strawberry.ID = attribute("To change or remove it.")
    url: str = attribute("Where events are sent.")
    kinds: list[NewsKind] = attribute("What it hears of; empty: everything.")
    failures: int = attribute(
        f"Events in a row that were given up, each after {GIVE_UP.days} days of attempts; {MOST_FAILURES} disable it."
    )
    disabled_at: Instant | None = attribute("Since when it hears nothing; null: it is in use.")
    created_at: Instant = attribute("When it was registered.")
    last_deliveries: list[WebhookDelivery] = attribute(
        f"The last {MAX_SHOWN} events, the latest first. They are kept for {KEPT_DAYS} days.",
        directives=[at_most(MAX_SHOWN)],
    )


async def _webhooks(info: Info) -> list[Registered]:
    store = info.context.store
    found = await webhooks_of(store, actor_of(info.context))
    if not selects(info, "lastDeliveries"):
        return [_registered(webhook, ()) for webhook in found]
    sent = await asyncio.gather(*(deliveries.of_webhook(store, webhook.id) for webhook in found))
    return [_registered(webhook, tuple(map(_sent, ones))) for webhook, ones in zip(found, sent, strict=True)]


def webhooks_field() -> Any:
    """For a type that stands for the caller."""
    return computed(
        list[Webhook],
        f"The caller's webhooks, the oldest first; at most {MAX_WEBHOOKS}.",
        directives=[at_most(MAX_WEBHOOKS)],
    )(_webhooks)


def _registered(webhook: KeptWebhook, sent: tuple[Sent, ...]) -> Registered:
    kinds = tuple(kind.value for kind in webhook.kinds)
    return Registered(webhook.id, webhook.url, kinds, webhook.failures, webhook.disabled_at, webhook.created_at, sent)


def _sent(shown: deliveries.Shown) -> Sent:
    label, _, key = shown.entity.partition(":")
    is_over = shown.delivered_at is not None or shown.failed_at is not None
    return Sent(
        event=shown.event,
        kind=shown.kind.value,
        subject=NodeKey(label, key) if label in SUBJECTS else None,
        at=shown.at,
        attempts=shown.attempts,
        answer=shown.answer,
        delivered_at=shown.delivered_at,
        failed_at=shown.failed_at,
        next_attempt_at=None if is_over else shown.due_at,
    )
