"""Getting less mail: a token in each e-mail to a person that ends this kind of mail to her, and can do nothing else.

Signed, not stored: it works as long as the key does, however old the e-mail is (RFC 8058 §4 asks for that).
"""

import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from graph.model import NodeKey
from graph.personal import Actor
from graph.port import GraphStore
from graph.telling.people import people
from graph.vocabulary import Digest, LetterKind
from graph.writing.unit_of_work import Unit, UnitOfWork

_TOLD: Final = {LetterKind.TASK: "E-Mails zu Aufgaben", LetterKind.DIGEST: "Zusammenfassungen"}
_CODES: Final = {LetterKind.TASK: b"t", LetterKind.DIGEST: b"d"}
_SIGNED: Final = 17
"""Bytes that are signed: what for, and whose."""
_FORM: Final = re.compile(r"[A-Za-z0-9_-]{66}")
"""49 bytes in base64url."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One kind of mail to one person."""

    kind: LetterKind
    actor: str

    @property
    def told(self) -> str:
        """What it is, in German."""
        return _TOLD[self.kind]


class Subscriptions:
    """Makes and reads tokens.

    Args:
        keys: The operator's keys; the first signs, any is believed.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        # Of their own: what is signed here means nothing where the keys encrypt, and the reverse.
        self._keys = [hmac.digest(key.encode(), b"hubnetz unsubscribe", hashlib.sha256) for key in keys]

    def token(self, subscription: Subscription) -> str:
        signed = _CODES[subscription.kind] + uuid.UUID(subscription.actor).bytes
        mac = hmac.digest(self._keys[0], signed, hashlib.sha256)
        return base64.urlsafe_b64encode(signed + mac).rstrip(b"=").decode()

    def read(self, token: str) -> Subscription | None:
        """What `token` ends; None where it is none of ours."""
        if not _FORM.fullmatch(token):
            return None
        content = base64.urlsafe_b64decode(token + "==")
        signed, mac = content[:_SIGNED], content[_SIGNED:]
        if not any(hmac.compare_digest(hmac.digest(key, signed, hashlib.sha256), mac) for key in self._keys):
            return None
        kind = next((kind for kind, code in _CODES.items() if code == signed[:1]), None)
        return None if kind is None else Subscription(kind, str(uuid.UUID(bytes=signed[1:])))

    async def end(self, store: GraphStore, subscription: Subscription) -> None:
        """Ends it, in the person's own name; of somebody who is gone there is nothing to end."""
        person = (await people(store, {subscription.actor})).get(subscription.actor)
        if person is None:
            return

        async def end(unit: Unit) -> None:
            await unit.lock(NodeKey(Actor.__name__, subscription.actor))
            found = await unit.get(Actor, subscription.actor)
            if found is not None:
                is_task = subscription.kind is LetterKind.TASK
                unit.record("unsubscribe", found.key)
                await unit.put(replace(found, gets_task_mail=False) if is_task else replace(found, digest=Digest.NEVER))

        await UnitOfWork(store).run(end, actor=person.caller)
