"""Every field of the schema is held to the policy by a walk, or stands here with the reason why it need not be.

Attributes and links of nodes are held to it by what they declare. What somebody computed says itself why it is safe.
"""

from typing import Final

from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type

from graph.ddl import LABELS
from network.execution import registry
from network.execution.fields import Attribute, Computed, Derived, GlobalId, LinkField, Part, Reference
from tests.network.walking.checks import nodes_of
from tests.network.walking.paths import Walker, declaration, is_node, needs_arguments, python_name
from tests.network.walking.place import GATEWAY, surfaces

SURFACES: Final = surfaces()
SCHEMA: Final = SURFACES[GATEWAY]

_WALKED: Final = "walked: nodes are read as the caller, words are looked for in the whole answer"
_SEARCHED: Final = "walked, and searched for words of every entry by test_permissions_walk_search"
_OWN: Final = "of the caller alone, by its pseudonym; what it names is read as the caller"
_TRAIL: Final = (
    "walked; its own tests are tests/network/test_history_fields.py and tests/contract/contributions/test_history.py"
)
_TIED: Final = "walked: edges name nodes of the same answer alone, and test_permissions_walk_ties looks at each"
_MEMBERS: Final = "walked; who is listed and shown to whom: tests/network/test_members.py"
_PROBLEM: Final = "words of an error; test_permissions_walk_mutations holds hidden and absent alike"

COMPUTED: Final[dict[str, str]] = {
    "Municipality.similar": _WALKED,
    "Project.similar": _WALKED,
    "Project.familyTree": _WALKED,
    "Hub.serviceGaps": _WALKED,
    "Project.differentBecause": "walked: for insiders, held to the policy by walking.world.INSIDERS",
    "Project.reviewedBy": "told only while the entry waits for a review, when none but insiders and reviewers read it",
    "Viewer.tasks": _OWN,
    "Viewer.notifications": _OWN,
    "Viewer.unreadCount": _OWN,
    "Viewer.follows": _OWN,
    "Viewer.houses": "of the caller alone, by its memberships; read as the caller",
    "Viewer.adoptions": "of the caller's houses alone, by its memberships; read as the caller",
    "Viewer.followed": "counts alone, of what the caller's houses own and the caller may read",
    "Viewer.savedSearches": _OWN,
    "Viewer.mailSettings": _OWN,
    "Viewer.listings": _OWN,
    "Viewer.webhooks": _OWN,
    "Viewer.feedAddresses": _OWN,
    "Need.matches": _WALKED,
    "CreateProjectDraftSuccess.possibleDuplicates": "as the root field, which is walked",
}
"""Fields with logic of their own, below the root (test_permissions_walk.CALLS has the root's)."""

VALUES: Final[dict[str, tuple[str, str]]] = {
    "Contact": ("function email phone url", "walked: the property that holds it is guarded, and each part has a word"),
    "Source": ("publisher url published", _WALKED),
    "PageInfo": ("hasNextPage hasPreviousPage startCursor endCursor", "walked: a whole list has no further page"),
    "NotFound": ("message", _PROBLEM),
    "Forbidden": ("message", _PROBLEM),
    "Conflict": ("message currentVersion allowedMoves", _PROBLEM),
    "InvalidInput": ("message problems", _PROBLEM),
    "InputProblem": ("path message", _PROBLEM),
    "HistoryEntry": ("id at action actor memberships isViewer version fields links", _TRAIL),
    "HistoryEdge": ("cursor node", _TRAIL),
    "HistoryConnection": ("edges pageInfo", _TRAIL),
    "FieldChange": ("field before after isConcealed", _TRAIL),
    "LinkChange": ("relationship node isAdded", _TRAIL),
    "HouseMember": ("id house role since name email", _MEMBERS),
    "HouseInvitation": ("id house role email invitedAt expiresAt", _MEMBERS),
    "Viewer": (
        (
            "issuer subject memberships houses adoptions tasks notifications unreadCount follows followed savedSearches mailSettings listings "
            "webhooks feedAddresses"
        ),
        _OWN,
    ),
    "OwnListing": (
        (
            "id name role houses contact purpose sources topics projects visibility contactVisibility consentGivenAt "
            "consentWithdrawnAt version"
        ),
        _OWN,
    ),
    "Webhook": ("id url kinds failures disabledAt createdAt lastDeliveries", _OWN),
    "FeedAddress": ("id name form page createdAt expiresAt lastUsedOn", _OWN),
    "WebhookDelivery": ("event kind subject at attempts answer deliveredAt failedAt nextAttemptAt", _OWN),
    "NeedMatch": ("node score reasons", _WALKED),
    "NeedMatchReason": ("aspect label names", _WALKED),
    "Notification": ("id kind subject reason at readAt", _OWN),
    "NotificationConnection": ("edges pageInfo totalCount", _OWN),
    "NotificationEdge": ("cursor node", _OWN),
    "AskedToCall": (
        "desk houses",
        "houses are open to everybody; that there is such an entry is asked with the caller's audiences",
    ),
    "Follow": ("id target targetId since", _OWN),
    "FollowedEntry": ("entry followers", "of the caller's own houses alone; counts, and never who"),
    "SavedSearch": ("id name query filter createdAt ranAt", _OWN),
    "MailSettings": ("digest getsTaskMail email name isListed", _OWN),
    "PossibleDuplicate": ("similarity band confirmedReuse project reasons", _SEARCHED),
    "PossibleDuplicateReason": ("aspect label words services topics", _SEARCHED),
    "SimilarProject": ("project similarity reasons why", _WALKED),
    "SimilarityReason": ("aspect label names", _WALKED),
    "SimilarMunicipality": ("municipality similarity shared reasonLabel reasons", _WALKED),
    "FamilyTree": ("nodes edges isCut", _WALKED),
    "FamilyMember": ("project title generation confirmedCount declaredCount confirmedBy declaredBy", _WALKED),
    "FamilyAdopter": ("house name status since", _WALKED),
    "FamilyEdge": ("project origin", _TIED),
    "Introductions": ("paths reason reasonLabel", _WALKED),
    "Introduction": ("hops isConfirmed sentence steps contact", _WALKED),
    "IntroductionStep": ("node name relation label isConfirmed", _WALKED),
    "IntroductionContact": ("node name function", _WALKED),
    "OnlineService": ("url since source", "of registers, which are public as a whole"),
    "ServiceGap": (
        (
            "service name served offered missing recorded missingMunicipalities offeringMunicipalities hubs projectCount "
            "projects"
        ),
        _WALKED,
    ),
    "ServiceGapHub": ("hub offered", _WALKED),
    "Neighbourhood": ("nodes edges isCut", _WALKED),
    "NeighbourhoodNode": ("id node label distance", _WALKED),
    "NeighbourhoodEdge": ("start end relation label isConfirmed", _TIED),
    "NetworkCounts": (
        "hubs municipalities universities projects confirmedAdoptions openNeeds",
        "numbers of what is visible: tests/contract/test_counting.py",
    ),
    "SearchConnection": (
        "edges pageInfo totalCount isTotalExact facets didYouMean missingWords withoutFilters relaxed wider",
        _SEARCHED,
    ),
    "SearchEdge": ("cursor node score title snippets explanation isAside", _SEARCHED),
    "Passage": ("source parts html", _SEARCHED),
    "PassagePart": ("text isMatch", _SEARCHED),
    "SearchExplanation": ("words missing textScore coverage confirmedReuse confirmedAt label", _SEARCHED),
    "MatchedWord": ("typed part found source kind label quality", _SEARCHED),
    "Facet": ("name values", _SEARCHED),
    "FacetValue": ("value label count", _SEARCHED),
    "RelaxedSearch": ("label edges topics need catalogues", _SEARCHED),
    "WiderSearch": ("parts topics", _SEARCHED),
    "SearchPart": ("text totalCount isTotalExact", _SEARCHED),
    "WiderTopic": ("topic totalCount reason typed found", _SEARCHED),
    "NeedDraft": ("kind title topics", _SEARCHED),
    "Catalogue": ("name purpose url", "addresses of other services with the words that the caller typed"),
    "Suggestion": ("kind text detail node", _SEARCHED),
}
"""Fields of what is no node. A field that is missing here may tell of something that nobody looked at."""


def _object_types() -> list[GraphQLObjectType]:
    roots = (SCHEMA.query_type, SCHEMA.mutation_type)
    return [
        named
        for name, named in SCHEMA.type_map.items()
        if isinstance(named, GraphQLObjectType) and named not in roots and not name.startswith("_")
    ]


def _is_declared_page(named: GraphQLObjectType) -> bool:
    """Connections and edges of links: made of parts, properties of the relationship and the node."""
    return (
        named.name.endswith(("Connection", "Edge"))
        and all(isinstance(declaration(field_), Part | Attribute) for field_ in named.fields.values())
        and any(isinstance(declaration(field_), Part) for field_ in named.fields.values())
    )


def test_every_field_of_a_node_is_declared_or_stands_here() -> None:
    told = set()
    for named in nodes_of(SCHEMA):
        for name, field_ in named.fields.items():
            assert not needs_arguments(field_), f"{named.name}.{name} is not walked: it has to be told something"
            match declaration(field_):
                case Attribute() | GlobalId() | LinkField():
                    pass
                case Derived(needs=needs):
                    model = registry.model_of(named.name)
                    assert model is not None
                    properties = LABELS[model.__name__].properties
                    assert all(properties[need].guard is None for need in needs), f"{named.name}.{name}"
                case Computed():
                    told.add(f"{named.name}.{name}")
                case other:
                    raise AssertionError(f"{named.name}.{name} is declared as {other}")
    assert told <= COMPUTED.keys(), "say in COMPUTED who may see it and which test holds it"


def test_every_field_of_a_value_stands_here() -> None:
    found = {
        named.name: " ".join(named.fields)
        for named in _object_types()
        if not is_node(named) and not named.name.endswith("Success") and not _is_declared_page(named)
    }
    assert found == {name: fields for name, (fields, _) in VALUES.items()}, "say in VALUES why it is safe"


def test_what_a_mutation_shows_is_read_as_the_caller() -> None:
    for named in _object_types():
        if not named.name.endswith("Success"):
            continue
        for name, field_ in named.fields.items():
            if get_named_type(field_.type).name == "Viewer":
                continue
            if isinstance(declaration(field_), Computed):
                assert f"{named.name}.{name}" in COMPUTED
            elif _leads_to_node(get_named_type(field_.type)):
                assert isinstance(declaration(field_), Reference), f"{named.name}.{name}"


def _leads_to_node(named: GraphQLNamedType) -> bool:
    return is_node(named) or named.name in ("House", "Node")


def test_nothing_stands_here_that_is_gone() -> None:
    names = {f"{named.name}.{name}" for named in _object_types() for name in named.fields}
    assert COMPUTED.keys() <= names


def test_the_walk_goes_along_every_field_of_every_node() -> None:
    for schema in SURFACES.values():
        for named in nodes_of(schema):
            walker = Walker(schema)
            walker.selection(named, 1)
            assert {name for type_name, name in walker.walked if type_name == named.name} == set(named.fields)


def test_a_guarded_property_is_shown_only_as_what_it_is() -> None:
    """Under another name or through a function it would escape the test of its guard."""
    for named in nodes_of(SCHEMA):
        model = registry.model_of(named.name)
        assert model is not None
        for name, field_ in named.fields.items():
            match declaration(field_):
                case Computed(needs=needs) if needs:
                    properties = LABELS[model.__name__].properties
                    assert all(properties[need].guard is None for need in needs), f"{named.name}.{name}"
                case Attribute(property=given):
                    assert (given or python_name(field_)) in LABELS[model.__name__].properties
