"""Entries of experts that are about the caller: the field `listings` of `Viewer`."""

from dataclasses import dataclass
from typing import Any

import strawberry

from auth.principal import Principal
from graph.telling.consents import MAX_LISTINGS, Listing, listings_of
from graph.values import Instant
from network.context import Context
from network.execution import attribute, computed, value
from network.execution.fields import at_most
from network.subgraphs.vocabulary import Visibility


@dataclass(frozen=True, slots=True)
class OwnEntry:
    id: str
    name: str
    role: str | None
    houses: str | None
    contact: tuple[str, ...]
    purpose: str
    sources: tuple[str, ...]
    topics: tuple[str, ...]
    projects: tuple[str, ...]
    visibility: str
    contact_visibility: str
    consent_given_at: Instant | None
    consent_withdrawn_at: Instant | None
    version: int


@value(OwnEntry, description="An entry of an expert that is about the caller, whoever else may see it.")
class OwnListing:
    id: strawberry.ID = attribute("Id of the expert, for `consentExpert` and `withdrawConsent`.")
    name: str = attribute("The caller's name, as it stands there.")
    role: str | None = attribute("Role at the house; null where none is given.")
    houses: str | None = attribute("Names of the houses that entered her; null where they are gone.")
    contact: list[str] = attribute("E-mail, telephone and ORCID, as far as they are in it.")
    purpose: str = attribute("What for the data are kept and shown, in German.")
    sources: list[str] = attribute("Where the data come from.")
    topics: list[str] = attribute("Topics that the caller is said to know, in German.")
    projects: list[str] = attribute(
        "Titles of projects that the caller is said to contribute to, those that she may read."
    )
    visibility: Visibility = attribute("Who sees the entry once she consented.")
    contact_visibility: Visibility = attribute("Who then sees e-mail, telephone and ORCID.")
    consent_given_at: Instant | None = attribute("Since when she agrees; null: the entry is hidden.")
    consent_withdrawn_at: Instant | None = attribute("When she said no; null while she did not.")
    version: int = attribute("For `expectedVersion`: she agrees to what she has read.")


def _entry(listing: Listing) -> OwnEntry:
    return OwnEntry(
        id=str(listing.about),
        name=listing.title or "",
        role=listing.role,
        houses=listing.asker,
        contact=listing.contact,
        purpose=listing.purpose,
        sources=listing.sources,
        topics=listing.topics,
        projects=listing.projects,
        visibility=str(listing.visibility),
        contact_visibility=str(listing.contact_visibility),
        consent_given_at=listing.consent_given_at,
        consent_withdrawn_at=listing.consent_withdrawn_at,
        version=listing.version,
    )


async def _listings(info: strawberry.Info[Context, None]) -> list[OwnEntry]:
    caller = info.context.caller
    if not isinstance(caller, Principal):
        return []
    return [_entry(listing) for listing in await listings_of(info.context.store, caller)]


def listings_field() -> Any:
    """For a type that stands for the caller."""
    return computed(
        list[OwnListing],
        f"Entries of experts that are about the caller: by the account that consented, or by the e-mail address that the "
        f"issuer vouches for; at most {MAX_LISTINGS}.",
        directives=[at_most(MAX_LISTINGS)],
    )(_listings)
