"""The mutations of the directory subgraph, one base for each part of the work."""

from typing import Final

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

_ADMINISTRATION: Final = "for the administration of the network"
_ANSWERABLE: Final = f"members of the house where the expert works, the person herself, and {_ADMINISTRATION}"
_HERSELF: Final = "the person whose e-mail address, as her issuer vouches for it, is that of the entry"
_HOSTS: Final = f"members of houses that host it, and {_ADMINISTRATION}"


@strawberry.type
class OfExperts:
    register_expert = mutation(
        "RegisterExpert",
        RegisterExpertInput,
        register_expert,
        [EXPERT],
        "Enters an expert: a function, shown at once, or a person, who is asked by e-mail and hidden until she consents.",
        whom=f"members of the house where the expert works, and {_ADMINISTRATION}",
    )
    update_expert = mutation(
        "UpdateExpert",
        UpdateExpertInput,
        update_expert,
        [EXPERT],
        "Changes an entry. Where the house changes a person's name, e-mail, telephone, ORCID or purpose, or lets more "
        "people see them, she is hidden and asked anew.",
        whom=_ANSWERABLE,
    )
    remove_expert = mutation(
        "RemoveExpert",
        RemoveExpertInput,
        remove_expert,
        [],
        "Removes an entry with all that it says.",
        whom=_ANSWERABLE,
    )
    consent_expert = mutation(
        "ConsentExpert",
        ConsentExpertInput,
        consent_expert,
        [EXPERT],
        "Says that the caller agrees to be listed; from then on the entry is shown.",
        whom=_HERSELF,
    )
    withdraw_consent = mutation(
        "WithdrawConsent",
        WithdrawConsentInput,
        withdraw_consent,
        [EXPERT],
        "Says that the caller does not agree (any more) to be listed; at once nobody but members of the house where she works "
        "sees the entry.",
        whom=_HERSELF,
    )


@strawberry.type
class OfEvents:
    save_event = mutation(
        "SaveEvent",
        SaveEventInput,
        save_event,
        [EVENT],
        "Enters an event, or changes one.",
        whom=_HOSTS,
    )
    cancel_event = mutation(
        "CancelEvent",
        CancelEventInput,
        cancel_event,
        [EVENT],
        "Says that an event does not take place, and why; it stays to be seen.",
        whom=_HOSTS,
    )


@strawberry.type
class OfHouses:
    save_hub_profile = mutation(
        "SaveHubProfile",
        SaveHubProfileInput,
        save_hub_profile,
        [HUB],
        "Changes what a hub says of itself, and confirms it.",
        whom=f"leads and reviewers of the hub, and {_ADMINISTRATION}",
    )
    record_online_service = mutation(
        "RecordOnlineService",
        RecordOnlineServiceInput,
        record_online_service,
        [MUNICIPALITY, SERVICE],
        "Records that a municipality offers a service online, or takes that back.",
        whom=f"members of the municipality or its Amt, leads and reviewers of hubs that serve it, and {_ADMINISTRATION}",
    )
    save_funding_programme = mutation(
        "SaveFundingProgramme",
        SaveFundingProgrammeInput,
        save_funding_programme,
        [PROGRAMME],
        "Enters a funding programme, or changes one.",
        whom=f"leads and reviewers of any hub, and {_ADMINISTRATION}",
    )


@strawberry.type(description=about.MUTATION)
class Mutation(OfExperts, OfEvents, OfHouses):
    pass
