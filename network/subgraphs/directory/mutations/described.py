"""Descriptions and inputs that several mutations share."""

from typing import Final

import strawberry

from graph import values
from graph.values import PartialDate
from network.execution import Checks

EXPECTED_VERSION: Final = (
    "The `version` that the caller has seen: with another one stored nothing happens, and the answer is a `Conflict`."
)
CHANGED_ONLY: Final = "What is left out stays as it is, null clears, a list replaces the stored one."


@strawberry.input(description="Where a statement comes from.")
class SourceInput:
    publisher: str = strawberry.field(description="Who published it, or said so.")
    url: str | None = strawberry.field(default=None, description="Where it can be read.")
    published: PartialDate | None = strawberry.field(default=None, description="When it was published.")

    def read(self, check: Checks) -> values.Source:
        return values.Source(
            publisher=check.line("publisher", self.publisher),
            url=None if self.url is None else check.url("url", self.url),
            published=self.published,
        )
