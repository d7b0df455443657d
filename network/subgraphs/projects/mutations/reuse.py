"""Inputs of houses that adopt what others made, report on it, and of those that confirm it; of needs and offers."""

from enum import Enum
from typing import Final

import strawberry

from graph import vocabulary as stored
from graph.commands.adoptions import (
    ConfirmAdoption,
    DeclineAdoption,
    ReconfirmAdoption,
    RecordAdoption,
    WriteExperienceReport,
)
from graph.commands.holding import MAX_LIST
from graph.commands.needs import CloseNeed, PostNeed
from graph.texts import MAX_NOTE, MAX_REPORT
from graph.values import PartialDate
from network.execution import Checks, client_mutation_id
from network.subgraphs.given import Read, as_it_is, given, member, number, read_given, text
from network.subgraphs.projects.mutations.described import (
    ADOPTION_ID,
    EXPECTED_VERSION,
    PROJECT_ID,
    REASON,
    SERVICES,
    TOPICS,
    VISIBILITY,
)
from network.subgraphs.projects.mutations.life_cycle import project_key
from network.subgraphs.projects.mutations.project_fields import house
from network.subgraphs.vocabulary import AdoptionStatus, NeedKind, Visibility
from network.subgraphs.which import key_of, which

_OWN_HOUSE: Final = "Id of the house, one of the caller's own, as in `Municipality:150840590590`."


@strawberry.enum(description="A field of an adoption that only members of the network see, unless the house opens it.")
class OpenableAdoptionField(Enum):
    COST = strawberry.enum_value("cost", description="`cost`.")
    REASON_ENDED = strawberry.enum_value("reason_ended", description="`reasonEnded`.")


_RECORDED: Final[dict[str, Read]] = {
    "since": as_it_is,
    "ended": as_it_is,
    "adapted": text,
    "cost": number,
    "reason_ended": text,
    "visibility": lambda _check, _name, value: member(stored.Visibility, value),
    "opened": lambda _check, _name, value: tuple(dict.fromkeys(str(one.value) for one in value)),
}


@strawberry.input(
    description="How far a house is with a project of others; what is left out stays as it is recorded, null empties it."
)
class RecordAdoptionInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    house: strawberry.ID = strawberry.field(description=_OWN_HOUSE)
    status: AdoptionStatus = strawberry.field(description="How far it is. After RETIRED a new adoption begins.")
    since: PartialDate | None = given("Since when, as precise as known; not in the future.")
    ended: PartialDate | None = given("When it gave it up, as precise as known; not in the future.")
    adapted: str | None = given("What it changed for itself, in German.")
    cost: int | None = given("What it cost, in euros; for members of the network.")
    reason_ended: str | None = given("Why it gave it up, in German; needed for RETIRED; for members of the network.")
    visibility: Visibility | None = given("Who may see the record: PUBLIC unless something else is said.")
    opened: list[OpenableAdoptionField] | None = given("Fields for members of the network that everybody may read.")
    expected_version: int | None = strawberry.field(
        default=None, description=f"{EXPECTED_VERSION} 0: the house has none that goes on."
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> RecordAdoption:
        return RecordAdoption(
            project=project_key(check, self.project),
            house=house(check, "house", self.house),
            status=member(stored.AdoptionStatus, self.status),
            **read_given(self, check, _RECORDED, needed=("visibility",), empty={"opened": ()}),
            expected_version=self.expected_version,
        )


ConfirmAdoptionInput = which(
    ConfirmAdoption,
    "Which adoption the project's side confirms.",
    "adoption",
    ADOPTION_ID,
    read=key_of("Adoption"),
    version=EXPECTED_VERSION,
)


@strawberry.input(description="Which adoption the project's side knows nothing of.")
class DeclineAdoptionInput:
    adoption: strawberry.ID = strawberry.field(description=ADOPTION_ID)
    reason: str = strawberry.field(description=REASON)
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> DeclineAdoption:
        return DeclineAdoption(
            adoption=_adoption_key(check, self.adoption),
            reason=check.text("reason", self.reason, most=MAX_NOTE),
            expected_version=self.expected_version,
        )


ReconfirmAdoptionInput = which(
    ReconfirmAdoption,
    "Which adoption still holds.",
    "adoption",
    ADOPTION_ID,
    read=key_of("Adoption"),
    version=EXPECTED_VERSION,
)


@strawberry.input(description="What a house learned from adopting a project.")
class WriteExperienceReportInput:
    adoption: strawberry.ID = strawberry.field(description=ADOPTION_ID)
    text: str = strawberry.field(description="The report in German, as Markdown; up to 20,000 characters.")
    would_do_again: bool | None = strawberry.field(default=None, description="Whether the house would do it again.")
    what_failed: str | None = strawberry.field(default=None, description="What failed, in German.")
    visibility: Visibility = strawberry.field(
        default=Visibility.NETWORK,
        description="Who may see it: members of the network, unless it is opened to everybody.",
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> WriteExperienceReport:
        return WriteExperienceReport(
            adoption=_adoption_key(check, self.adoption),
            text=check.text("text", self.text, most=MAX_REPORT),
            would_do_again=self.would_do_again,
            what_failed=None if self.what_failed is None else check.text("whatFailed", self.what_failed),
            visibility=member(stored.Visibility, self.visibility),
        )


@strawberry.input(description="What a house seeks or offers.")
class PostNeedInput:
    house: strawberry.ID = strawberry.field(description=_OWN_HOUSE)
    kind: NeedKind = strawberry.field(description="Whether something is sought or offered.")
    title: str = strawberry.field(description="Title in German, up to 300 characters.")
    text: str = strawberry.field(default="", description="What is sought or offered, in German.")
    topics: list[str] = strawberry.field(default_factory=list, description=TOPICS)
    services: list[str] = strawberry.field(default_factory=list, description=SERVICES)
    visibility: Visibility = strawberry.field(default=Visibility.NETWORK, description=VISIBILITY)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> PostNeed:
        return PostNeed(
            house=house(check, "house", self.house),
            kind=member(stored.NeedKind, self.kind),
            title=check.line("title", self.title),
            text=check.text("text", self.text, least=0),
            topics=check.keys("topics", self.topics, "Topic", most=MAX_LIST),
            services=check.keys("services", self.services, "Service", most=MAX_LIST),
            visibility=member(stored.Visibility, self.visibility),
        )


@strawberry.input(description="Which need or offer no longer stands.")
class CloseNeedInput:
    need: strawberry.ID = strawberry.field(description="Its id, as in `Need:0190…`.")
    is_matched: bool = strawberry.field(description="Whether its counterpart was found; else it is given up.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> CloseNeed:
        return CloseNeed(
            need=check.node("need", self.need, "Need").value,
            is_matched=self.is_matched,
            expected_version=self.expected_version,
        )


def _adoption_key(check: Checks, global_id: str) -> str:
    return check.node("adoption", global_id, "Adoption").value
