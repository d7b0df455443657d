"""Secrets and signatures of webhooks, as Standard Webhooks 1.0 has them: receivers find ready libraries for it."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import orjson

from graph.personal import Delivery
from graph.telling.webhook_secrets import PREFIX
from graph.values import Instant
from graph.vocabulary import NewsKind

USER_AGENT: Final = "Hubnetz-Webhook/1"


def body_of(delivery: Delivery) -> bytes:
    """The event: thin, and the same at every attempt. What an entry says the receiver asks, as somebody who may read it."""
    entity = None if delivery.kind is NewsKind.PING else delivery.entity
    return orjson.dumps({"id": delivery.news, "kind": delivery.kind.value, "entity": entity, "at": delivery.at})


def signed(body: bytes, *, event: str, now: Instant, secrets: Iterable[str]) -> Mapping[str, str]:
    """The headers of one attempt, with a signature by each of `secrets`."""
    timestamp = str(int(datetime.fromisoformat(now).timestamp()))
    content = f"{event}.{timestamp}.".encode() + body
    return {
        "webhook-id": event,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(secret, content)}" for secret in secrets),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
