"""Who plays: the sample accounts as the development issuer names them, and the houses that are made up for them."""

from typing import Final

from auth.principal import MembershipKind, Principal
from graph.model import Hub, Municipality, Node, NodeKey, Organisation, Service, University
from graph.relationships import PartnerOf, Relationship, Serves
from graph.values import Contact, Source
from graph.vocabulary import HubStatus, MunicipalityKind, Origin, Visibility
from network.development.accounts import accounts

MARK: Final = "Beispiel: "
"""How every title begins."""
SAID: Final = "Beispiel, kein Fakt"
"""Where everything here is from."""
MADE_UP: Final = "Dieses Beispiel ist frei erfunden."
SOURCES: Final = (Source(publisher=SAID),)

HUB: Final = NodeKey("Hub", "musterstadt")
TOWN: Final = NodeKey("Municipality", "local:musterstadt")
VILLAGE: Final = NodeKey("Municipality", "local:musterdorf")
HAMLET: Final = NodeKey("Municipality", "local:musterhausen")
UNIVERSITY: Final = NodeKey("University", "local:hochschule-musterstadt")
WORKS: Final = NodeKey("Organisation", "stadtwerke-musterstadt")

LEAD: Final = "hub_lead:musterstadt"
REVIEWER: Final = "reviewer:musterstadt"
OF_TOWN: Final = "municipality:local:musterstadt"
OF_VILLAGE: Final = "municipality:local:musterdorf"
OF_UNIVERSITY: Final = "university:local:hochschule-musterstadt"
OF_WORKS: Final = "organisation:stadtwerke-musterstadt"

# No authority has the number 999.
PARKING: Final = "99999000000001"
BICYCLES: Final = "99999000000002"
REGISTER: Final = "99999000000003"

_LABELS: Final = {
    MembershipKind.MUNICIPALITY: "Municipality",
    MembershipKind.UNIVERSITY: "University",
    MembershipKind.ORGANISATION: "Organisation",
}
PROGRAMME: Final = "beispiel-smarte-orte-musterland"
"""As its name makes it."""

_STATE: Final = "Musterland (erfunden)"


def principal(issuer: str, key: str) -> Principal:
    """The sample account `key` as it is when it signs in at `issuer`."""
    account = accounts()[key]
    return Principal(issuer, account.subject, frozenset(account.memberships), email=account.email)


def people() -> list[str]:
    """Keys of the accounts of people, in their order."""
    return [account.key for account in accounts().values() if not account.is_machine]


def members() -> list[str]:
    """Keys of the people who belong to a house, or to the network's administration."""
    return [account.key for account in accounts().values() if account.memberships and not account.is_machine]


def real_hubs() -> dict[str, str]:
    """Slug -> name of the hubs of the network that have sample accounts."""
    lead = MembershipKind.HUB_LEAD
    return {
        membership.key: account.name.partition(", ")[2]
        for account in accounts().values()
        for membership in account.memberships
        if membership.kind is lead and not account.is_made_up
    }


def real_houses() -> dict[str, NodeKey]:
    """Sample accounts of people at houses that exist and are no hubs -> the house."""
    return {
        account.key: NodeKey(_LABELS[membership.kind], membership.key)
        for account in accounts().values()
        for membership in account.memberships
        if membership.kind in _LABELS and not account.is_made_up and not account.is_machine
    }


def contact(function: str, name: str) -> Contact:
    """Whom to call: at an address and a number that nobody can have (RFC 2606; the Bundesnetzagentur keeps 030 23125 for fiction)."""
    return Contact(function=f"{function} (Beispiel)", email=f"{name}@example.org", phone="+49 30 23125 000")


def registers() -> tuple[list[Node], ...]:
    """Houses and services, those of one kind together."""
    return (
        [
            _municipality(TOWN, "Musterstadt", MunicipalityKind.STADT, 24_000, contact("Stabsstelle", "rathaus")),
            _municipality(VILLAGE, "Musterdorf", MunicipalityKind.GEMEINDE, 3_100, contact("Bauamt", "musterdorf")),
            _municipality(HAMLET, "Musterhausen", MunicipalityKind.GEMEINDE, 900, contact=None),
        ],
        [
            University(
                ror=UNIVERSITY.value,
                name=f"{MARK}Hochschule Musterstadt",
                town="Musterstadt",
                state=_STATE,
                note=MADE_UP,
                contact=contact("Transferstelle", "transfer"),
                sources=SOURCES,
            )
        ],
        [
            Service(leika_id=PARKING, name=f"{MARK}Bewohnerparkausweis beantragen", ozg_topic="Beispiel"),
            Service(leika_id=BICYCLES, name=f"{MARK}Fahrradbox mieten", ozg_topic="Beispiel"),
            Service(leika_id=REGISTER, name=f"{MARK}Baumfällung anzeigen", ozg_topic="Beispiel"),
        ],
    )


def houses() -> list[Node]:
    """The houses that no register has."""
    return [
        Hub(
            slug=HUB.value,
            name=f"{MARK}DigitalHub Musterstadt",
            town="Musterstadt",
            state=_STATE,
            status=HubStatus.OPEN,
            note=f"{MADE_UP} Diesen Hub gibt es nicht im Netzwerk.",
            contact=contact("Leitung des Hubs", "hub"),
            origin=Origin.REGISTERED,
            sources=SOURCES,
        ),
        Organisation(
            slug=WORKS.value,
            name=f"{MARK}Stadtwerke Musterstadt",
            kind="Stadtwerke",
            town="Musterstadt",
            note=MADE_UP,
            contact=contact("Netzleitstelle", "stadtwerke"),
            sources=SOURCES,
        ),
    ]


def ties() -> list[Relationship]:
    """Whom the hub serves, and who its partner is. Not the works: what they enter, the network's administration reviews."""
    return [
        *(Serves(start=HUB, end=house, basis=SAID, source=SAID) for house in (TOWN, VILLAGE, HAMLET)),
        PartnerOf(start=UNIVERSITY, end=HUB, role="Forschung (Beispiel)", basis=SAID),
    ]


def _municipality(
    key: NodeKey, name: str, kind: MunicipalityKind, population: int, contact: Contact | None
) -> Municipality:
    return Municipality(
        ars=key.value,
        name=f"{MARK}{name}",
        kind=kind,
        state=_STATE,
        population=population,
        contact=contact,
        contact_visibility=Visibility.PUBLIC,
        sources=SOURCES,
    )
