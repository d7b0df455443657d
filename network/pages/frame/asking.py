"""What pages ask of our own API: operations kept as files, run in process for whoever looks at the page.

A page knows nothing that its reader could not ask for: permissions, limits and rates are those of `/graphql`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request

from auth.principal import Membership
from graph.reading.field_usage import Client
from network.edge.request import allowance_of, caller_of, form_token_of, request_id_of
from network.errors import STATUS, AnsweredError, format_errors, format_exception
from network.limits import LimitExceededError
from network.operations.documents import Document
from network.operations.operation_files import operations as texts_of
from network.operations.running import Asker, Runner
from network.pages import operations
from network.pages.frame.house_names import HouseNames
from network.pages.operations.declared import FOLDER, Question
from network.rates import Kind, RateLimitedError

CLIENT: Final = Client("hubnetz-pages", "")
RETRY_S: Final = 30
"""Seconds after which whoever met a part that is away may ask again."""


class AskingError(AnsweredError):
    """What a page cannot do without was not answered; `code` is one of `network.errors.CODES`."""

    def __init__(self, code: str, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = code in ("UNAVAILABLE", "RATE_LIMITED")
        self.status = STATUS.get(code, 500)
        self.retry_after_s = RETRY_S if retry_after_s is None and code == "UNAVAILABLE" else retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}

    @classmethod
    def of(cls, errors: Sequence[Mapping[str, Any]]) -> "AskingError":
        """The first of these errors of an answer."""
        if not errors:
            return cls("NOT_FOUND", "nothing is there")
        extensions = errors[0]["extensions"]
        return cls(extensions["code"], errors[0]["message"], retry_after_s=extensions.get("retryAfter"))


class OddAddressError(AskingError):
    """A parameter of the address cannot be meant: `said` tells people so, a text of the catalogue; the message tells programs."""

    def __init__(self, parameter: str, expected: str, *, said: str) -> None:
        super().__init__("BAD_USER_INPUT", f"{parameter}: expected {expected}")
        self.said = said


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` as GraphQL gave it; `errors` as outsiders read them."""

    data: Mapping[str, Any]
    errors: list[dict[str, Any]] = field(default_factory=list)

    def error(self, name: str) -> dict[str, Any] | None:
        """The first error at or below the root field `name`."""
        return next((error for error in self.errors if (error.get("path") or [name])[0] == name), None)

    def code(self, name: str) -> str | None:
        error = self.error(name)
        return None if error is None else str(error["extensions"]["code"])

    def need(self, name: str) -> Any:
        """The value of a root field that the page is about.

        Raises:
            AskingError: it is null: NOT_FOUND where nothing else is wrong.
        """
        value = self.data.get(name)
        if value is None:
            error = self.error(name)
            raise AskingError.of([] if error is None else [error])
        return value


class Asking:
    """The operations of the pages, read and validated once, when the service starts.

    Raises:
        InvalidDocumentError: an operation does not fit the schema or a limit.
    """

    def __init__(self, runner: Runner, folder: Path = FOLDER) -> None:
        self._runner = runner
        self.houses = HouseNames()
        self._documents: dict[str, Document] = {
            name: runner.documents.get(text) for name, text in texts_of(folder).items()
        }

    async def ask(self, request: Request, question: Question) -> Answer:
        """What is answered to whoever sent `request`.

        Raises:
            LimitExceededError, RateLimitedError: the whole page is refused.
        """
        scope = request.scope
        asker = Asker(
            caller=caller_of(scope), allowance=allowance_of(scope), request_id=request_id_of(scope), client=CLIENT
        )
        answer = await self.run(asker, question)
        if form_token_of(scope) is not None:
            await self.name_houses(request, asker.caller.memberships)
        return answer

    async def name_houses(self, request: Request, memberships: Iterable[Membership]) -> None:
        """Looks up what the houses of `memberships` are called where that is not known: pages name them by it.

        Nothing fails for want of a name.
        """
        scope = request.scope
        unknown = self.houses.unknown(memberships)
        if not unknown:
            return
        asker = Asker(
            caller=caller_of(scope), allowance=allowance_of(scope), request_id=request_id_of(scope), client=CLIENT
        )
        try:
            answer = await self.run(asker, operations.names(ids=unknown))
        except (LimitExceededError, RateLimitedError):
            return
        if not answer.errors:
            self.houses.learn(unknown, answer.data["nodes"])

    async def run(self, asker: Asker, question: Question) -> Answer:
        """As `ask`, for an asker who is not who sent the request.

        Raises:
            LimitExceededError, RateLimitedError: all of it is refused.
        """
        try:
            asker.allowance.take(Kind.OPERATIONS, asker.caller)
            result = await self._runner.run(self._documents[question.operation], None, question.variables, asker)
        except (LimitExceededError, RateLimitedError) as error:
            self._runner.count([format_exception(error, request_id=asker.request_id)])
            raise
        errors = format_errors(result.errors or [], request_id=asker.request_id)
        self._runner.count(errors)
        return Answer(result.data or {}, errors)
