"""Fields that write: an input becomes a command, its handler runs once per `clientMutationId`, the result is a union.

    withdraw_project = mutation(
        "WithdrawProject", WithdrawProjectInput, withdraw_project, [PROJECT], "Takes a project back."
    )

The success names nodes only; the engine reads what is selected of them after the commit and as the caller, so that a
mutation shows nothing that a query would not.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, make_dataclass
from enum import Enum
from functools import partial, reduce
from operator import or_
from typing import Annotated, Any, Final, Protocol, TypeVar, cast

import strawberry
from strawberry.federation.schema_directives import Cost

from auth.errors import AuthError, NotGrantedError
from auth.principal import Anonymous
from graph.actors import Actor
from graph.errors import GraphError, InvalidInputError, OutcomeUnknownError
from graph.identifiers import uuid7
from graph.model import NodeKey
from graph.writing.unit_of_work import MAX_KEY_LENGTH, Json, Unit, UnitOfWork
from network.context import Context
from network.execution.fields import attribute, computed, reference, value
from network.execution.inputs import Checks
from network.execution.names import camel_case
from network.execution.problems import PROBLEMS, Forbidden, InputProblem, InvalidInputsError, problem_of
from network.execution.reads import WRITTEN_UNDER
from network.rates import Kind

WEIGHT: Final = 10
"""Cost of a mutation beside what its result selects (IBM cost specification §3: 10)."""
_COMMIT_S: Final = 1.0
"""Of the time that is left, what the transaction leaves to its commit: so that who is late knows whether it was written."""
_ANSWER_S: Final = 0.25
"""What is kept for the answer."""

_ASIDE: Final = frozenset({"client_mutation_id", "expected_version"})

T = TypeVar("T", bound=Json)
Answer = Mapping[str, Any]


class Input(Protocol):
    """An input object that knows the command it asks for."""

    client_mutation_id: str | None

    def command(self, check: Checks) -> Any:
        """The command; what cannot be meant is noted in `check`, and the command then not used."""
        ...


class Handler(Protocol):
    """A handler of `graph.commands`."""

    def __call__(
        self, unit_of_work: UnitOfWork, command: Any, *, actor: Actor, idempotency_key: str | None
    ) -> Awaitable[Answer]: ...


@dataclass(frozen=True, slots=True)
class OnTerms:
    """A handler that also takes `terms`, which only some processes have.

    Attributes:
        terms: None where the process has none: then `what`, a plural, is refused.
    """

    runs: Callable[..., Awaitable[Answer]]
    terms: Callable[[Context], object | None]
    what: str

    def handler(self, context: Context) -> Handler:
        terms = self.terms(context)
        if terms is None:
            raise InvalidInputError(f"{self.what} are not offered here")
        return partial(self.runs, terms=terms)


@dataclass(frozen=True, slots=True)
class Shown:
    """A node that a success shows: null where the caller may not read it (any more).

    Attributes:
        label: None where the node may be of several kinds.
        member: Of the handler's answer, which holds the node's key there; its global id where there is no label.
    """

    field: str
    type: Any
    label: str | None
    description: str
    member: str = "id"


@dataclass(frozen=True, slots=True)
class Told:
    """A plain value that a success tells, null where there is none; of an enum its name.

    Attributes:
        member: Of the handler's answer.
    """

    field: str
    type: Any
    description: str
    member: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A field of a success that is worked out after the commit, and only where it is selected: a `computed` one.

    Its resolver gets the success as its parent. A failure of it is an error beside what was written.
    """

    field: str
    declared: Any


Member = Shown | Told | Offered


def client_mutation_id() -> Any:
    """The field of that name of an input."""
    return strawberry.field(
        default=None,
        description=(
            "A name of the caller's choice for this one change, up to 200 characters. Sent again by the same caller, within "
            "a day at least, it answers what the first one did and writes nothing."
        ),
    )


def mutation(
    name: str,
    takes: type[Input],
    runs: Handler | OnTerms,
    shows: Sequence[Member],
    description: str,
    *,
    whom: str = "",
    for_everybody: Kind | None = None,
) -> Any:
    """The field of `name` with a small first letter.

    Args:
        name: Begins the names of the types of its success and result.
        shows: What the success holds beside `clientMutationId`.
        whom: Whom policy lets do it, as in `members of that house`: the description ends with it, and whoever
            is refused reads it.
        for_everybody: The one exception from signing in: who does not say who they are may do it, too, at this rate.
    """
    field_name = name[0].lower() + name[1:]
    refusal = f"Not for this caller, only for {whom}."
    success, success_type = _success(name, field_name, shows)
    result = _union(f"{name}Result", success_type, f"What came of `{field_name}`.")

    async def resolve(info: strawberry.Info[Context, None], given: Input) -> Any:
        context = info.context
        is_anonymous = isinstance(context.caller, Anonymous)
        if is_anonymous and for_everybody is None:
            # Before anything is read: all who do not say who they are would share one set of idempotency keys.
            return Forbidden("Sign in: only members of a house of the network may do this.")
        key = given.client_mutation_id or str(uuid7())
        try:
            kept_under = _key_of_nobody(context, name, given, key) if is_anonymous else key
            answer = await _perform(context, name, given, runs, kept_under, rate=for_everybody)
        except (AuthError, GraphError) as error:
            problem = problem_of(error, lambda field: _place_of(given, field))
            if problem is None:
                raise
            return Forbidden(refusal) if whom and isinstance(error, NotGrantedError) else problem
        context.on_commit()
        found = (_member(shown, answer) for shown in shows if not isinstance(shown, Offered))
        return success(key, given.client_mutation_id, *found)

    resolve.__annotations__ = {
        "info": strawberry.Info,
        "given": Annotated[takes, strawberry.argument(name="input", description="What is to change.")],
        "return": Any,
    }
    described = f"{description} For {whom}." if whom else description
    return computed(result, described, name=field_name, directives=[Cost(weight=WEIGHT)])(resolve)


def _union(name: str, success: type, description: str) -> Any:
    """The result, nullable: an error of one mutation must not take the answers of those before it away."""
    return Annotated[reduce(or_, (success, *PROBLEMS)), strawberry.union(name, description=description)] | None


def _place_of(given: Any, name: str) -> tuple[tuple[str, ...], object]:
    """The path to the field called `name` of an input, and what it holds.

    A field that was left out may be what is wrong: what is stored does not go with the rest. Its path is where it belongs.
    """
    place = _place(given, name, is_there=True) or _place(given, name, is_there=False)
    return place or ((camel_case(name),), None)


def _place(given: Any, name: str, *, is_there: bool) -> tuple[tuple[str, ...], object] | None:
    """The path to the field called `name` of an input or of an object inside it, the nearest first, and what it holds.

    None where there is none.
    """
    inside = {member.name: getattr(given, member.name) for member in fields(given)}
    if name in inside and (inside[name] is not strawberry.UNSET or not is_there):
        return (camel_case(name),), None if inside[name] is strawberry.UNSET else inside[name]
    for outer, found in inside.items():
        place = _place(found, name, is_there=is_there) if is_dataclass(found) else None
        if place is not None:
            path, value_there = place
            return (camel_case(outer), *path), value_there
    return None


def _member(shown: Shown | Told, answer: Answer) -> Any:
    found = answer.get(shown.member)
    if found is None or isinstance(shown, Told):
        return found
    return NodeKey(shown.label, str(found)) if shown.label else NodeKey(*str(found).split(":", 1))


def _key_of_nobody(context: Context, name: str, given: Input, key: str) -> str:
    """An idempotency key that nobody else can hit: made of where the request comes from and of every value in it.

    Whoever repeats all of it, at the same address, learns what was answered the first time, and nothing else.
    """
    address = context.allowance.address or ""
    return hashlib.sha256(json.dumps([key, address, _fingerprint(name, given)]).encode()).hexdigest()


def _success(name: str, field_name: str, shows: Sequence[Member]) -> tuple[Callable[..., Any], type]:
    """The class of the values and the GraphQL type that shows them."""
    type_name = f"{name}Success"
    members: list[Any] = [
        (WRITTEN_UNDER, str),
        ("client_mutation_id", object),
        *((shown.field, object) for shown in shows if not isinstance(shown, Offered)),
    ]
    made = make_dataclass(type_name, members, frozen=True, slots=True)
    declared: dict[str, Any] = {"client_mutation_id": attribute("As it was given.")}
    annotations: dict[str, Any] = {"client_mutation_id": str | None}
    for shown in shows:
        match shown:
            case Offered(field=field, declared=offered):
                declared[field] = offered
            case Shown(field=field, description=description, type=type_):
                declared[field], annotations[field] = reference(description), type_ | None
            case Told(field=field, description=description, type=type_):
                declared[field], annotations[field] = attribute(description), type_ | None
    shape = type(type_name, (), {**declared, "__annotations__": annotations, "__module__": __name__})
    return made, value(made, description=f"`{field_name}` was carried out.")(shape)


async def _perform(
    context: Context, name: str, given: Input, runs: Handler | OnTerms, key: str, *, rate: Kind | None
) -> Answer:
    """The handler's answer, of this run or of the first one under the same `key`; what can be meant counts for `rate`."""
    check = Checks()
    if given.client_mutation_id is not None:
        check.line("clientMutationId", given.client_mutation_id, most=MAX_KEY_LENGTH)
    command = given.command(check)
    check.finish()
    if rate is not None:
        context.take(rate)
    handler = runs.handler(context) if isinstance(runs, OnTerms) else runs
    left_s = context.remaining_s(most=30.0)
    once = _Once(context.unit_of_work, _fingerprint(name, given), timeout_s=max(left_s - _COMMIT_S, left_s / 2))
    try:
        async with asyncio.timeout(max(left_s - _ANSWER_S, left_s / 2)):
            return await handler(once, command, actor=context.caller, idempotency_key=key)
    except TimeoutError as error:
        raise OutcomeUnknownError("the time for this request is over", idempotency_key=key) from error


class _Once(UnitOfWork):
    """Records with each answer what was asked, so that a `clientMutationId` never answers for another change."""

    def __init__(self, inner: UnitOfWork, asked: str, *, timeout_s: float) -> None:
        super().__init__(inner.store)
        self._inner = inner
        self._asked = asked
        self._timeout_s = timeout_s

    async def run(
        self,
        function: Callable[[Unit], Awaitable[T]],
        *,
        actor: Actor,
        idempotency_key: str | None = None,
        timeout_s: float = 30.0,
    ) -> T:
        async def wrapped(unit: Unit) -> dict[str, Json]:
            return {"asked": self._asked, "answer": await function(unit)}

        found: Any = await self._inner.run(
            wrapped, actor=actor, idempotency_key=idempotency_key, timeout_s=min(timeout_s, self._timeout_s)
        )
        if not isinstance(found, dict) or found.get("asked") != self._asked:
            message = "expected a new one: another change was made under it"
            raise InvalidInputsError([InputProblem(("input", "clientMutationId"), message)])
        return cast("T", found["answer"])


def _fingerprint(name: str, given: Input) -> str:
    """What tells one change from another: the mutation and every value that is not its default.

    Not the name of the change: whoever gave none repeats it under the one that an `OUTCOME_UNKNOWN` told. Nor the version
    that the caller has seen: it is a condition of the change, and another one after it.
    """
    values = {name: found for name, found in _plain(given).items() if name not in _ASIDE}
    text = json.dumps([name, values], default=_plain, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(given: object) -> Any:
    if isinstance(given, Enum):
        return given.value
    if is_dataclass(given):
        values = {member.name: (getattr(given, member.name), member.default) for member in fields(given)}
        return {name: found for name, (found, default) in values.items() if found is not default}
    raise InvalidInputError(f"no rule for {type(given).__name__}")
