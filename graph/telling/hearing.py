"""What a rule of `graph.telling.hearers` answers."""

import uuid
from dataclasses import dataclass
from typing import Final

from graph.vocabulary import NewsKind

_NAMESPACE: Final = uuid.UUID("9c1f9a52-3f0b-5d0e-8a44-5f5a0f6f9b11")
"""Changing it would tell what was told once more, where a process dies while it is changed."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Somebody who is to hear of a piece of news, if it is for these eyes."""

    actor_id: str
    """Id of an `Actor`."""
    reason: str
    """Why, in German, as the inbox shows it."""
    kind: NewsKind | None = None
    """As what they are told of it, where it means something else to them: something was published, and fits their need."""


def told_id(label: str, cause: str, recipient: str) -> str:
    """The id of what tells `recipient` of `cause`: the same whenever it is made, so that nothing is there twice.

    Args:
        label: Of the record, e.g. `Notification`.
        cause: Id of the news.
        recipient: Id of the actor or the webhook.
    """
    return str(uuid.uuid5(_NAMESPACE, f"{label} {cause} {recipient}"))
