"""Inputs of what is done with an entry: entered, changed, handed in, decided on, taken back."""

from functools import partial
from typing import Final

import strawberry

from auth import keys
from graph import vocabulary as stored
from graph.commands.create_project import CreateProjectDraft
from graph.commands.review_project import (
    MAX_COMMENTS,
    ArchiveProject,
    PublishProject,
    Remark,
    RequestChanges,
    SubmitProject,
)
from graph.commands.update_project import RenameProject, UpdateProject
from graph.commands.withdraw_project import WithdrawProject
from graph.texts import MAX_NOTE
from network.execution import Checks, client_mutation_id
from network.subgraphs.given import member
from network.subgraphs.projects.mutations.described import EXPECTED_VERSION, PROJECT_ID
from network.subgraphs.projects.mutations.project_fields import (
    ContactInput,
    ProjectChangesInput,
    ProjectDetails,
    field_name,
    house,
    read_changes,
)
from network.subgraphs.vocabulary import OperatingStatus
from network.subgraphs.which import key_of, which

_FIRST_VERSION: Final = 1


@strawberry.input(description="A new project. Five things are enough; the rest may come later.")
class CreateProjectDraftInput:
    title: str = strawberry.field(description="Title in German, up to 300 characters.")
    summary: str = strawberry.field(description="What it is, in about three German sentences; up to 2,000 characters.")
    status: OperatingStatus = strawberry.field(description="Operating state of the project itself.")
    house: strawberry.ID = strawberry.field(
        description=(
            "Id of the house that is to own the project, as in `University:03sft3r75`: one of the caller's own, or for "
            "hubs any other, which is asked to confirm."
        )
    )
    contact: ContactInput = strawberry.field(description="Whom to call.")
    details: ProjectDetails | None = strawberry.field(default=None, description="Whatever else is known already.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> CreateProjectDraft:
        return CreateProjectDraft(
            title=check.line("title", self.title),
            summary=check.text("summary", self.summary, most=MAX_NOTE),
            status=member(stored.OperatingStatus, self.status),
            house=house(check, "house", self.house),
            contact=self.contact.read(check.within("contact")),
            more=read_changes(self.details or ProjectDetails(), check.within("details")),
        )


@strawberry.input(description="What is to change in which version of a project.")
class UpdateProjectInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    expected_version: int = strawberry.field(
        description="The `version` that the caller has seen; with another one stored the answer is a `Conflict`."
    )
    changes: ProjectChangesInput = strawberry.field(description="What is to change.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> UpdateProject:
        return UpdateProject(
            project=project_key(check, self.project),
            expected_version=check.number("expectedVersion", self.expected_version, least=_FIRST_VERSION),
            changes=read_changes(self.changes, check.within("changes")),
        )


@strawberry.input(description="A new title, and with it a new address.")
class RenameProjectInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    title: str = strawberry.field(description="The new title in German, up to 300 characters.")
    slug: str | None = strawberry.field(
        default=None,
        description=(
            "The new short name in addresses, of small letters, digits and hyphens; made from the title if left out. Before "
            "others see the entry it ends in a part of its id; publishing takes that away where the name is free."
        ),
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> RenameProject:
        slug = self.slug
        if slug is not None:
            slug = check.pattern("slug", slug, keys.SLUG, "small letters, digits and single hyphens, as in smarte-bank")
        return RenameProject(
            project=project_key(check, self.project),
            title=check.line("title", self.title),
            slug=slug,
            expected_version=self.expected_version,
        )


@strawberry.input(description="Which project to hand in for review.")
class SubmitProjectInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    reviewer: strawberry.ID | None = strawberry.field(
        default=None,
        description="Id of the hub that is to review it; left out: the one chosen before, or the one that serves the owner.",
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> SubmitProject:
        return SubmitProject(
            project=project_key(check, self.project),
            reviewer=None if self.reviewer is None else check.node("reviewer", self.reviewer, "Hub").value,
            expected_version=self.expected_version,
        )


@strawberry.input(description="One thing that a reviewer asks to be changed.")
class RemarkInput:
    text: str = strawberry.field(description="What is to be changed, in German.")
    field: str | None = strawberry.field(
        default=None, description="The field that it is about, named as in `ProjectChangesInput`; null for the whole."
    )

    def read(self, check: Checks) -> Remark:
        text = check.text("text", self.text)
        return Remark(text=text, field=None if self.field is None else field_name(check, "field", self.field))


@strawberry.input(description="What is to be changed before a project can be published.")
class RequestChangesInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    remarks: list[RemarkInput] = strawberry.field(description="1 to 50 remarks; they stay with the project.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> RequestChanges:
        remarks: tuple[Remark, ...] = ()
        if not self.remarks:
            check.refuse("remarks", "expected at least one: whoever is to change something has to know what")
        elif check.is_short("remarks", self.remarks, most=MAX_COMMENTS):
            remarks = tuple(one.read(check.within("remarks", str(at))) for at, one in enumerate(self.remarks))
        return RequestChanges(
            project=project_key(check, self.project), remarks=remarks, expected_version=self.expected_version
        )


_which_project = partial(which, field="project", told=PROJECT_ID, read=key_of("Project"), version=EXPECTED_VERSION)
PublishProjectInput = _which_project(PublishProject, "Which project to publish.")
ArchiveProjectInput = _which_project(ArchiveProject, "Which project to archive.")
WithdrawProjectInput = _which_project(WithdrawProject, "Which project to take back.")


def project_key(check: Checks, global_id: str) -> str:
    """The key of the project that the field `project` names."""
    return check.node("project", global_id, "Project").value
