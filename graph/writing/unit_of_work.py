"""The only way to write: one function, one transaction, at most once."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar, Union, cast

from graph.actors import Actor, actor_id
from graph.errors import InvalidInputError, OutcomeUnknownError
from graph.identifiers import uuid7
from graph.port import GraphStore, Transaction
from graph.values import Instant, instant
from graph.writing.unit import Unit

__all__ = ["MAX_KEY_LENGTH", "Json", "Unit", "UnitOfWork"]

Json = Union[None, bool, int, float, str, Sequence["Json"], Mapping[str, "Json"]]  # noqa: UP007 - recursive
T = TypeVar("T", bound=Json)

MAX_KEY_LENGTH: Final = 200
"""Characters of an idempotency key; clients send them, and each is hashed once per unit."""


def _local_clock() -> Instant:
    return instant(datetime.now(UTC))


class UnitOfWork:
    """Runs units of work on a store.

    Args:
        clock: Gives the instant of each unit. Machines' clocks may differ: a node's `updated_at` never goes back.
    """

    def __init__(self, store: GraphStore, *, clock: Callable[[], Instant] = _local_clock) -> None:
        self.store = store
        self._clock = clock

    async def run(
        self,
        function: Callable[[Unit], Awaitable[T]],
        *,
        actor: Actor,
        idempotency_key: str | None = None,
        timeout_s: float = 30.0,
    ) -> T:
        """What `function` returns, after everything it did has been committed together with its bookkeeping.

        `function` may run more than once, each time with a fresh `Unit`: it has no effect outside of it. Whatever it
        raises passes through, and nothing of it is written.

        Args:
            actor: Who acts, for policy and for the audit trail.
            idempotency_key: 1..MAX_KEY_LENGTH characters chosen by the caller. Under one key and actor a unit commits
                at most once; later runs return the recorded answer without running `function`, whichever it is, for
                `graph.accounts.retention.IDEMPOTENCY_DAYS` days.
                Without one the unit makes a key, so that an unknown outcome can be settled, too.

        Returns:
            A JSON value, so that it can be recorded.

        Raises:
            OutcomeUnknownError: the connection broke while committing; the error carries the key to ask again with.
            InvalidInputError: no such key.
            TypeError: the answer is not JSON (a tuple is not); nothing was written.
            ConstraintError, StaleWriteError, ReadOnlyError, GraphUnavailableError: nothing was written.
        """
        if idempotency_key is not None and not 0 < len(idempotency_key) <= MAX_KEY_LENGTH:
            raise InvalidInputError(f"an idempotency key has 1 to {MAX_KEY_LENGTH} characters")
        key = idempotency_key or str(uuid7())
        record = record_id(actor, key)

        async def attempt(transaction: Transaction) -> T:
            if idempotency_key is not None:
                recorded = await _recorded_answer(transaction, record)
                if recorded is not None:
                    return cast("T", json.loads(recorded))
            unit = Unit(transaction, actor=actor, now=self._clock())
            answer = await function(unit)
            text = _json(answer)
            if idempotency_key is not None or unit.has_changes:
                await unit.close()
                row = {"id": record, "created_at": unit.now, "updated_at": unit.now, "at": unit.now, "answer": text}
                await transaction.put("Idempotency", [row])
            return answer

        try:
            return await self.store.transact(attempt, timeout_s=timeout_s)
        except OutcomeUnknownError as error:
            raise OutcomeUnknownError(str(error), idempotency_key=key) from error


def record_id(actor: Actor, key: str) -> str:
    """The id of the record of a unit: nobody reads the answer given to another caller who chose the same key."""
    return hashlib.sha256(f"{actor_id(actor)}\n{key}".encode()).hexdigest()


async def _recorded_answer(transaction: Transaction, record: str) -> str | None:
    # Reserved first: of two runs at the same time the second waits here, and then finds the first one's answer.
    if record not in await transaction.lock_all("Idempotency", [record], reserve=True):
        return None
    rows = await transaction.read("Idempotency", [record])
    answer: str = rows[record]["answer"]
    return answer


def _json(answer: Json) -> str:
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
    if json.loads(text) != answer:
        raise TypeError(f"the answer of a unit is JSON, got {type(answer).__name__}")
    return text
