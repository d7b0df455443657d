"""Mutations of entries: from draft to archive, their partners, owners and what keeps them true."""

from typing import Final

import strawberry

from graph.commands.claims import claim_project, decide_claim
from graph.commands.completing import complete_entry
from graph.commands.create_project import create_project_draft
from graph.commands.partnerships import confirm_partnership, decline_partnership
from graph.commands.review_project import archive_project, publish_project, request_changes, submit_project
from graph.commands.tend_project import add_document, add_result, confirm_still_current, link_derived_from
from graph.commands.update_project import rename_project, update_project
from graph.commands.withdraw_project import withdraw_project
from network.execution import mutation
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
from network.subgraphs.projects.mutations.same_work import POSSIBLE_DUPLICATES
from network.subgraphs.projects.mutations.shown import DOCUMENT, ORIGIN, PROJECT, RESULT, TASK
from network.subgraphs.projects.mutations.upkeep import (
    AddDocumentInput,
    AddResultInput,
    ClaimProjectInput,
    CompleteEntryInput,
    ConfirmStillCurrentInput,
    DecideClaimInput,
    LinkDerivedFromInput,
)

_STEWARDS: Final = "its owner, its reviewing hub, and for the administration of the network"
_REVIEWERS: Final = (
    "leads and reviewers of a hub that owns or reviews it, of every hub once it has waited ten working days, and for the "
    "administration of the network"
)
_OF_HOUSE: Final = "members of that house, at a hub its lead and reviewers"


@strawberry.type
class OfEntries:
    create_project_draft = mutation(
        "CreateProjectDraft",
        CreateProjectDraftInput,
        create_project_draft,
        [PROJECT, POSSIBLE_DUPLICATES],
        "Enters a project as a draft, seen by its owner, its reviewing hub and the partners named in it.",
        whom="members of the house that is to own it, for hubs, and for the administration of the network",
    )
    update_project = mutation(
        "UpdateProject",
        UpdateProjectInput,
        update_project,
        [PROJECT],
        "Changes what an entry says; nothing that somebody else changed meanwhile is overwritten.",
        whom=_STEWARDS,
    )
    rename_project = mutation(
        "RenameProject",
        RenameProjectInput,
        rename_project,
        [PROJECT],
        "Gives a project another title and address; the former address goes on leading to it.",
        whom=_STEWARDS,
    )
    submit_project = mutation(
        "SubmitProject",
        SubmitProjectInput,
        submit_project,
        [PROJECT],
        "Hands an entry in for review; the reviewing hub gets a task, and after ten working days the "
        "reviewers of other hubs may take it.",
        whom=_STEWARDS,
    )
    request_changes = mutation(
        "RequestChanges",
        RequestChangesInput,
        request_changes,
        [PROJECT],
        "Gives an entry back to its author with remarks.",
        whom=_REVIEWERS,
    )
    publish_project = mutation(
        "PublishProject",
        PublishProjectInput,
        publish_project,
        [PROJECT],
        "Publishes an entry that was handed in, or an archived one again; where `publishFrom` lies ahead, on that day.",
        whom=_REVIEWERS,
    )
    archive_project = mutation(
        "ArchiveProject",
        ArchiveProjectInput,
        archive_project,
        [PROJECT],
        "Keeps an entry for reference: found and read as before, changed no more.",
        whom="leads and reviewers of a hub that owns or reviews it, and for the administration of the network",
    )
    withdraw_project = mutation(
        "WithdrawProject",
        WithdrawProjectInput,
        withdraw_project,
        [PROJECT],
        "Takes an entry back, at any stage: at once nobody but its insiders finds or reads it.",
        whom=_STEWARDS,
    )
    confirm_partnership = mutation(
        "ConfirmPartnership",
        ConfirmPartnershipInput,
        confirm_partnership,
        [PROJECT],
        "Says for a house that it takes part; a house for which a hub registered the project becomes its owner.",
        whom=_OF_HOUSE,
    )
    decline_partnership = mutation(
        "DeclinePartnership",
        DeclinePartnershipInput,
        decline_partnership,
        [PROJECT],
        "Says for a house that it takes no part (any more); whoever was an insider by this alone sees a draft "
        "no longer.",
        whom=_OF_HOUSE,
    )
    confirm_still_current = mutation(
        "ConfirmStillCurrent",
        ConfirmStillCurrentInput,
        confirm_still_current,
        [PROJECT],
        "Says that a published entry still holds; it then counts as confirmed for twelve months.",
        whom=_STEWARDS,
    )
    complete_entry = mutation(
        "CompleteEntry",
        CompleteEntryInput,
        complete_entry,
        [PROJECT],
        "Answers one question that an entry leaves open, as a task of the kind `COMPLETE_ENTRY` asks it.",
        whom=_STEWARDS,
    )
    link_derived_from = mutation(
        "LinkDerivedFrom",
        LinkDerivedFromInput,
        link_derived_from,
        [PROJECT, ORIGIN],
        "Says that a project goes back to another one, or takes that back.",
        whom=_STEWARDS,
    )
    add_result = mutation(
        "AddResult",
        AddResultInput,
        add_result,
        [RESULT, PROJECT],
        "Adds something that a project produced.",
        whom=_STEWARDS,
    )
    add_document = mutation(
        "AddDocument",
        AddDocumentInput,
        add_document,
        [DOCUMENT, PROJECT],
        "Adds a document of a project that others may reuse.",
        whom=_STEWARDS,
    )
    claim_project = mutation(
        "ClaimProject",
        ClaimProjectInput,
        claim_project,
        [PROJECT, TASK],
        "Asks that an entry without an owner become that of an involved house; a reviewer decides.",
        whom=f"{_OF_HOUSE}, and for the administration of the network",
    )
    decide_claim = mutation(
        "DecideClaim",
        DecideClaimInput,
        decide_claim,
        [PROJECT],
        "Grants or refuses a claim.",
        whom=(
            "leads and reviewers of the reviewing hub, unless it is their hub that claims, and for the administration"
        ),
    )
