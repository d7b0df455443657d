"""Mutations of webhooks: addresses of people's own systems that hear of news."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import strawberry

from auth.outgoing import MAX_LENGTH
from graph import vocabulary as stored
from graph.commands.webhooks import (
    MAX_WEBHOOKS,
    EnableWebhook,
    PingWebhook,
    RegisterWebhook,
    RemoveWebhook,
    RotateWebhookSecret,
    UpdateWebhook,
    enable_webhook,
    ping_webhook,
    register_webhook,
    remove_webhook,
    rotate_webhook_secret,
    update_webhook,
)
from graph.telling.webhooks import OFFERED
from network.execution import Checks, OnTerms, Told, client_mutation_id, mutation
from network.subgraphs.given import member
from network.subgraphs.projects.mutations.shown import VIEWER
from network.subgraphs.vocabulary import NewsKind
from network.subgraphs.which import which

_MEMBERS: Final = "members of the network"
_URL: Final = "https, at port 443 or from 1024 on, somewhere on the internet; in development also on this machine."
_KINDS: Final = "What it hears of; empty: everything. PING and WEBHOOK_DISABLED are nothing to ask for."
_ID: Final = "Its id, as `viewer { webhooks }` shows it."
_WEBHOOK: Final = Told("webhook", strawberry.ID, "Id of the webhook.", member="id")
_SECRET: Final = Told(
    "secret",
    str,
    "What signs events from now on, `whsec_` and 256 random bits in base64. It is told here and nowhere else; the same "
    "change sent again under its `clientMutationId` tells it once more, for as long as that is remembered.",
    member="secret",
)


@strawberry.input(description="Where events are to be sent.")
class RegisterWebhookInput:
    url: str = strawberry.field(description=_URL)
    kinds: list[NewsKind] = strawberry.field(default_factory=list, description=_KINDS)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> RegisterWebhook:
        return RegisterWebhook(url=check.line("url", self.url, most=MAX_LENGTH), kinds=_kinds(check, self.kinds))


@strawberry.input(description="What changes of a webhook; what is left out stays as it is.")
class UpdateWebhookInput:
    webhook: strawberry.ID = strawberry.field(description=_ID)
    url: str | None = strawberry.field(default=None, description=_URL)
    kinds: list[NewsKind] | None = strawberry.field(default=None, description=_KINDS)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> UpdateWebhook:
        return UpdateWebhook(
            webhook=check.line("webhook", self.webhook, most=100),
            url=None if self.url is None else check.line("url", self.url, most=MAX_LENGTH),
            kinds=None if self.kinds is None else _kinds(check, self.kinds),
        )


@strawberry.input(description="Which webhook gets a new secret.")
class RotateWebhookSecretInput:
    webhook: strawberry.ID = strawberry.field(description=_ID)
    ends_old_at_once: bool = strawberry.field(
        default=False,
        description="Whether the old secret signs nothing any more, because others know it; by default it signs beside the "
        "new one for 24 hours.",
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> RotateWebhookSecret:
        return RotateWebhookSecret(
            webhook=check.line("webhook", self.webhook, most=100), ends_old_at_once=self.ends_old_at_once
        )


_which_webhook = partial(which, field="webhook", told=_ID)
EnableWebhookInput = _which_webhook(EnableWebhook, "Which webhook is used again.")
RemoveWebhookInput = _which_webhook(RemoveWebhook, "Which webhook goes.")
TestWebhookInput = _which_webhook(PingWebhook, "Which webhook is tested.", name="TestWebhookInput")

_on_terms = partial(OnTerms, terms=lambda context: context.webhooks, what="webhooks")


@strawberry.type
class OfWebhooks:
    register_webhook = mutation(
        "RegisterWebhook",
        RegisterWebhookInput,
        _on_terms(register_webhook),
        [_WEBHOOK, _SECRET, VIEWER],
        f"Registers an address that is sent an event for all news that the caller may read; {MAX_WEBHOOKS} at most.",
        whom=_MEMBERS,
    )
    update_webhook = mutation(
        "UpdateWebhook",
        UpdateWebhookInput,
        _on_terms(update_webhook),
        [_WEBHOOK, VIEWER],
        "Changes where one of the caller's webhooks is, or what it hears of. Its secret stays.",
        whom=_MEMBERS,
    )
    rotate_webhook_secret = mutation(
        "RotateWebhookSecret",
        RotateWebhookSecretInput,
        _on_terms(rotate_webhook_secret),
        [_WEBHOOK, _SECRET, VIEWER],
        "Gives one of the caller's webhooks a new secret.",
        whom=_MEMBERS,
    )
    enable_webhook = mutation(
        "EnableWebhook",
        EnableWebhookInput,
        enable_webhook,
        [_WEBHOOK, VIEWER],
        "One of the caller's webhooks that was disabled hears of news again, of those that happen from now on.",
        whom=_MEMBERS,
    )
    remove_webhook = mutation(
        "RemoveWebhook",
        RemoveWebhookInput,
        remove_webhook,
        [_WEBHOOK, VIEWER],
        "Removes one of the caller's webhooks, and what waits for it.",
        whom=_MEMBERS,
    )
    test_webhook = mutation(
        "TestWebhook",
        TestWebhookInput,
        ping_webhook,
        [_WEBHOOK, Told("event", strawberry.ID, "Id of the event.", member="event"), VIEWER],
        "Sends a PING to one of the caller's webhooks, once, also to a disabled one; `lastDeliveries` tells what came of it.",
        whom=_MEMBERS,
    )


def _kinds(check: Checks, given: Sequence[NewsKind]) -> tuple[stored.NewsKind, ...]:
    kinds = tuple(dict.fromkeys(member(stored.NewsKind, kind) for kind in given[: len(stored.NewsKind)]))
    if any(kind not in OFFERED for kind in kinds):
        check.refuse("kinds", "PING and WEBHOOK_DISABLED cannot be asked for")
    return kinds
