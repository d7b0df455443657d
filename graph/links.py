"""Every link between two kinds of node that a selection may follow, declared once.

A new link is one declaration here and one line in the type that shows it (CONTRIBUTING.md, "a link").
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from graph.ddl import LABELS, RELATIONSHIPS
from graph.model import HOUSES
from graph.vocabulary import IN_REUSE, AdoptionStatus


class Direction(StrEnum):
    OUT = "OUT"
    IN = "IN"


@dataclass(frozen=True, slots=True)
class Order:
    """One column of an order. Every order ends with the node's key, which need not be named."""

    property: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Present:
    """The property has a value."""

    property: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The property has none."""

    property: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """The property has one of `values`, some of its vocabulary; sorted, as a set is not, so that all processes call the
    link by one name in their cursors.
    """

    property: str
    values: tuple[StrEnum, ...]

    def __post_init__(self) -> None:
        if list(self.values) != sorted(set(self.values)):
            raise ValueError(f"{self.property}: {self.values} are not sorted")


Having = Present | Absent | OneOf


@dataclass(frozen=True, slots=True)
class Link:
    """From nodes of `source` along `relationship` to nodes of `target`.

    `target` has several labels where the far end may be of several kinds; `order` then names properties that all of
    them have. `is_many` is false where the model allows at most one. The link leads to those nodes alone that meet all
    of `having`: for selections, `Transaction.follow` leaves it aside.
    """

    source: str
    relationship: str
    direction: Direction
    target: tuple[str, ...]
    order: tuple[Order, ...] = ()
    is_many: bool = True
    having: tuple[Having, ...] = ()

    def __post_init__(self) -> None:
        declared = RELATIONSHIPS[self.relationship]
        for target in self.target:
            pair = (self.source, target) if self.direction is Direction.OUT else (target, self.source)
            if pair not in declared.pairs:
                raise ValueError(f"{self.relationship} does not lead from {pair[0]} to {pair[1]}")
            for column in self.order:
                if column.property not in LABELS[target].properties:
                    raise ValueError(f"{target} has no {column.property} to order by")
            for asked in self.having:
                _check(asked, target)


def _check(asked: Having, target: str) -> None:
    declared = LABELS[target].properties.get(asked.property)
    if declared is None or declared.guard is not None:
        raise ValueError(f"{target} has no {asked.property} that all who see it may see")
    if isinstance(asked, OneOf) and not (asked.values and set(asked.values) <= set(declared.vocabulary)):
        raise ValueError(f"{target}.{asked.property} has other values than {sorted(asked.values)}")


_BY_NAME: Final = (Order("name_sort"),)
_BY_TITLE: Final = (Order("title_sort"),)
_BY_TIME: Final = (Order("starts_at"), Order("start_time"))
"""What is of the whole day comes before what has a time."""
_IN_REUSE: Final = (OneOf("status", tuple(sorted(IN_REUSE))),)
_BY_POPULATION: Final = (Order("population", is_descending=True),)


def _out(source: str, relationship: str, *target: str, order: tuple[Order, ...] = ()) -> Link:
    return Link(source, relationship, Direction.OUT, target, order)


def _in(source: str, relationship: str, *target: str, order: tuple[Order, ...] = ()) -> Link:
    return Link(source, relationship, Direction.IN, target, order)


def _one(source: str, relationship: str, *target: str, direction: Direction = Direction.OUT) -> Link:
    return Link(source, relationship, direction, target, is_many=False)


def _of_houses(relationship: str, target: str, order: tuple[Order, ...]) -> dict[str, Link]:
    return {house: _out(house, relationship, target, order=order) for house in HOUSES}


HUB_MUNICIPALITIES: Final = _out("Hub", "SERVES", "Municipality", order=_BY_POPULATION)
HUB_PARTNERS: Final = _in("Hub", "PARTNER_OF", "Municipality", "University", "Organisation", order=_BY_NAME)
HUB_TOPICS: Final = _out("Hub", "FOCUSES_ON", "Topic", order=_BY_NAME)
HUB_REVIEWS: Final = _in("Hub", "REVIEWED_BY", "Project", order=_BY_TITLE)

MUNICIPALITY_HUBS: Final = _in("Municipality", "SERVES", "Hub", order=_BY_NAME)
MUNICIPALITY_PART_OF: Final = _one("Municipality", "PART_OF", "Municipality")
MUNICIPALITY_PARTS: Final = _in("Municipality", "PART_OF", "Municipality", order=_BY_NAME)
MUNICIPALITY_SERVICES: Final = _out("Municipality", "OFFERS_ONLINE", "Service", order=_BY_NAME)

HOUSE_PROJECTS: Final = _of_houses("OWNS", "Project", _BY_TITLE)
HOUSE_ADOPTIONS: Final = _of_houses("MADE", "Adoption", (Order("since", is_descending=True),))
HOUSE_REUSE: Final = {house: replace(link, having=_IN_REUSE) for house, link in HOUSE_ADOPTIONS.items()}
HOUSE_EVENTS: Final = _of_houses("HOSTS", "Event", _BY_TIME)
HOUSE_NEEDS: Final = _of_houses("HAS", "Need", _BY_TITLE)
HOUSE_INVOLVED_IN: Final = {house: _in(house, "INVOLVES", "Project", order=_BY_TITLE) for house in HOUSES}
HOUSE_EXPERTS: Final = {house: _in(house, "WORKS_AT", "Expert", order=_BY_NAME) for house in HOUSES}
HOUSE_TASKS: Final = {house: _in(house, "ASKS", "Task", order=(Order("since"),)) for house in HOUSES}
HOUSE_PARTNER_OF: Final = {
    house: _out(house, "PARTNER_OF", "Hub", order=_BY_NAME) for house in HOUSES if house != "Hub"
}

# One link per kind of house, where a condition names one house: `House` properties have no common key.
HOUSE_OWNERS: Final = {house: _one("Project", "OWNS", house, direction=Direction.IN) for house in HOUSES}
HOUSE_PARTNERS: Final = {house: _out("Project", "INVOLVES", house, order=_BY_NAME) for house in HOUSES}
HOUSE_EMPLOYERS: Final = {house: _out("Expert", "WORKS_AT", house, order=_BY_NAME) for house in HOUSES}
HOUSE_HOSTS: Final = {house: _in("Event", "HOSTS", house, order=_BY_NAME) for house in HOUSES}
HOUSE_SEEKERS: Final = {house: _one("Need", "HAS", house, direction=Direction.IN) for house in HOUSES}

PROJECT_OWNER: Final = _one("Project", "OWNS", *HOUSES, direction=Direction.IN)
PROJECT_HUB: Final = _one("Project", "OWNS", "Hub", direction=Direction.IN)
PROJECT_REVIEWER: Final = _one("Project", "REVIEWED_BY", "Hub")
PROJECT_HOUSES: Final = _out("Project", "INVOLVES", *HOUSES, order=_BY_NAME)
PROJECT_MUNICIPALITIES: Final = _out("Project", "INVOLVES", "Municipality", order=(Order("name_sort"),))
PROJECT_UNIVERSITIES: Final = _out("Project", "INVOLVES", "University", order=_BY_NAME)
PROJECT_TOPICS: Final = _out("Project", "ADDRESSES", "Topic", order=_BY_NAME)
PROJECT_SERVICES: Final = _out("Project", "IMPLEMENTS", "Service", order=_BY_NAME)
PROJECT_FUNDING: Final = _out("Project", "FUNDED_BY", "FundingProgramme", order=_BY_NAME)
PROJECT_DERIVED_FROM: Final = _out("Project", "DERIVED_FROM", "Project", order=_BY_TITLE)
PROJECT_DERIVATIVES: Final = _in("Project", "DERIVED_FROM", "Project", order=_BY_TITLE)
PROJECT_RESULTS: Final = _out("Project", "HAS_RESULT", "Result", order=(Order("title"),))
PROJECT_DOCUMENTS: Final = _out("Project", "HAS_DOCUMENT", "Document", order=(Order("title"),))
PROJECT_ADOPTIONS: Final = _in("Project", "OF", "Adoption", order=(Order("since", is_descending=True),))
PROJECT_REUSE: Final = replace(PROJECT_ADOPTIONS, having=_IN_REUSE)
# Each adoption is in one of the three.
PROJECT_CONFIRMED_ADOPTIONS: Final = replace(PROJECT_ADOPTIONS, having=(Present("confirmed_by_owner_at"), *_IN_REUSE))
PROJECT_DECLARED_ADOPTIONS: Final = replace(
    PROJECT_ADOPTIONS,
    having=(Absent("confirmed_by_owner_at"), OneOf("status", tuple(sorted(IN_REUSE | {AdoptionStatus.INTERESTED})))),
)
PROJECT_ENDED_ADOPTIONS: Final = replace(PROJECT_ADOPTIONS, having=(OneOf("status", (AdoptionStatus.RETIRED,)),))
PROJECT_EXPERTS: Final = _in("Project", "CONTRIBUTES_TO", "Expert", order=_BY_NAME)
PROJECT_QUESTIONS: Final = _in("Project", "ABOUT", "Question", order=(Order("created_at"),))

PROJECT_COMMENTS: Final = _in("Project", "REMARKS_ON", "ReviewComment", order=(Order("written_at"),))
PROJECT_TASKS: Final = _in("Project", "REGARDS", "Task", order=(Order("since"),))
ADOPTION_TASKS: Final = _in("Adoption", "REGARDS", "Task", order=(Order("since"),))
NEED_TASKS: Final = _in("Need", "REGARDS", "Task", order=(Order("since"),))
EXPERT_TASKS: Final = _in("Expert", "REGARDS", "Task", order=(Order("since"),))
EVENT_TASKS: Final = _in("Event", "REGARDS", "Task", order=(Order("since"),))
TASK_HOUSES: Final = _out("Task", "ASKS", *HOUSES, order=_BY_NAME)
TASK_PROJECT: Final = _one("Task", "REGARDS", "Project")
TASK_ADOPTION: Final = _one("Task", "REGARDS", "Adoption")
TASK_NEED: Final = _one("Task", "REGARDS", "Need")
TASK_EXPERT: Final = _one("Task", "REGARDS", "Expert")

ADOPTION_PROJECT: Final = _one("Adoption", "OF", "Project")
ADOPTION_HOUSE: Final = _one("Adoption", "MADE", *HOUSES, direction=Direction.IN)
ADOPTION_REPORTS: Final = _in("Adoption", "ABOUT", "ExperienceReport", order=(Order("written_at"),))
QUESTION_ANSWERS: Final = _in("Question", "TO", "Answer", order=(Order("created_at"),))
REPORT_ADOPTION: Final = _one("ExperienceReport", "ABOUT", "Adoption")
QUESTION_ABOUT: Final = _one("Question", "ABOUT", "Project", "Topic")
QUESTION_PROJECT: Final = _one("Question", "ABOUT", "Project")
QUESTION_TOPIC: Final = _one("Question", "ABOUT", "Topic")
QUESTION_HOUSE: Final = _one("Question", "ASKED_BY", *HOUSES)
ANSWER_QUESTION: Final = _one("Answer", "TO", "Question")
ANSWER_HOUSE: Final = _one("Answer", "ANSWERED_BY", *HOUSES)

EXPERT_HOUSES: Final = _out("Expert", "WORKS_AT", *HOUSES, order=_BY_NAME)
EXPERT_TOPICS: Final = _out("Expert", "KNOWS", "Topic", order=_BY_NAME)
EXPERT_PROJECTS: Final = _out("Expert", "CONTRIBUTES_TO", "Project", order=_BY_TITLE)

TOPIC_BROADER: Final = _one("Topic", "SUBTOPIC_OF", "Topic")
TOPIC_NARROWER: Final = _in("Topic", "SUBTOPIC_OF", "Topic", order=_BY_NAME)
TOPIC_PROJECTS: Final = _in("Topic", "ADDRESSES", "Project", order=_BY_TITLE)
TOPIC_HUBS: Final = _in("Topic", "FOCUSES_ON", "Hub", order=_BY_NAME)
TOPIC_QUESTIONS: Final = _in("Topic", "ABOUT", "Question", order=(Order("created_at"),))
TOPIC_NEEDS: Final = _in("Topic", "CONCERNS", "Need", order=_BY_TITLE)
TOPIC_EXPERTS: Final = _in("Topic", "KNOWS", "Expert", order=_BY_NAME)
TOPIC_EVENTS: Final = _in("Topic", "ABOUT", "Event", order=_BY_TIME)
SERVICE_PROJECTS: Final = _in("Service", "IMPLEMENTS", "Project", order=_BY_TITLE)
SERVICE_NEEDS: Final = _in("Service", "CONCERNS", "Need", order=_BY_TITLE)
SERVICE_MUNICIPALITIES: Final = _in("Service", "OFFERS_ONLINE", "Municipality", order=_BY_NAME)
FUNDING_PROJECTS: Final = _in("FundingProgramme", "FUNDED_BY", "Project", order=_BY_TITLE)
EVENT_HOSTS: Final = _in("Event", "HOSTS", *HOUSES, order=_BY_NAME)
EVENT_TOPICS: Final = _out("Event", "ABOUT", "Topic", order=_BY_NAME)
NEED_HOUSE: Final = _one("Need", "HAS", *HOUSES, direction=Direction.IN)
NEED_TOPICS: Final = _out("Need", "CONCERNS", "Topic", order=_BY_NAME)
NEED_SERVICES: Final = _out("Need", "CONCERNS", "Service", order=_BY_NAME)
