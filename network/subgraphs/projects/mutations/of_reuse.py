"""Mutations of reuse and of needs."""

import strawberry

from graph.commands.adoptions import (
    confirm_adoption,
    decline_adoption,
    reconfirm_adoption,
    record_adoption,
    write_experience_report,
)
from graph.commands.needs import close_need, post_need
from network.execution import mutation
from network.subgraphs.projects.mutations.reuse import (
    CloseNeedInput,
    ConfirmAdoptionInput,
    DeclineAdoptionInput,
    PostNeedInput,
    ReconfirmAdoptionInput,
    RecordAdoptionInput,
    WriteExperienceReportInput,
)
from network.subgraphs.projects.mutations.shown import ADOPTED, ADOPTION, NEED, REPORT, REPORTED


@strawberry.type
class OfReuse:
    record_adoption = mutation(
        "RecordAdoption",
        RecordAdoptionInput,
        record_adoption,
        [ADOPTION, ADOPTED],
        "Records how far a house is with a project of others; the project's owner is asked to confirm it.",
        whom="members of that house",
    )
    confirm_adoption = mutation(
        "ConfirmAdoption",
        ConfirmAdoptionInput,
        confirm_adoption,
        [ADOPTION],
        "Confirms for the project's side that a house adopted it; only then it counts.",
        whom="the project's owner and leads and reviewers of its hub, not for the house that adopted",
    )
    decline_adoption = mutation(
        "DeclineAdoption",
        DeclineAdoptionInput,
        decline_adoption,
        [ADOPTION],
        "Says for the project's side that it knows nothing of an adoption; it stays what its house declares.",
        whom="the same as `confirmAdoption`",
    )
    reconfirm_adoption = mutation(
        "ReconfirmAdoption",
        ReconfirmAdoptionInput,
        reconfirm_adoption,
        [ADOPTION],
        "Says after a year that an adoption still holds.",
        whom="members of the house that adopted",
    )
    write_experience_report = mutation(
        "WriteExperienceReport",
        WriteExperienceReportInput,
        write_experience_report,
        [REPORT, REPORTED],
        "Reports what a house learned from adopting a project.",
        whom="members of that house",
    )
    post_need = mutation(
        "PostNeed",
        PostNeedInput,
        post_need,
        [NEED],
        "Enters what a house seeks or offers.",
        whom="members of that house",
    )
    close_need = mutation(
        "CloseNeed",
        CloseNeedInput,
        close_need,
        [NEED],
        "Says that a need or an offer no longer stands.",
        whom="members of its house",
    )
