"""Addresses by which programs of somebody fetch a list: made, shown once, revoked."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from auth import policy
from auth.sealing import BrokenSealError, Sealer
from auth.sessions import hashed
from graph.actors import Actor
from graph.commands.oneself import oneself
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.model import NodeKey
from graph.personal import FeedToken
from graph.port import GraphStore
from graph.values import Instant, instant
from graph.vocabulary import FeedForm
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

MAX_ADDRESSES: Final = 30
"""Of one person: who needs more, fetches from the API."""
DAYS: Final = 365
"""SECURITY §3a: an address that nobody remembers ends by itself."""
_NAME: Final = "secret"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every feed address of this service.

    Attributes:
        sealer: Keeps the secret for the repetitions of the change that made it, and for nothing else.
        page: The address of a list as its page says it, without what shows nothing in this form.
            Raises InvalidInputError: no list, or none that has this form.
        address: Where the secret shows the list, in full.
    """

    sealer: Sealer
    page: Callable[[FeedForm, str], str]
    address: Callable[[str, FeedForm, str], str]


@dataclass(frozen=True, kw_only=True)
class CreateFeedAddress:
    """`page`: path and query of a page of lists."""

    name: str
    form: FeedForm
    page: str


@dataclass(frozen=True, kw_only=True)
class RevokeFeedAddress:
    feed_address: str


@dataclass(frozen=True, slots=True)
class KeptAddress:
    """A feed address as its person sees it. `used_on`: last day in UTC; None: not so far."""

    id: str
    name: str
    form: FeedForm
    page: str
    created_at: Instant
    expires_at: Instant
    used_on: str | None


async def create_feed_address(
    unit_of_work: UnitOfWork,
    command: CreateFeedAddress,
    *,
    actor: Actor,
    terms: Terms,
    idempotency_key: str | None = None,
) -> dict[str, str | None]:
    """The `id` of the new record and its `url`, which nothing else ever tells; None where the keys of that time are gone.

    Raises:
        ForbiddenError: the caller has no membership.
        InvalidInputError: no list of ours, or too many addresses already.
    """
    page = terms.page(command.form, command.page)

    async def create(unit: Unit) -> dict[str, str]:
        unit.require(policy.may_take_part)
        person = await oneself(unit)
        if len(await unit.query("feed_tokens_of", actor=person.id, limit=MAX_ADDRESSES)) >= MAX_ADDRESSES:
            raise InvalidInputError(f"there are {MAX_ADDRESSES} feed addresses already: revoke one first")
        secret = secrets.token_urlsafe(32)
        token = FeedToken(
            id=hashed(secret),
            actor=person.id,
            name=command.name,
            form=command.form,
            page=page,
            expires_at=instant(datetime.fromisoformat(unit.now) + timedelta(days=DAYS)),
        )
        # The trail says that there is one; what somebody searches for goes with the address and stays in no other record.
        unit.conceal()
        unit.record("create_feed_address", token.key)
        await unit.put(token)
        return {"id": token.id, "sealed": terms.sealer.seal({_NAME: secret}, purpose=_purpose(token.id))}

    made = await unit_of_work.run(create, actor=actor, idempotency_key=idempotency_key)
    try:
        secret = terms.sealer.unseal(made["sealed"], purpose=_purpose(made["id"]))[_NAME]
    except BrokenSealError:
        return {"id": made["id"], "url": None}
    return {"id": made["id"], "url": terms.address(secret, command.form, page)}


async def revoke_feed_address(
    unit_of_work: UnitOfWork, command: RevokeFeedAddress, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the record that is gone, and with it the list behind the address.

    Raises:
        ForbiddenError: the caller is nobody.
        NodeNotFoundError: no such address of the caller's; another's looks alike.
    """

    async def revoke(unit: Unit) -> dict[str, str]:
        # Without a membership, too: what shows nothing for now may show something again.
        person = await oneself(unit)
        key = NodeKey(FeedToken.__name__, command.feed_address)
        await unit.lock(key)
        found = await unit.get(FeedToken, command.feed_address)
        if found is None or found.actor != person.id:
            raise NodeNotFoundError(f"no {key}")
        unit.conceal()
        unit.record("revoke_feed_address", key)
        await unit.delete(key)
        return {"id": command.feed_address}

    return await unit_of_work.run(revoke, actor=actor, idempotency_key=idempotency_key)


async def addresses_of(store: GraphStore, actor: str) -> list[KeptAddress]:
    """Somebody's feed addresses, the latest first; at most MAX_ADDRESSES."""
    records = await store.query("feed_tokens_of", {"actor": actor, "limit": MAX_ADDRESSES})
    return [
        KeptAddress(key, name, FeedForm(form), page, created_at, expires_at, used_on)
        for key, name, form, page, created_at, expires_at, used_on in records
    ]


def _purpose(token: str) -> str:
    return f"feed address {token}"
