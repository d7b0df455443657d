"""Inputs about experts: by the houses at which they work, and by themselves."""

from collections.abc import Mapping
from functools import partial
from typing import Final

import strawberry

from graph import vocabulary as stored
from graph.commands.consent import ConsentExpert, WithdrawConsent
from graph.commands.expert_entries import ExpertChanges, ProjectRole
from graph.commands.experts import RegisterExpert, RemoveExpert, UpdateExpert
from graph.errors import InvalidInputError
from graph.model import HOUSES
from graph.orcid import orcid_of
from network.execution import Checks, client_mutation_id
from network.subgraphs.directory.mutations.described import CHANGED_ONLY, EXPECTED_VERSION, SourceInput
from network.subgraphs.given import LISTS, Read, given, keys_of, line, member_of, objects, read_given, text
from network.subgraphs.vocabulary import Visibility
from network.subgraphs.which import key_of, which

_EXPERT_ID: Final = "Id of the expert, as in `Expert:0190…`."


@strawberry.input(description="A project that an expert contributes to.")
class ProjectRoleInput:
    project: strawberry.ID = strawberry.field(
        description="Id of the project, in which the expert's house takes part, or for which the caller answers."
    )
    role: str | None = strawberry.field(default=None, description="What the expert does in it, in German.")

    def read(self, check: Checks) -> ProjectRole:
        role = None if self.role is None else check.line("role", self.role)
        return ProjectRole(project=check.node("project", self.project, "Project").value, role=role)


@strawberry.input(
    name="ExpertDetailsInput", description=f"What is said of an expert beyond name and house. {CHANGED_ONLY}"
)
class ExpertDetails:
    role: str | None = given("Role at the house, in German.")
    email: str | None = given(
        "E-mail address. A person's own is needed, since she is asked by it; for a function give that of the office, "
        "never a person's: nobody can tell the two apart for you."
    )
    phone: str | None = given("Telephone number.")
    orcid: str | None = given("ORCID iD of a person, as in `0000-0002-1825-0097`, or its address.")
    contact_visibility: Visibility | None = given(
        "Who may see e-mail, telephone and ORCID; NETWORK if nothing is said."
    )
    visibility: Visibility | None = given(
        "Who may see the entry, a person's once she consented; PUBLIC if nothing is said."
    )
    purpose: str | None = given(
        "Needed of a person, and shown to her when she is asked: what for her data are kept and shown, in German."
    )
    sources: list[SourceInput] | None = given("Needed of a person: where the data come from, as in the person herself.")
    topics: list[str] | None = given("Topics that the expert knows, by slug; at most 50.")
    projects: list[ProjectRoleInput] | None = given(
        "Projects that the expert contributes to; at most 50. Those that the caller does not see stay."
    )


@strawberry.input(name="ExpertChangesInput", description=f"What is to change. {CHANGED_ONLY}")
class ExpertChangesInput(ExpertDetails):
    name: str | None = given("Function, or name of the person.")


@strawberry.input(description="An expert of a house.")
class RegisterExpertInput:
    house: strawberry.ID = strawberry.field(
        description="Id of the house where the expert works, one of the caller's own, as in `University:05gqaka33`."
    )
    name: str = strawberry.field(description="Function, as in `IT-Leitung`, or name of the person.")
    is_person: bool = strawberry.field(
        description=(
            "Whether this is a natural person, by name: then she is asked by e-mail, and hidden until she consents. A "
            "function is shown at once; nothing in its entry may tell who holds it."
        )
    )
    details: ExpertDetails | None = strawberry.field(default=None, description="Everything else.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> RegisterExpert:
        details = self.details or ExpertDetails()
        inside = check.within("details")
        for name in ("email", "purpose", "sources") if self.is_person else ():
            if not getattr(details, name):
                inside.refuse(name, "expected a value: every person has one")
        return RegisterExpert(
            house=check.node("house", self.house, *HOUSES),
            name=check.line("name", self.name),
            is_person=self.is_person,
            details=_read(details, inside),
        )


@strawberry.input(description="What an entry of an expert is to say.")
class UpdateExpertInput:
    expert: strawberry.ID = strawberry.field(description=_EXPERT_ID)
    expected_version: int = strawberry.field(description=EXPECTED_VERSION)
    changes: ExpertChangesInput = strawberry.field(description="What is to change.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> UpdateExpert:
        return UpdateExpert(
            expert=_key(check, self.expert),
            expected_version=self.expected_version,
            changes=_read(self.changes, check.within("changes")),
        )


_which_expert = partial(which, field="expert", told=_EXPERT_ID, read=key_of("Expert"))
RemoveExpertInput = _which_expert(RemoveExpert, "Which entry of an expert is to go.", version=EXPECTED_VERSION)
ConsentExpertInput = _which_expert(
    ConsentExpert, "In which entry the caller agrees to be listed.", version=EXPECTED_VERSION
)
WithdrawConsentInput = _which_expert(
    WithdrawConsent, "In which entry the caller agrees no longer, or does not agree, to be listed."
)


def _orcid(check: Checks, name: str, value: str) -> str:
    try:
        return orcid_of(check.line(name, value))
    except InvalidInputError as error:
        check.refuse(name, str(error).partition(": ")[2])
        return value


_READS: Final[Mapping[str, Read]] = {
    "name": line,
    "role": line,
    "email": lambda check, name, value: check.email(name, value),
    "phone": lambda check, name, value: check.phone(name, value),
    "orcid": _orcid,
    "contact_visibility": member_of(stored.Visibility),
    "visibility": member_of(stored.Visibility),
    "purpose": text,
    "sources": objects(most=LISTS),
    "topics": keys_of("Topic", most=LISTS),
    "projects": objects(most=LISTS),
}


def _read(details: ExpertDetails, check: Checks) -> ExpertChanges:
    needed = ("name", "contact_visibility", "visibility")
    empty = dict.fromkeys(("sources", "topics", "projects"), ())
    return ExpertChanges(**read_given(details, check, _READS, needed=needed, empty=empty))


def _key(check: Checks, global_id: str) -> str:
    return check.node("expert", global_id, "Expert").value
