"""Inputs about funding programmes."""

from collections.abc import Mapping
from typing import Final

import strawberry

from graph.commands.funding import FundingProgrammeChanges, SaveFundingProgramme
from graph.values import PartialDate
from network.execution import Checks, client_mutation_id
from network.subgraphs.directory.mutations.described import CHANGED_ONLY, EXPECTED_VERSION, SourceInput
from network.subgraphs.given import LISTS, Read, as_it_is, given, line, number, objects, read_given, text, url


@strawberry.input(name="FundingProgrammeChangesInput", description=f"What a programme is to say. {CHANGED_ONLY}")
class FundingProgrammeChangesInput:
    name: str | None = given("Name in German; needed for a new one, whose slug is made from it and never changes.")
    funder: str | None = given("Who gives the money.")
    eligibility: str | None = given("Who may apply, in German.")
    region: str | None = given("Where it applies.")
    quota: str | None = given("Share of the costs that is paid, as in `bis 80 %`.")
    amount_min: int | None = given("Smallest amount in euros.")
    amount_max: int | None = given("Largest amount in euros; no less than `amountMin`.")
    opens: PartialDate | None = given("From when applications are taken.")
    deadline: PartialDate | None = given("Until when applications are taken; not before `opens`.")
    url: str | None = given("Where the programme is described; needed unless `sources` say where this is known from.")
    sources: list[SourceInput] | None = given("Where this is known from.")


@strawberry.input(description="A new funding programme, or what a known one is to say.")
class SaveFundingProgrammeInput:
    programme: strawberry.ID | None = strawberry.field(
        default=None, description="Id of the programme, as in `FundingProgramme:regio`; left out, a new one is entered."
    )
    expected_version: int | None = strawberry.field(
        default=None, description=f"Needed to change one. {EXPECTED_VERSION}"
    )
    changes: FundingProgrammeChangesInput = strawberry.field(description="What it says.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> SaveFundingProgramme:
        key = None if self.programme is None else check.node("programme", self.programme, "FundingProgramme").value
        changes = read_given(self.changes, check.within("changes"), _READS, needed=("name",), empty={"sources": ()})
        return SaveFundingProgramme(
            programme=key, expected_version=self.expected_version, changes=FundingProgrammeChanges(**changes)
        )


_READS: Final[Mapping[str, Read]] = {
    "name": line,
    "funder": line,
    "eligibility": text,
    "region": line,
    "quota": line,
    "amount_min": number,
    "amount_max": number,
    "opens": as_it_is,
    "deadline": as_it_is,
    "url": url,
    "sources": objects(most=LISTS),
}
