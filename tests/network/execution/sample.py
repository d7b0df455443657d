"""A small schema with every kind of field, and a graph to ask: what the tests of the engine stand on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from graph import links, model
from graph.errors import GraphUnavailableError, InvalidInputError
from graph.links import Order
from graph.model import Node, NodeKey
from graph.relationships import Relationship
from graph.selection import Compare, Operator
from graph.values import Contact as ContactValue
from graph.values import Instant, PartialDate, Source
from graph.vocabulary import AdoptionStatus, HubStatus, OperatingStatus, Visibility
from network.execution import (
    SCALARS,
    Connection,
    Edge,
    EdgeConnection,
    Lookup,
    Lookups,
    Names,
    NodeRow,
    Read,
    attribute,
    by_key,
    computed,
    connection,
    cursors,
    derived,
    global_id,
    interface,
    link,
    many,
    node,
    one,
    page,
    reference,
    value,
)
from tests.fixtures.builders import (
    involves,
    make_adoption,
    make_hub,
    make_municipality,
    make_organisation,
    make_project,
    make_topic,
    make_university,
    partner_of,
    relate,
    serves,
)
from tests.fixtures.memory_store import Damage, MemoryGraphStore

Status = strawberry.enum(HubStatus, description="Whether it is open.")
Running = strawberry.enum(OperatingStatus, description="How far it is.")
InUse = strawberry.enum(AdoptionStatus, description="Whether it is in use.")
_TEXT = "A text."


@value(description="Whom to call.")
class SampleContact:
    function: str = attribute(_TEXT)
    email: str | None = attribute(_TEXT)


@value(description="Where it comes from.")
class SampleSource:
    publisher: str = attribute(_TEXT)
    published: PartialDate | None = attribute(_TEXT)


@interface(description="Who takes part.")
class House:
    id: strawberry.ID = global_id()
    name: str = attribute(_TEXT)
    projects: "Connection[Project]" = connection(links.HOUSE_PROJECTS, "Projects that it owns.")


def size_class(population: int | None) -> str | None:
    if population is not None and population < 0:
        raise InvalidInputError("a population below zero")
    return None if population is None else "SMALL" if population < 2_000 else "LARGE"


@node(model.Hub, keys=["id", "slug"], description="A hub.")
class Hub(House):
    slug: str = attribute(_TEXT)
    status: Status = attribute(_TEXT)  # type: ignore[valid-type]  # an enum made by a function
    opened: PartialDate | None = attribute(_TEXT)
    updated_at: Instant | None = attribute(_TEXT)
    focus: list[str] = attribute(_TEXT)
    lat: float | None = attribute(_TEXT)
    workplaces: int | None = attribute(_TEXT)
    contact: SampleContact | None = attribute(_TEXT)
    sources: list[SampleSource] = attribute(_TEXT)
    topics: "list[Topic]" = link(links.HUB_TOPICS, "Topics.")
    municipalities: "EdgeConnection[ServedEdge]" = connection(links.HUB_MUNICIPALITIES, "Served.")
    partners: "EdgeConnection[PartnerEdge]" = connection(links.HUB_PARTNERS, "Partners.")

    @computed("list[SampleHit]", "Projects much like this hub's.", needs=["name"])
    async def similar(hub: strawberry.Parent[NodeRow], first: int = 2) -> list["FoundHit"]:  # noqa: N805 - Strawberry passes the parent
        if first > 5:
            raise InvalidInputError("first: at most 5")
        keys = [NodeKey("Project", f"p{number}") for number in range(first)]
        return [FoundHit(key, len(hub["name"])) for key in keys]

    @computed(strawberry.ID, "Its key, read by a resolver.")
    def key(hub: strawberry.Parent[NodeRow]) -> str:  # noqa: N805 - Strawberry passes the parent
        return hub.key.value

    @computed("Hub | None", "Itself, read again.")
    def again(hub: strawberry.Parent[NodeRow]) -> Read:  # noqa: N805 - Strawberry passes the parent
        return by_key(hub.key)


@node(model.Municipality, description="A municipality.")
class Municipality(House):
    ars: str = attribute(_TEXT)
    population: int | None = attribute(_TEXT)
    area: float | None = attribute(_TEXT, property="area_km2")
    size: str | None = derived(size_class, ["population"], "How large it is.")
    part_of: "Municipality | None" = link(links.MUNICIPALITY_PART_OF, "What it is part of.")
    hubs: "Connection[Hub]" = connection(links.MUNICIPALITY_HUBS, "Hubs.")
    adoptions: "Connection[Adoption]" = connection(links.HOUSE_ADOPTIONS["Municipality"], "What it adopted.")


@node(model.University, description="A university.")
class University(House):
    domain: str | None = attribute(_TEXT)


@node(model.Organisation, description="An organisation.")
class Organisation(House):
    kind: str | None = attribute(_TEXT)


Partner = Annotated[Municipality | University | Organisation, strawberry.union("Partner", description="A partner.")]


@strawberry.federation.type(description="A hub serves a municipality.", shareable=True)
class ServedEdge(Edge[Municipality]):
    since: PartialDate | None = attribute(_TEXT)
    legal_basis: str | None = attribute(_TEXT, property="basis")


@strawberry.federation.type(description="A house is partner of a hub.", shareable=True)
class PartnerEdge(Edge[Partner]):
    role: str | None = attribute(_TEXT)


@node(model.Topic, description="A topic.")
class Topic:
    id: strawberry.ID = global_id()
    name: str = attribute(_TEXT, property="name_de")
    projects: "Connection[Project]" = connection(links.TOPIC_PROJECTS, "Projects.")


@node(model.Project, keys=["id", "slug"], description="A project.")
class Project:
    id: strawberry.ID = global_id()
    slug: str = attribute(_TEXT)
    title: str = attribute(_TEXT)
    summary: str = attribute(_TEXT)
    status: Running = attribute(_TEXT)  # type: ignore[valid-type]  # an enum made by a function
    cost: int | None = attribute(_TEXT, property="one_off_cost")
    owner: House | None = link(links.PROJECT_OWNER, "Owner.")
    hub: Hub | None = link(links.PROJECT_HUB, "Owning hub.")
    topics: list[Topic] = link(links.PROJECT_TOPICS, "Topics.")
    houses: "list[House]" = link(links.PROJECT_HOUSES, "Houses.")
    municipalities: Connection[Municipality] = connection(links.PROJECT_MUNICIPALITIES, "Municipalities.")
    adoptions: "list[Adoption]" = link(links.PROJECT_ADOPTIONS, "Adoptions.")


@node(model.Adoption, description="An adoption.")
class Adoption:
    id: strawberry.ID = global_id()
    status: InUse = attribute(_TEXT)  # type: ignore[valid-type]  # an enum made by a function
    since: PartialDate | None = attribute(_TEXT)
    project: Project = link(links.ADOPTION_PROJECT, "What was adopted.")


@dataclass(frozen=True, slots=True)
class FoundHit:
    project: NodeKey | None
    score: int
    because: tuple[NodeKey, ...] = ()
    best: NodeKey | None = None


@dataclass(frozen=True, slots=True)
class FoundFacet:
    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FoundPage:
    hits: tuple[FoundHit, ...]
    facets: tuple[FoundFacet, ...]
    top: FoundHit | None
    page_info: Mapping[str, Any]


@value(FoundHit, description="A hit.")
class SampleHit:
    project: Project = reference(_TEXT)
    score: int = attribute(_TEXT)
    because: list[House] = reference("Houses for whose sake it is here.")
    best: Partner | None = reference("The best of them.")


@value(FoundFacet, description="A facet.")
class SampleFacet:
    name: str = attribute(_TEXT)
    counts: list[int] = attribute(_TEXT)


@value(FoundPage, description="What was found.")
class SampleFound:
    hits: list[SampleHit] = attribute(_TEXT)
    facets: list[SampleFacet] = attribute(_TEXT)
    top: SampleHit | None = attribute(_TEXT)


def found(text: str) -> FoundPage:
    houses = (NodeKey("Hub", "zeitz"), NodeKey("Municipality", "000000000001"), NodeKey("Hub", "nowhere"))
    hits = tuple(
        FoundHit(
            NodeKey("Project", f"p{number}"),
            number if text != "damaged" else "much",  # type: ignore[arg-type]  # on purpose
            houses,
            NodeKey("University", "000000001") if number % 2 else None,
        )
        for number in (4, 2, 99, 3, 0)
    )
    return FoundPage(hits, (FoundFacet("topic", (1, 2)),), hits[0] if text else None, {})


@strawberry.type(description="Where to begin.")
class Query:
    @computed(Hub | None, "One hub.")
    def hub(self, slug: str) -> Read:
        return one("Hub", "slug", slug)

    @computed(Hub, "One hub that must be there.")
    def the_hub(self, slug: str = "zeitz") -> Read:
        return one("Hub", "slug", slug)

    @computed(Project | None, "One project.")
    async def project(self, slug: str = "p1") -> NodeKey | None:
        return None if slug == "none" else NodeKey("Project", slug)

    @computed(Connection[Project], "Projects by title.")
    def projects(self, first: int = 20, after: str | None = None, status: OperatingStatus | None = None) -> Read:
        where = () if status is None else (Compare("status", Operator.EQUALS, status.value),)
        return page("Project", where=where, order=(Order("title_sort"),), first=first, after=after)

    @computed(Connection[Municipality] | None, "Municipalities, largest first.")
    def municipalities(self, first: int = 20, after: str | None = None) -> Read:
        return page("Municipality", order=(Order("population", is_descending=True),), first=first, after=after)

    @computed(list[Hub], "Hubs by slug.")
    def hubs(self, slugs: list[str]) -> Read:
        return many("Hub", "slug", slugs)

    @computed(list[Hub | None], "Hubs by slug, null where there is none.")
    def maybe_hubs(self, slugs: list[str]) -> Read:
        return many("Hub", "slug", slugs)

    @computed(House | None, "A house by label and key.")
    def house(self, label: str = "Hub", key: str = "zeitz") -> Read:
        return by_key(NodeKey(label, key))

    @computed(list[House | None], "Houses; an error where the label is none of a house.")
    def lookups(self, slugs: list[str]) -> Lookups:
        return Lookups(
            tuple(InvalidInputError("no key") if slug == "bad" else Lookup("Hub", "slug", slug) for slug in slugs)
        )

    @computed(SampleFound | None, "A search.")
    async def search(self, text: str = "a") -> FoundPage:
        return found(text)

    @computed(list[SampleFacet], "Values that name no node.")
    def facets(self) -> tuple[FoundFacet, ...]:
        return (FoundFacet("topic", (1, 2)), FoundFacet("hub", ()))

    @computed(list[SampleHit], "Hits alone.")
    def hits(self) -> tuple[FoundHit, ...]:
        return found("a").hits

    @computed(int | None, "A failure.")
    def broken(self) -> int:
        raise GraphUnavailableError("out of order")


@strawberry.type(description="What to change.")
class Mutation:
    @computed(Project | None, "Changes nothing, and shows the project.")
    async def touch(self, slug: str) -> Read:
        return one("Project", "slug", slug)


TEXTS = {
    "slug": ("zeitz", "zeitz", "zeitz", "altena", "nowhere", "p0", "p1", "p1", "p4", "p5", "none", "bad"),
    "slugs": ("zeitz", "altena", "nowhere", "bad"),
    "text": ("", "a", "damaged"),
    "label": ("Hub", "Municipality", "University"),
    "key": ("zeitz", "000000000001", "000000001"),
    "after": (
        "",
        "x",
        "WyJ4IiwxXQ",
        cursors.encode(cursors.link_scope(links.HUB_MUNICIPALITIES), (1_000, "000000000002")),
        cursors.encode(cursors.link_scope(links.HOUSE_PROJECTS["Hub"]), ("title 0", "p0")),
        cursors.encode(cursors.match_scope("Project", (), (Order("title_sort"),)), ("title 0", "p0")),
    ),
}
"""What random operations put for text, by argument."""


def schema() -> GraphQLSchema:
    made = strawberry.federation.Schema(
        query=Query,
        mutation=Mutation,
        types=[Hub, Municipality, University, Organisation],
        federation_version="2.9",
        config=StrawberryConfig(scalar_map=SCALARS, name_converter=Names()),
    )
    return made._schema


def store(*, damage: Damage | None = None) -> MemoryGraphStore:
    return MemoryGraphStore(*things(), damage=damage)


def things() -> tuple[Node | Relationship, ...]:
    """Two hubs, seven municipalities in a district, a university, an organisation, five projects of every visibility."""
    zeitz = make_hub(
        "zeitz",
        status=HubStatus.OPEN,
        opened="2021-05",
        focus=("a", "b"),
        lat=51.5,
        workplaces=4,
        contact=ContactValue("Office", "office@example.org"),
        sources=(Source("Press", published=PartialDate("2022")), Source("Council")),
        updated_at=Instant("2026-01-02T03:04:05.000006Z"),
    )
    altena = make_hub("altena", status=HubStatus.PLANNED)
    district = make_municipality("00000", name="Kreis", population=None)
    towns = [make_municipality(f"{number:012}", population=1_000 * (number // 2), area_km2=1.5) for number in range(7)]
    university = make_university("000000001", domain="example.edu")
    organisation = make_organisation("verein", kind="e. V.")
    topics = [make_topic(slug) for slug in ("traffic", "care")]
    projects = [
        make_project(
            f"p{number}",
            title=f"Title {number // 2}",
            one_off_cost=number * 100,
            opened=("one_off_cost",) if number == 1 else (),
        )
        for number in range(4)
    ]
    hidden = make_project("p4", readers=("hub:zeitz",), visibility=Visibility.PRIVATE)
    network = make_project("p5", readers=("network",), visibility=Visibility.NETWORK)
    adoptions = [make_adoption(f"a{number}", since=f"202{number}") for number in range(3)]
    return (
        *(zeitz, altena, district, *towns, university, organisation, *topics, *projects, hidden, network, *adoptions),
        *(serves(zeitz, town, since="2021", basis="contract") for town in towns),
        serves(altena, towns[0]),
        *(relate("PART_OF", town, district) for town in towns[1:]),
        *(partner_of(house, zeitz, role="sponsor") for house in (university, organisation, towns[1])),
        *(relate("FOCUSES_ON", zeitz, topic) for topic in topics),
        *(relate("OWNS", zeitz, project) for project in (*projects[:3], hidden, network)),
        relate("OWNS", university, projects[3]),
        *(relate("ADDRESSES", project, topics[0]) for project in (*projects, hidden)),
        *(involves(project, house) for project in projects[:2] for house in (*towns[:3], university, altena)),
        *(relate("MADE", towns[0], adoption) for adoption in adoptions),
        *(relate("OF", adoption, projects[0]) for adoption in adoptions[:2]),
        relate("OF", adoptions[2], hidden),
    )
