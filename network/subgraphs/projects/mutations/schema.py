"""The mutations of the projects subgraph."""

import strawberry

from graph.commands.create_project import create_project_draft
from graph.commands.partnerships import confirm_partnership, decline_partnership
from graph.commands.review_project import archive_project, publish_project, request_changes, submit_project
from graph.commands.update_project import rename_project, update_project
from graph.commands.withdraw_project import withdraw_project
from network.execution import mutation
from network.subgraphs import about
from network.subgraphs.projects.mutations.life_cycle import (
    ArchiveProjectInput,
    CreateProjectDraftInput,
    PublishProjectInput,
    RenameProjectInput,
    RequestChangesInput,
    SubmitProjectInput,
    UpdateProjectInput,
    WithdrawProjectInput,
)
from network.subgraphs.projects.mutations.partnerships import ConfirmPartnershipInput, DeclinePartnershipInput
from network.subgraphs.projects.mutations.shown import PROJECT


@strawberry.type(description=about.MUTATION)
class Mutation:
    create_project_draft = mutation(
        "CreateProjectDraft",
        CreateProjectDraftInput,
        create_project_draft,
        [PROJECT],
        "Enters a project as a draft, seen by its owner, its reviewing hub and the partners named in it. For members of "
        "the house that is to own it, and for hubs.",
    )
    update_project = mutation(
        "UpdateProject",
        UpdateProjectInput,
        update_project,
        [PROJECT],
        "Changes what an entry says; nothing that somebody else changed meanwhile is overwritten. For its owner and its "
        "reviewing hub.",
    )
    rename_project = mutation(
        "RenameProject",
        RenameProjectInput,
        rename_project,
        [PROJECT],
        "Gives a project another title and address; the former address goes on leading to it. For its owner and its "
        "reviewing hub.",
    )
    submit_project = mutation(
        "SubmitProject",
        SubmitProjectInput,
        submit_project,
        [PROJECT],
        "Hands an entry in for review; the reviewing hub gets a task, and after ten working days the reviewers of other "
        "hubs may take it. For its owner and its reviewing hub.",
    )
    request_changes = mutation(
        "RequestChanges",
        RequestChangesInput,
        request_changes,
        [PROJECT],
        "Gives an entry back to its author with remarks. For leads and reviewers of the reviewing hub.",
    )
    publish_project = mutation(
        "PublishProject",
        PublishProjectInput,
        publish_project,
        [PROJECT],
        "Publishes an entry that was handed in, or an archived one again; where `publishFrom` lies ahead, on that day. For "
        "leads and reviewers of the reviewing hub.",
    )
    archive_project = mutation(
        "ArchiveProject",
        ArchiveProjectInput,
        archive_project,
        [PROJECT],
        "Keeps an entry for reference: found and read as before, changed no more. For leads and reviewers of the "
        "reviewing hub.",
    )
    withdraw_project = mutation(
        "WithdrawProject",
        WithdrawProjectInput,
        withdraw_project,
        [PROJECT],
        "Takes an entry back, at any stage: at once nobody but its insiders finds or reads it. For its owner and its "
        "reviewing hub.",
    )
    confirm_partnership = mutation(
        "ConfirmPartnership",
        ConfirmPartnershipInput,
        confirm_partnership,
        [PROJECT],
        "Says for a house that it takes part; a house for which a hub registered the project becomes its owner. For "
        "members of that house.",
    )
    decline_partnership = mutation(
        "DeclinePartnership",
        DeclinePartnershipInput,
        decline_partnership,
        [PROJECT],
        "Says for a house that it takes no part (any more); whoever was an insider by this alone sees a draft no longer. "
        "For members of that house.",
    )
