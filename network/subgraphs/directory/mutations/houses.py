"""Inputs about what houses say of themselves: profiles of hubs, services that municipalities offer online."""

from collections.abc import Mapping
from typing import Final

import strawberry

from graph import vocabulary as stored
from graph.commands.hub_profile import HubProfile, SaveHubProfile
from graph.commands.online_services import RecordOnlineService
from graph.values import PartialDate
from network.execution import Checks, client_mutation_id
from network.subgraphs.directory.mutations.described import CHANGED_ONLY, EXPECTED_VERSION
from network.subgraphs.given import LISTS, Read, as_it_is, given, keys_of, member_of, number, read_given, text, url
from network.subgraphs.vocabulary import HubStatus


@strawberry.input(name="HubProfileInput", description=f"What a hub says of itself. {CHANGED_ONLY}")
class HubProfileInput:
    status: HubStatus | None = given("Whether the hub is open.")
    opened: PartialDate | None = given("When it opened.")
    premises: str | None = given("Where it is and what rooms it has, in German.")
    equipment: str | None = given("Rooms and equipment that others may use, in German.")
    workplaces: int | None = given("Number of workplaces.")
    consultation_hours: str | None = given("When people may come by, in German.")
    website: str | None = given("Address of its web page.")
    focus: list[str] | None = given("What it works on, in its own words; at most 50.")
    topics: list[str] | None = given("Topics that it focuses on, by slug; at most 50.")


@strawberry.input(description="What a hub says of itself; with an empty profile it confirms what it said before.")
class SaveHubProfileInput:
    hub: strawberry.ID = strawberry.field(description="Id of the hub, as in `Hub:zeitz`.")
    expected_version: int = strawberry.field(description=EXPECTED_VERSION)
    profile: HubProfileInput = strawberry.field(description="What it says.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> SaveHubProfile:
        profile = read_given(
            self.profile,
            check.within("profile"),
            _READS,
            needed=("status",),
            empty=dict.fromkeys(("focus", "topics"), ()),
        )
        return SaveHubProfile(
            hub=check.node("hub", self.hub, "Hub").value,
            expected_version=self.expected_version,
            profile=HubProfile(**profile),
        )


@strawberry.input(description="A service that a municipality offers online, or does not after all.")
class RecordOnlineServiceInput:
    municipality: strawberry.ID = strawberry.field(
        description="Id of the municipality or association, as in `Municipality:150840590590`."
    )
    service: strawberry.ID = strawberry.field(
        description="The service, by its 14-digit key (LeiKa) or its id, as in `Service:99115005000000`."
    )
    is_online: bool = strawberry.field(default=True, description="False takes the record back.")
    url: str | None = strawberry.field(default=None, description="Where the service can be used.")
    since: PartialDate | None = strawberry.field(default=None, description="Since when, as precise as known.")
    source: str | None = strawberry.field(
        default=None, description="Where this is known from; left out: from the house that records it."
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> RecordOnlineService:
        return RecordOnlineService(
            municipality=check.node("municipality", self.municipality, "Municipality").value,
            service=check.line("service", self.service).removeprefix("Service:"),
            is_online=self.is_online,
            url=None if self.url is None else check.url("url", self.url),
            since=self.since,
            source=None if self.source is None else check.line("source", self.source),
        )


def _focus(check: Checks, name: str, values: list[str]) -> tuple[str, ...]:
    inside = check.within(name)
    return check.each(name, values, inside.line, most=LISTS)


_READS: Final[Mapping[str, Read]] = {
    "status": member_of(stored.HubStatus),
    "opened": as_it_is,
    "premises": text,
    "equipment": text,
    "workplaces": number,
    "consultation_hours": text,
    "website": url,
    "focus": _focus,
    "topics": keys_of("Topic", most=LISTS),
}
