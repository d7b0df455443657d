"""The secret of a webhook: made once, shown once, sealed for good."""

import base64
import secrets
from dataclasses import dataclass
from typing import Final

from auth.sealing import BrokenSealError, Sealer
from graph.personal import Webhook
from graph.values import Instant

PREFIX: Final = "whsec_"
"""Standard Webhooks: tells people and scanners what leaked."""

_BYTES: Final = 32
_NAME: Final = "secret"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Opens and seals secrets of webhooks, each for its own webhook only."""

    sealer: Sealer

    def make(self, webhook: str) -> str:
        """A new secret, sealed."""
        secret = PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()
        return self.sealer.seal({_NAME: secret}, purpose=_purpose(webhook))

    def open(self, sealed: str, webhook: str) -> str | None:
        """The secret; None where its key is gone."""
        try:
            return self.sealer.unseal(sealed, purpose=_purpose(webhook))[_NAME]
        except BrokenSealError:
            return None

    def in_force(self, webhook: Webhook, now: Instant) -> list[str]:
        """The secrets that sign at this moment, the newest first; none where their keys are gone."""
        kept = [webhook.sealed]
        if webhook.sealed_before is not None and (webhook.overlaps_until or "") > now:
            kept.append(webhook.sealed_before)
        return [secret for sealed in kept if (secret := self.open(sealed, webhook.id)) is not None]


def _purpose(webhook: str) -> str:
    return f"webhook {webhook}"
