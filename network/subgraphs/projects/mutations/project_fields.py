"""What can be said of a project when it is entered or changed, as input: checked here, judged by the commands."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import strawberry

from graph import vocabulary as stored
from graph.commands.completing import MAX_DAYS
from graph.commands.holding import MAX_LIST
from graph.commands.project_changes import Contribution, Partner, ProjectChanges
from graph.errors import InvalidInputError
from graph.licences import MAX_LICENCE, licence_of
from graph.model import HOUSES, NodeKey
from graph.texts import MAX_NOTE, MAX_REPORT, MAX_WRITEUP
from graph.values import Contact, PartialDate
from network.execution import Checks
from network.execution.names import camel_case
from network.subgraphs.given import (
    Read,
    as_it_is,
    given,
    keys_of,
    line,
    member_of,
    number,
    objects,
    read_given,
    url,
)
from network.subgraphs.projects.mutations.described import SERVICES, TOPICS
from network.subgraphs.vocabulary import CostBand, OperatingStatus, Visibility


@strawberry.input(description="Whom to call or write to: a function or an office, with at least one way to reach it.")
class ContactInput:
    function: str = strawberry.field(description="Function or office, as in `Leitung DigitalHub`.")
    email: str | None = strawberry.field(default=None, description="E-mail address.")
    phone: str | None = strawberry.field(default=None, description="Telephone number.")
    url: str | None = strawberry.field(default=None, description="Web page with a form or an address.")

    def read(self, check: Checks) -> Contact:
        return Contact(
            function=check.line("function", self.function),
            email=None if self.email is None else check.email("email", self.email),
            phone=None if self.phone is None else check.phone("phone", self.phone),
            url=None if self.url is None else check.url("url", self.url),
        )


@strawberry.input(description="A house that is to take part. It is asked, and shown as unconfirmed until it confirms.")
class PartnerInput:
    house: strawberry.ID = strawberry.field(
        description="Id of the hub, municipality, university or organisation, as in `University:03sft3r75`."
    )
    role: str | None = strawberry.field(default=None, description="Its role in the project, in German.")

    def read(self, check: Checks) -> Partner:
        role = None if self.role is None else check.line("role", self.role)
        return Partner(house=check.node("house", self.house, *HOUSES), role=role)


@strawberry.input(description="An expert who contributes.")
class ContributionInput:
    expert: strawberry.ID = strawberry.field(description="Id of the expert, as in `Expert:0190…`.")
    role: str | None = strawberry.field(default=None, description="Role in the project, in German.")

    def read(self, check: Checks) -> Contribution:
        role = None if self.role is None else check.line("role", self.role)
        return Contribution(expert=check.node("expert", self.expert, "Expert").value, role=role)


@strawberry.enum(description="A field that only members of the network see, unless the author opens it.")
class OpenableField(Enum):
    ONE_OFF_COST = strawberry.enum_value("one_off_cost", description="`oneOffCost`.")
    YEARLY_COST = strawberry.enum_value("yearly_cost", description="`yearlyCost`.")
    OWN_SHARE = strawberry.enum_value("own_share", description="`ownShare`.")
    LESSONS_LEARNED = strawberry.enum_value("lessons_learned", description="`lessonsLearned`.")
    WHAT_FAILED = strawberry.enum_value("what_failed", description="`whatFailed`.")


_EUROS: Final = "in euros; seen by members of the network only, unless `opened` names it."


@strawberry.input(
    name="ProjectDetailsInput",
    description=(
        "What a project says of itself beyond the first five things. What is left out stays as it is, null clears, a list "
        "replaces the stored one."
    ),
)
class ProjectDetails:
    writeup: str | None = given("The write-up in German, as Markdown.")
    visibility: Visibility | None = given("Who may see it once it is published; PUBLIC unless something else is said.")
    contact_visibility: Visibility | None = given("Who may see the contact.")
    licence: str | None = given(
        "Licence, an SPDX expression as in `EUPL-1.2`; one that SPDX does not list as `LicenseRef-…`."
    )
    repository_url: str | None = given("Where the source code is.")
    website_url: str | None = given("Web page of the project.")
    started: PartialDate | None = given("When it began, as precise as known.")
    ended: PartialDate | None = given("When it ended, as precise as known; not before `started`.")
    cost_band: CostBand | None = given("One-off cost as a band.")
    one_off_cost: int | None = given(f"One-off cost {_EUROS}")
    yearly_cost: int | None = given(f"Cost per year {_EUROS}")
    own_share: int | None = given(f"Part of the cost that the owner paid, {_EUROS}")
    lessons_learned: str | None = given("What those who did it learned, in German; for members of the network.")
    what_failed: str | None = given("What failed, in German; for members of the network.")
    opened: list[OpenableField] | None = given("Fields for members of the network that everybody may read.")
    effort_days: int | None = given("Effort of the owner in working days.")
    legal_basis: str | None = given("Legal basis, in German.")
    prerequisites: str | None = given("What one needs before beginning, in German.")
    funding_reference: str | None = given("Reference number of the grant.")
    publish_from: PartialDate | None = given("Not to be published before this day.")
    different_because: str | None = given(
        "What makes it another work than the entries of `possibleDuplicates`, in German; for insiders and reviewers."
    )
    topics: list[str] | None = given(TOPICS)
    services: list[str] | None = given(SERVICES)
    funding: list[str] | None = given("Programmes that fund it, by slug.")
    partners: list[PartnerInput] | None = given("Houses that take part; each is asked to confirm.")
    experts: list[ContributionInput] | None = given("Experts who contribute.")
    reviewer: strawberry.ID | None = given(
        "Id of the hub that is to review the entry, as in `Hub:zeitz`; null leaves it to the hub that serves the owner."
    )


@strawberry.input(
    name="ProjectChangesInput",
    description="What is to change. What is left out stays as it is, null clears, a list replaces the stored one.",
)
class ProjectChangesInput(ProjectDetails):
    title: str | None = given("Title in German; `renameProject` changes the address, too.")
    summary: str | None = given("What it is, in about three German sentences.")
    status: OperatingStatus | None = given("Operating state of the project itself.")
    contact: ContactInput | None = given("Whom to call.")


def licence(check: Checks, name: str, expression: str) -> str:
    line = check.line(name, expression, most=MAX_LICENCE)
    try:
        return licence_of(line) if line else line
    except InvalidInputError as error:
        check.refuse(name, str(error))
        return line


def house(check: Checks, name: str, global_id: str) -> NodeKey:
    return check.node(name, global_id, *HOUSES)


def _text(check: Checks, name: str, value: str) -> str:
    return check.text(name, value, most=MAX_REPORT)


_READ: Final[Mapping[str, Read]] = {
    "title": line,
    "summary": lambda check, name, value: check.text(name, value, most=MAX_NOTE),
    "writeup": lambda check, name, value: check.text(name, value, least=0, most=MAX_WRITEUP),
    "status": member_of(stored.OperatingStatus),
    "visibility": member_of(stored.Visibility),
    "contact": lambda check, name, value: value.read(check.within(name)),
    "contact_visibility": member_of(stored.Visibility),
    "licence": licence,
    "repository_url": url,
    "website_url": url,
    "started": as_it_is,
    "ended": as_it_is,
    "cost_band": member_of(stored.CostBand),
    "one_off_cost": number,
    "yearly_cost": number,
    "own_share": number,
    "lessons_learned": _text,
    "what_failed": _text,
    "opened": lambda _check, _name, values: tuple(dict.fromkeys(value.value for value in values)),
    "effort_days": lambda check, name, value: check.number(name, value, most=MAX_DAYS),
    "legal_basis": _text,
    "prerequisites": _text,
    "funding_reference": line,
    "publish_from": as_it_is,
    "different_because": lambda check, name, value: check.text(name, value, most=MAX_NOTE),
    "topics": keys_of("Topic", most=MAX_LIST),
    "services": keys_of("Service", most=MAX_LIST),
    "funding": keys_of("FundingProgramme", most=MAX_LIST),
    "partners": objects(most=MAX_LIST),
    "experts": objects(most=MAX_LIST),
    "reviewer": lambda check, name, value: check.node(name, value, "Hub").value,
}
_EMPTY: Final[Mapping[str, Any]] = {
    "writeup": "",
    **dict.fromkeys(("opened", "topics", "services", "funding", "partners", "experts"), ()),
}
"""What null stands for where nothing is stored as something."""
_NEEDED: Final = frozenset({"title", "summary", "status", "visibility", "contact", "contact_visibility"})


def read_changes(details: ProjectDetails, check: Checks) -> ProjectChanges:
    """What `details` say, for a command; problems go to `check`."""
    return ProjectChanges(**read_given(details, check, _READ, needed=_NEEDED, empty=_EMPTY))


def field_name(check: Checks, name: str, given_name: str) -> str | None:
    """The property of a project that a GraphQL field of it shows."""
    found = next((known for known in _READ if camel_case(known) == given_name), None)
    if found is None:
        check.refuse(name, "expected a field of ProjectChangesInput, as in oneOffCost")
    return found
