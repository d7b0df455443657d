"""Projects, what hangs on them, and what they add to the types of the directory."""

import strawberry

from graph import links, model
from graph.values import Instant, PartialDate
from network.execution import (
    Connection,
    Edge,
    EdgeConnection,
    attribute,
    connection,
    derived,
    global_id,
    interface,
    link,
    node,
)
from network.execution.names import camel_case
from network.subgraphs import about, labels
from network.subgraphs.projects.different import different_because_field
from network.subgraphs.projects.reviewing import review_due_on_field, reviewed_by_field, submitted_at_field
from network.subgraphs.values import Contact, Source
from network.subgraphs.vocabulary import (
    AdoptionStatus,
    CostBand,
    NeedKind,
    NeedStatus,
    OperatingStatus,
    Origin,
    Stage,
    TaskKind,
    Visibility,
)

_INSIDE = "null where unknown, or for members of the network only and the caller is none"
_EUROS = f"in euros, 0 to 2,147,483,647; {_INSIDE}."
_OWNED = "Projects that the house owns, by title."
_INVOLVED = "Projects that involve the house, by title."
_ADOPTIONS = "What the house adopted from others, the latest first."
_NEEDS = "What the house seeks and offers, by title."
_VISIBILITY = "Who may see it."
_URL = "Where it can be had; null where unknown."
_LICENCE = "Licence, an SPDX expression as in `EUPL-1.2`; null where unknown."


def shown_field(name: str | None) -> str | None:
    """A property of a project as its GraphQL field is called."""
    return None if name is None else camel_case(name)


@interface(description=about.HOUSE)
class House:
    id: strawberry.ID = global_id(about.ID)
    name: str = attribute(about.NAME)


@node(model.Project, keys=["id", "slug"], description=about.PROJECT)
class Project:
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.PROJECT_SLUG)
    title: str = attribute("Title in German.")
    summary: str = attribute("What it is, in one or two German sentences; empty where nobody wrote one.")
    writeup: str = attribute("The write-up in German, as Markdown; empty where nobody wrote one.")
    stage: Stage = attribute("Where the entry stands in its life cycle.")
    status: OperatingStatus = attribute("Operating state of the project itself.")
    visibility: Visibility = attribute(_VISIBILITY)
    contact: Contact | None = attribute("Whom to call; null where unknown or not for the caller.")
    licence: str | None = attribute(_LICENCE)
    repository_url: str | None = attribute("Where the source code is; null where there is none or it is unknown.")
    website_url: str | None = attribute("Web page of the project; null where unknown.")
    started: PartialDate | None = attribute("When it began, as precise as known; null where unknown.")
    ended: PartialDate | None = attribute("When it ended, as precise as known; null where unknown or not yet.")
    cost_band: CostBand | None = attribute("One-off cost as a band; null where unknown.")
    one_off_cost: int | None = attribute(f"One-off cost {_EUROS}")
    yearly_cost: int | None = attribute(f"Cost per year {_EUROS}")
    own_share: int | None = attribute(f"Part of the cost that the owner paid, {_EUROS}")
    effort_days: int | None = attribute("Effort of the owner in working days; null where unknown.")
    lessons_learned: str | None = attribute(f"What those who did it learned, in German; {_INSIDE}.")
    what_failed: str | None = attribute(f"What failed, in German; {_INSIDE}.")
    legal_basis: str | None = attribute("Legal basis, in German; null where unknown.")
    prerequisites: str | None = attribute("What one needs before beginning, in German; null where unknown.")
    funding_reference: str | None = attribute("Reference number of the grant; null where unknown.")
    publish_from: PartialDate | None = attribute("Not to be published before this day; null: at once.")
    note: str | None = attribute("What the sources leave open or contradict each other in, in German.")
    different_because = different_because_field()
    submitted_at: Instant | None = submitted_at_field()
    review_due_on: PartialDate | None = review_due_on_field()
    reviewed_by = reviewed_by_field()
    origin: Origin = attribute("How the entry came into being.")
    origin_label: str = derived(labels.origin_label, ["origin"], "How the entry came into being, in German.")
    confirmed_at: Instant | None = attribute("When its owner last confirmed the entry; null: nobody did so far.")
    confirmation_label: str = derived(
        labels.confirmation_label, ["confirmed_at"], "When the entry was last confirmed, in German."
    )
    provenance_label: str = derived(
        labels.provenance_label,
        ["origin", "confirmed_at"],
        "Origin and confirmation as one German line to show under the entry.",
    )
    sources: list[Source] = attribute("Where the statements come from.")
    created_at: Instant = attribute("When the entry was made.")
    updated_at: Instant = attribute("When the entry last changed.")
    version: int = attribute("Counts the changes of the entry; to be sent along with an edit.")
    owner: House | None = link(links.PROJECT_OWNER, "The house that owns it; null for an entry nobody claimed yet.")
    hub: "Hub | None" = link(links.PROJECT_HUB, "The hub that owns it; null where another house does, or nobody.")
    reviewer: "Hub | None" = link(links.PROJECT_REVIEWER, "The hub that reviews the entry; null where none does.")
    houses: "EdgeConnection[ProjectHouseEdge]" = connection(
        links.PROJECT_HOUSES,
        "Houses involved, and those that were asked and have not answered, by name: `confirmedAt` and `askedAt` of the edge tell them apart.",
    )
    municipalities: "EdgeConnection[ProjectMunicipalityEdge]" = connection(
        links.PROJECT_MUNICIPALITIES,
        "Municipalities and associations among `houses`, by name: `confirmedAt` and `askedAt` of the edge tell who only was asked.",
    )
    universities: list["University"] = link(
        links.PROJECT_UNIVERSITIES,
        "Universities among `houses`, by name, those that have not answered yet included; which they are, tell the edges of `houses`.",
        assumed=2,
    )
    topics: list["Topic"] = link(links.PROJECT_TOPICS, "Topics that it addresses, by German name.", assumed=5)
    services: list["Service"] = link(
        links.PROJECT_SERVICES, "Administrative services that it implements, by name.", assumed=5
    )
    funding_programmes: list["FundingProgramme"] = link(
        links.PROJECT_FUNDING, "Programmes that fund it, by name.", assumed=2
    )
    derived_from: list["Project"] = link(links.PROJECT_DERIVED_FROM, "Projects that it builds upon.", assumed=2)
    derivatives: "Connection[Project]" = connection(links.PROJECT_DERIVATIVES, "Projects that build upon it, by title.")
    results: list["Result"] = link(links.PROJECT_RESULTS, "What it produced, by title.")
    documents: list["Document"] = link(links.PROJECT_DOCUMENTS, "Documents that others may reuse, by title.")
    adoptions: "Connection[Adoption]" = connection(
        links.PROJECT_ADOPTIONS, "Who adopted it, the latest first: confirmed, declared and ended ones."
    )
    confirmed_adoptions: "Connection[Adoption]" = connection(
        links.PROJECT_CONFIRMED_ADOPTIONS, "Pilots and use that its side confirmed, the latest first: its reuse."
    )
    declared_adoptions: "Connection[Adoption]" = connection(
        links.PROJECT_DECLARED_ADOPTIONS, "Interest, pilots and use that only the house tells of, the latest first."
    )
    ended_adoptions: "Connection[Adoption]" = connection(
        links.PROJECT_ENDED_ADOPTIONS, "Adoptions that are over (`RETIRED`), once confirmed or not, the latest first."
    )
    review_comments: list["ReviewComment"] = link(
        links.PROJECT_COMMENTS, "What reviewers asked to be changed, the oldest first; for insiders of the entry."
    )
    tasks: list["Task"] = link(
        links.PROJECT_TASKS, "What people are or were asked to do about it, the oldest first; for whom it concerns."
    )
    experts: "EdgeConnection[ProjectExpertEdge]" = connection(links.PROJECT_EXPERTS, "Who contributes to it, by name.")
    questions: "Connection[Question]" = connection(links.PROJECT_QUESTIONS, "Questions about it, the oldest first.")


@node(model.Result, description=about.RESULT)
class Result:
    id: strawberry.ID = global_id(about.ID)
    kind: str = attribute("Publication, data or software.")
    title: str = attribute("Title.")
    doi: str | None = attribute("Digital object identifier; null where it has none.")
    url: str | None = attribute(_URL)
    licence: str | None = attribute(_LICENCE)


@node(model.Document, description=about.DOCUMENT)
class Document:
    id: strawberry.ID = global_id(about.ID)
    kind: str = attribute("Contract, tender, data protection, questionnaire, council decision or strategy.")
    title: str = attribute("Title.")
    url: str | None = attribute(_URL)
    licence: str | None = attribute(_LICENCE)


@node(model.Adoption, description=about.ADOPTION)
class Adoption:
    id: strawberry.ID = global_id(about.ID)
    status: AdoptionStatus = attribute("How far the house is.")
    since: PartialDate | None = attribute("Since when; null where unknown.")
    ended: PartialDate | None = attribute("When it gave it up; null where unknown or still adopting.")
    adapted: str | None = attribute("What the house changed for itself, in German.")
    cost: int | None = attribute(f"What the adoption cost {_EUROS}")
    reason_ended: str | None = attribute(f"Why the house gave it up, in German; {_INSIDE}.")
    visibility: Visibility = attribute(_VISIBILITY)
    confirmed_by_owner_at: Instant | None = attribute(
        "When the project's owner confirmed it; null: not so far, or it lapsed. Confirmed ones are what is counted as reuse."
    )
    lapsed_confirmation_at: Instant | None = attribute(
        "When the project's owner had confirmed it, where the house was asked whether it still holds and did not answer "
        "within 60 days after `reconfirmBy`: it counts as declared until the house reconfirms it; else null."
    )
    reconfirm_by: PartialDate | None = attribute("Until when the house is asked whether this still holds.")
    version: int = attribute("Counts the changes of the record; to be sent along with a change.")
    house: House | None = link(links.ADOPTION_HOUSE, "The house that adopts.")
    project: Project | None = link(links.ADOPTION_PROJECT, "What it adopts; null where the caller may not see it.")
    reports: list["ExperienceReport"] = link(links.ADOPTION_REPORTS, "What the house learned, the oldest first.")


@node(model.ExperienceReport, description=about.EXPERIENCE_REPORT)
class ExperienceReport:
    id: strawberry.ID = global_id(about.ID)
    text: str = attribute("The report in German.")
    would_do_again: bool | None = attribute("Whether the house would do it again; null where it did not say.")
    what_failed: str | None = attribute("What failed, in German; null where the report says nothing of it.")
    written_at: Instant | None = attribute("When it was written.")


@node(model.Need, description=about.NEED)
class Need:
    id: strawberry.ID = global_id(about.ID)
    kind: NeedKind = attribute("Whether something is sought or offered.")
    title: str = attribute("Title in German.")
    text: str = attribute("What is sought or offered, in German.")
    status: NeedStatus = attribute("Whether it still stands.")
    visibility: Visibility = attribute(_VISIBILITY)
    created_at: Instant = attribute("When it was entered.")
    version: int = attribute("Counts its changes; to be sent along with a change.")
    house: House | None = link(links.NEED_HOUSE, "The house that seeks or offers.")
    topics: list["Topic"] = link(links.NEED_TOPICS, "Topics that it concerns, by German name.", assumed=5)
    services: list["Service"] = link(links.NEED_SERVICES, "Services that it concerns, by name.", assumed=5)


@node(model.Question, description=about.QUESTION)
class Question:
    id: strawberry.ID = global_id(about.ID)
    text: str = attribute("The question.")
    created_at: Instant = attribute("When it was asked.")
    house: House | None = link(links.QUESTION_HOUSE, "In whose name it was asked; null: the network's administration.")
    project: Project | None = link(links.QUESTION_PROJECT, "The project that it is about, if it is about one.")
    topic: "Topic | None" = link(links.QUESTION_TOPIC, "The topic that it is about, if it is about one.")
    answers: list["Answer"] = link(links.QUESTION_ANSWERS, "Answers, the oldest first.")


@node(model.Answer, description=about.ANSWER)
class Answer:
    id: strawberry.ID = global_id(about.ID)
    text: str = attribute("The answer.")
    accepted: bool = attribute("Whether the house that asked took it as the answer.")
    created_at: Instant = attribute("When it was given.")
    house: House | None = link(links.ANSWER_HOUSE, "In whose name it was given; null: the network's administration.")
    question: Question | None = link(links.ANSWER_QUESTION, "What it answers.")


@node(model.ReviewComment, description=about.REVIEW_COMMENT)
class ReviewComment:
    id: strawberry.ID = global_id(about.ID)
    text: str = attribute("What is to be changed, in German.")
    field: str | None = derived(
        shown_field,
        ["field"],
        "The field that it is about, named as in `ProjectChangesInput`; null for the whole entry.",
    )
    written_at: Instant | None = attribute("When it was written.")


@node(model.Task, description=about.TASK)
class Task:
    id: strawberry.ID = global_id(about.ID)
    kind: TaskKind = attribute("What is asked.")
    entity: strawberry.ID = attribute("Id of the entry that it is about, as in `Project:0190…` or `Event:0190…`.")
    subject: strawberry.ID | None = attribute(
        "Id of the house that a decision is about: the partner, the claimant, the one that adopted; else null."
    )
    note: str | None = derived(
        labels.task_note,
        ["kind", "note"],
        "What is asked, or what the asking side wrote, in German; null where nothing is.",
    )
    since: Instant = attribute("Since when it is asked.")
    due: PartialDate | None = attribute("By when an answer is expected; null where there is no hurry.")
    is_open: bool = attribute("Whether it still waits.")
    done_at: Instant | None = attribute("When it was done, or became pointless; null while it waits.")
    houses: list[House] = link(
        links.TASK_HOUSES, "Houses that are asked, by name; none: the administration.", assumed=2
    )
    project: Project | None = link(links.TASK_PROJECT, "The project that it is about, if it is about one.")
    adoption: Adoption | None = link(links.TASK_ADOPTION, "The adoption that it is about, if it is about one.")
    need: Need | None = link(links.TASK_NEED, "The need or offer that it is about, if it is about one.")
    expert: "Expert | None" = link(links.TASK_EXPERT, "The expert whom it is about, if it is about one.")


@node(model.Hub, keys=["id", "slug"], description=about.HUB)
class Hub(House):
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)
    name: str = attribute(about.NAME, shareable=True)
    projects: Connection[Project] = connection(links.HOUSE_PROJECTS["Hub"], _OWNED)
    involved_in: "EdgeConnection[HouseProjectEdge]" = connection(links.HOUSE_INVOLVED_IN["Hub"], _INVOLVED)
    reviewing: Connection[Project] = connection(links.HUB_REVIEWS, "Projects whose entries the hub reviews, by title.")
    adoptions: Connection[Adoption] = connection(links.HOUSE_ADOPTIONS["Hub"], _ADOPTIONS)
    needs: Connection[Need] = connection(links.HOUSE_NEEDS["Hub"], _NEEDS)


@node(model.Municipality, keys=["id", "ars"], description=about.MUNICIPALITY)
class Municipality(House):
    id: strawberry.ID = global_id(about.ID)
    ars: str = attribute(about.ARS)
    name: str = attribute(about.NAME, shareable=True)
    projects: Connection[Project] = connection(links.HOUSE_PROJECTS["Municipality"], _OWNED)
    involved_in: "EdgeConnection[HouseProjectEdge]" = connection(links.HOUSE_INVOLVED_IN["Municipality"], _INVOLVED)
    adoptions: Connection[Adoption] = connection(links.HOUSE_ADOPTIONS["Municipality"], _ADOPTIONS)
    needs: Connection[Need] = connection(links.HOUSE_NEEDS["Municipality"], _NEEDS)


@node(model.University, keys=["id", "ror"], description=about.UNIVERSITY)
class University(House):
    id: strawberry.ID = global_id(about.ID)
    ror: str = attribute(about.ROR)
    name: str = attribute(about.NAME, shareable=True)
    projects: Connection[Project] = connection(links.HOUSE_PROJECTS["University"], _OWNED)
    involved_in: "EdgeConnection[HouseProjectEdge]" = connection(links.HOUSE_INVOLVED_IN["University"], _INVOLVED)
    adoptions: Connection[Adoption] = connection(links.HOUSE_ADOPTIONS["University"], _ADOPTIONS)
    needs: Connection[Need] = connection(links.HOUSE_NEEDS["University"], _NEEDS)


@node(model.Organisation, keys=["id", "slug"], description=about.ORGANISATION)
class Organisation(House):
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)
    name: str = attribute(about.NAME, shareable=True)
    projects: Connection[Project] = connection(links.HOUSE_PROJECTS["Organisation"], _OWNED)
    involved_in: "EdgeConnection[HouseProjectEdge]" = connection(links.HOUSE_INVOLVED_IN["Organisation"], _INVOLVED)
    adoptions: Connection[Adoption] = connection(links.HOUSE_ADOPTIONS["Organisation"], _ADOPTIONS)
    needs: Connection[Need] = connection(links.HOUSE_NEEDS["Organisation"], _NEEDS)


@node(model.Expert, description=about.EXPERT)
class Expert:
    id: strawberry.ID = global_id(about.ID)
    projects: "EdgeConnection[ExpertProjectEdge]" = connection(
        links.EXPERT_PROJECTS, "Projects that the expert contributes to, by title."
    )


@node(model.Topic, keys=["id", "slug"], description=about.TOPIC)
class Topic:
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)
    projects: Connection[Project] = connection(links.TOPIC_PROJECTS, "Projects that address it, by title.")
    needs: Connection[Need] = connection(links.TOPIC_NEEDS, "Needs and offers that concern it, by title.")
    questions: Connection[Question] = connection(links.TOPIC_QUESTIONS, "Questions about it, the oldest first.")


@node(model.Service, keys=["id", "leikaId"], description=about.SERVICE)
class Service:
    id: strawberry.ID = global_id(about.ID)
    leika_id: str = attribute(about.LEIKA_ID)
    projects: Connection[Project] = connection(links.SERVICE_PROJECTS, "Projects that implement it, by title.")
    needs: Connection[Need] = connection(links.SERVICE_NEEDS, "Needs and offers that concern it, by title.")


@node(model.FundingProgramme, keys=["id", "slug"], description=about.FUNDING_PROGRAMME)
class FundingProgramme:
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)
    projects: Connection[Project] = connection(links.FUNDING_PROJECTS, "Projects that it funds, by title.")


@node(model.Event, description=about.EVENT)
class Event:
    id: strawberry.ID = global_id(about.ID)


# After the nodes: a base's argument is evaluated at once.

_ROLE = "Its role in the project, in German; null where unknown."
_CONFIRMED = "When the house confirmed that it takes part; null: not so far."
_ASKED = (
    "When somebody of the network named the house, which then has to confirm: until it does, this is no fact. Null where "
    "sources say so."
)


@strawberry.type(description="A house involved in a project.")
class ProjectHouseEdge(Edge[House]):
    role: str | None = attribute(_ROLE)
    confirmed_at: Instant | None = attribute(_CONFIRMED)
    asked_at: Instant | None = attribute(_ASKED)


@strawberry.type(description="A municipality involved in a project.")
class ProjectMunicipalityEdge(Edge[Municipality]):
    role: str | None = attribute(_ROLE)
    confirmed_at: Instant | None = attribute(_CONFIRMED)
    asked_at: Instant | None = attribute(_ASKED)


@strawberry.type(description="A project that involves a house.")
class HouseProjectEdge(Edge[Project]):
    role: str | None = attribute("Role of the house in the project, in German; null where unknown.")
    confirmed_at: Instant | None = attribute(_CONFIRMED)
    asked_at: Instant | None = attribute(_ASKED)


@strawberry.type(description="An expert who contributes to a project.")
class ProjectExpertEdge(Edge[Expert]):
    role: str | None = attribute(_ROLE)


@strawberry.type(description="A project that an expert contributes to.")
class ExpertProjectEdge(Edge[Project]):
    role: str | None = attribute("Role of the expert in the project, in German; null where unknown.")
