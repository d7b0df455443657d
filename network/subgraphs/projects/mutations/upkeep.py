"""Inputs of what keeps an entry true and whole, and of houses that take one over."""

import re
from typing import Final

import strawberry

from graph import vocabulary as stored
from graph.commands import completing
from graph.commands.claims import ClaimProject, DecideClaim
from graph.commands.tend_project import AddDocument, AddResult, ConfirmStillCurrent, LinkDerivedFrom
from graph.texts import MAX_NOTE
from network.execution import Checks, client_mutation_id
from network.subgraphs.given import member
from network.subgraphs.projects.mutations.described import EXPECTED_VERSION, LICENCE, PROJECT_ID, VISIBILITY
from network.subgraphs.projects.mutations.life_cycle import project_key
from network.subgraphs.projects.mutations.project_fields import house, licence
from network.subgraphs.vocabulary import DocumentKind, ResultKind, Visibility
from network.subgraphs.which import key_of, which

_DOI: Final = re.compile(r"10\.[0-9]{4,9}/[!-~]{1,180}")
"""As its registration agency writes it; without the address that resolves it."""
_TITLE = "Title, up to 300 characters."
_URL = "Where it can be had."
_CLAIMANT = "Id of the house that is to own the entry, as in `Hub:zeitz`: one that is involved in the project."


ConfirmStillCurrentInput = which(
    ConfirmStillCurrent,
    "Whose entry still holds.",
    "project",
    PROJECT_ID,
    read=key_of("Project"),
    version=EXPECTED_VERSION,
)


@strawberry.input(description="Which project goes back to which.")
class LinkDerivedFromInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    origin: strawberry.ID = strawberry.field(description="Id of the project that it goes back to.")
    is_derived: bool = strawberry.field(default=True, description="False takes the statement back.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> LinkDerivedFrom:
        return LinkDerivedFrom(
            project=project_key(check, self.project),
            origin=check.node("origin", self.origin, "Project").value,
            is_derived=self.is_derived,
        )


@strawberry.input(description="Something that a project produced.")
class AddResultInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    kind: ResultKind = strawberry.field(description="Kind of result.")
    title: str = strawberry.field(description=_TITLE)
    doi: str | None = strawberry.field(
        default=None, description="Digital object identifier without address, as in `10.5281/zenodo.1234`."
    )
    url: str | None = strawberry.field(default=None, description=_URL)
    licence: str | None = strawberry.field(default=None, description=LICENCE)
    visibility: Visibility = strawberry.field(default=Visibility.PUBLIC, description=VISIBILITY)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> AddResult:
        doi = self.doi
        if doi is not None:
            doi = check.pattern("doi", doi, _DOI, "a DOI without address, as in 10.5281/zenodo.1234")
        return AddResult(
            project=project_key(check, self.project),
            kind=member(stored.ResultKind, self.kind),
            title=check.line("title", self.title),
            doi=doi,
            url=None if self.url is None else check.url("url", self.url),
            licence=None if self.licence is None else licence(check, "licence", self.licence),
            visibility=member(stored.Visibility, self.visibility),
        )


@strawberry.input(description="A document of a project that others may reuse.")
class AddDocumentInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    kind: DocumentKind = strawberry.field(description="Kind of document.")
    title: str = strawberry.field(description=_TITLE)
    url: str | None = strawberry.field(default=None, description=_URL)
    licence: str | None = strawberry.field(default=None, description=LICENCE)
    visibility: Visibility = strawberry.field(default=Visibility.PUBLIC, description=VISIBILITY)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> AddDocument:
        return AddDocument(
            project=project_key(check, self.project),
            kind=member(stored.DocumentKind, self.kind),
            title=check.line("title", self.title),
            url=None if self.url is None else check.url("url", self.url),
            licence=None if self.licence is None else licence(check, "licence", self.licence),
            visibility=member(stored.Visibility, self.visibility),
        )


@strawberry.input(description="Which house asks for an entry that nobody owns.")
class ClaimProjectInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    house: strawberry.ID = strawberry.field(description=_CLAIMANT)
    note: str | None = strawberry.field(default=None, description="What whoever decides should know, in German.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> ClaimProject:
        return ClaimProject(
            project=project_key(check, self.project),
            house=house(check, "house", self.house),
            note=None if self.note is None else check.text("note", self.note, most=MAX_NOTE),
        )


@strawberry.input(description="What a reviewer says to a claim.")
class DecideClaimInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    house: strawberry.ID = strawberry.field(description="Id of the house that claims the entry.")
    is_granted: bool = strawberry.field(description="Whether the house is to own the entry.")
    reason: str | None = strawberry.field(default=None, description="Why, in German; needed to refuse.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> DecideClaim:
        return DecideClaim(
            project=project_key(check, self.project),
            house=house(check, "house", self.house),
            is_granted=self.is_granted,
            reason=None if self.reason is None else check.text("reason", self.reason, most=MAX_NOTE),
        )


@strawberry.input(description="The answer to one question that an entry leaves open.")
class CompleteEntryInput:
    task: strawberry.ID = strawberry.field(description="Id of the task that asks, as in `Task:0190…`.")
    text: str | None = strawberry.field(
        description="The answer in German, up to 5,000 characters, a number where one is asked for; null: nobody knows, and it "
        "is not asked again."
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> completing.CompleteEntry:
        return completing.CompleteEntry(
            task=check.node("task", self.task, "Task").value,
            text=None if self.text is None else check.text("text", self.text, most=completing.MAX_ANSWER),
        )
