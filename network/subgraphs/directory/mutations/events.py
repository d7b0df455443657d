"""Inputs about events."""

from collections.abc import Mapping
from typing import Final

import strawberry

from graph import vocabulary as stored
from graph.commands.events import CancelEvent, EventChanges, SaveEvent
from graph.model import HOUSES, NodeKey
from graph.texts import MAX_NOTE
from graph.values import LocalTime, PartialDate
from network.execution import Checks, client_mutation_id
from network.subgraphs.directory.mutations.described import CHANGED_ONLY, EXPECTED_VERSION, SourceInput
from network.subgraphs.given import (
    LISTS,
    Read,
    as_it_is,
    given,
    keys_of,
    line,
    member_of,
    objects,
    read_given,
    text,
    url,
)
from network.subgraphs.vocabulary import EventStatus

_EVENT_ID: Final = "Id of the event, as in `Event:0190…`"


@strawberry.input(name="EventChangesInput", description=f"What an event is to say. {CHANGED_ONLY}")
class EventChangesInput:
    title: str | None = given("Title in German; needed for a new one.")
    kind: str | None = given("What kind of event it is, in German, as in `Workshop`.")
    description: str | None = given("What it is about, in German.")
    status: EventStatus | None = given(
        "PLANNED for a new one if nothing is said; a cancelled event that is PLANNED again takes place after all. To "
        "cancel one, use `cancelEvent`."
    )
    starts_at: PartialDate | None = given("First day, as precise as known.")
    start_time: LocalTime | None = given(
        "When it begins on the first day, which has to be a whole day; left out, it is of the whole day. A time that clocks "
        "skip when they are set forward is refused; of one that comes twice, the first counts."
    )
    ends_at: PartialDate | None = given("Last day, as precise as known; not before `startsAt`.")
    end_time: LocalTime | None = given(
        "When it ends on the last day, or on the first where `endsAt` is not known; only with `startTime`, and after it. "
        "What ends past midnight has the next day in `endsAt`."
    )
    is_recurring: bool | None = given("Whether it takes place again and again; `dateNote` says when.")
    date_note: str | None = given(
        "What is known of the date beyond days and times, in German, as in `Einlass ab 9 Uhr`."
    )
    place: str | None = given("Where it takes place.")
    online_url: str | None = given("Where to take part online.")
    registration_url: str | None = given("Where to register.")
    outcome: str | None = given("What came of it, in German.")
    sources: list[SourceInput] | None = given("Where this is known from, where the hosts do not say it themselves.")
    topics: list[str] | None = given("Topics that it is about, by slug; at most 50.")
    hosts: list[strawberry.ID] | None = given(
        "Ids of the houses that host it; needed for a new one. Only houses of the caller's own are added or left out."
    )


@strawberry.input(description="A new event, or what a known one is to say.")
class SaveEventInput:
    event: strawberry.ID | None = strawberry.field(
        default=None, description=f"{_EVENT_ID}; left out, a new one is entered."
    )
    expected_version: int | None = strawberry.field(
        default=None, description=f"Needed to change one. {EXPECTED_VERSION}"
    )
    changes: EventChangesInput = strawberry.field(description="What it says.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> SaveEvent:
        return SaveEvent(
            event=None if self.event is None else check.node("event", self.event, "Event").value,
            expected_version=self.expected_version,
            changes=_read(self.changes, check.within("changes")),
        )


@strawberry.input(description="Which event does not take place.")
class CancelEventInput:
    event: strawberry.ID = strawberry.field(description=f"{_EVENT_ID}.")
    reason: str = strawberry.field(description="Why, in German; shown with the event.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> CancelEvent:
        return CancelEvent(
            event=check.node("event", self.event, "Event").value,
            reason=check.text("reason", self.reason, most=MAX_NOTE),
            expected_version=self.expected_version,
        )


def _houses(check: Checks, name: str, values: list[str]) -> tuple[NodeKey, ...]:
    if not check.is_short(name, values, most=LISTS):
        return ()
    inside = check.within(name)
    return tuple(dict.fromkeys(inside.node(str(index), value, *HOUSES) for index, value in enumerate(values)))


_READS: Final[Mapping[str, Read]] = {
    "title": line,
    "kind": line,
    "description": text,
    "status": member_of(stored.EventStatus),
    "starts_at": as_it_is,
    "start_time": as_it_is,
    "ends_at": as_it_is,
    "end_time": as_it_is,
    "is_recurring": as_it_is,
    "date_note": line,
    "place": line,
    "online_url": url,
    "registration_url": url,
    "outcome": text,
    "sources": objects(most=LISTS),
    "topics": keys_of("Topic", most=LISTS),
    "hosts": _houses,
}


def _read(changes: EventChangesInput, check: Checks) -> EventChanges:
    empty = dict.fromkeys(("sources", "topics"), ())
    return EventChanges(**read_given(changes, check, _READS, needed=("title", "status", "hosts"), empty=empty))
