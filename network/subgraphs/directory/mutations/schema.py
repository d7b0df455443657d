"""The mutations of the directory subgraph, one base for each part of the work."""

import strawberry

from graph.commands.consent import consent_expert, withdraw_consent
from graph.commands.events import cancel_event, save_event
from graph.commands.experts import register_expert, remove_expert, update_expert
from graph.commands.funding import save_funding_programme
from graph.commands.hub_profile import save_hub_profile
from graph.commands.online_services import record_online_service
from network.execution import mutation
from network.subgraphs import about
from network.subgraphs.directory.mutations.events import CancelEventInput, SaveEventInput
from network.subgraphs.directory.mutations.experts import (
    ConsentExpertInput,
    RegisterExpertInput,
    RemoveExpertInput,
    UpdateExpertInput,
    WithdrawConsentInput,
)
from network.subgraphs.directory.mutations.funding import SaveFundingProgrammeInput
from network.subgraphs.directory.mutations.houses import RecordOnlineServiceInput, SaveHubProfileInput
from network.subgraphs.directory.mutations.shown import EVENT, EXPERT, HUB, MUNICIPALITY, PROGRAMME, SERVICE


@strawberry.type
class OfExperts:
    register_expert = mutation(
        "RegisterExpert",
        RegisterExpertInput,
        register_expert,
        [EXPERT],
        "Enters an expert: a function, shown at once, or a person, who is asked by e-mail and hidden until she consents. "
        "For members of the house where the expert works.",
    )
    update_expert = mutation(
        "UpdateExpert",
        UpdateExpertInput,
        update_expert,
        [EXPERT],
        "Changes an entry. Where the house changes a person's name, e-mail, telephone, ORCID or purpose, or lets more "
        "people see them, she is hidden and asked anew. For members of the house, and for the person herself.",
    )
    remove_expert = mutation(
        "RemoveExpert",
        RemoveExpertInput,
        remove_expert,
        [],
        "Removes an entry with all that it says. For members of the house where the expert works, and for the person herself.",
    )
    consent_expert = mutation(
        "ConsentExpert",
        ConsentExpertInput,
        consent_expert,
        [EXPERT],
        "Says that the caller agrees to be listed; from then on the entry is shown. For the person whose e-mail address, as "
        "her issuer vouches for it, is that of the entry.",
    )
    withdraw_consent = mutation(
        "WithdrawConsent",
        WithdrawConsentInput,
        withdraw_consent,
        [EXPERT],
        "Says that the caller does not agree (any more) to be listed; at once nobody but members of the house where she works "
        "sees the entry. For the same person as `consentExpert`.",
    )


@strawberry.type
class OfEvents:
    save_event = mutation(
        "SaveEvent",
        SaveEventInput,
        save_event,
        [EVENT],
        "Enters an event, or changes one. For members of houses that host it.",
    )
    cancel_event = mutation(
        "CancelEvent",
        CancelEventInput,
        cancel_event,
        [EVENT],
        "Says that an event does not take place, and why; it stays to be seen. For members of houses that host it.",
    )


@strawberry.type
class OfHouses:
    save_hub_profile = mutation(
        "SaveHubProfile",
        SaveHubProfileInput,
        save_hub_profile,
        [HUB],
        "Changes what a hub says of itself, and confirms it. For leads and reviewers of the hub.",
    )
    record_online_service = mutation(
        "RecordOnlineService",
        RecordOnlineServiceInput,
        record_online_service,
        [MUNICIPALITY, SERVICE],
        "Records that a municipality offers a service online, or takes that back. For members of the municipality or its Amt, "
        "and for leads and reviewers of hubs that serve it.",
    )
    save_funding_programme = mutation(
        "SaveFundingProgramme",
        SaveFundingProgrammeInput,
        save_funding_programme,
        [PROGRAMME],
        "Enters a funding programme, or changes one. For leads and reviewers of any hub.",
    )


@strawberry.type(description=about.MUTATION)
class Mutation(OfExperts, OfEvents, OfHouses):
    pass
