"""A small network with something of every kind, of every visibility, and with callers of every sort."""

from typing import Any

from graphql import ExecutionResult, GraphQLSchema, parse, validate

from auth.principal import Anonymous, Caller, Membership, Principal
from graph.model import ExperienceReport, FundingProgramme, Need, Question, Result
from graph.port import GraphStore
from graph.records import SlugAlias
from graph.relationships import ContributesTo, OffersOnline
from graph.values import Contact, Instant, PartialDate, Source
from graph.vocabulary import CostBand, NeedKind, OperatingStatus, Origin, Stage, Visibility
from network.context import Context
from network.execution import execute
from search.port import SearchIndex
from search.service import SearchService
from tests.fixtures.builders import (
    involves,
    make_adoption,
    make_event,
    make_expert,
    make_hub,
    make_municipality,
    make_organisation,
    make_project,
    make_service,
    make_topic,
    make_university,
    partner_of,
    plant,
    relate,
    serves,
)

ANONYMOUS = Anonymous()
STRANGER = Principal(iss="https://id.example", sub="no-membership")
WILSTER = Principal("https://id.example", "w", frozenset({Membership.parse("hub_lead:wilster")}))
ZEITZ = Principal("https://id.example", "z", frozenset({Membership.parse("hub_lead:zeitz")}))
ADMIN = Principal("https://id.example", "a", frozenset({Membership.parse("network_admin")}))

_INSIDE = {
    "one_off_cost": 12_000,
    "yearly_cost": 900,
    "own_share": 3_000,
    "lessons_learned": "Früh mit dem Bauhof reden.",
    "what_failed": "Die Funkabdeckung.",
}

zeitz = make_hub(
    "zeitz",
    name="DigitalHub Zeitz",
    name_sort="digitalhub zeitz",
    town="Zeitz",
    state="Sachsen-Anhalt",
    opened=PartialDate("2023-01-25"),
    contact=Contact(function="Leitung", email="hub@zeitz.example"),
    contact_visibility=Visibility.NETWORK,
    sources=(Source(publisher="MDR", published=PartialDate("2023-01-26")),),
)
wilster = make_hub("wilster", name="DigitalHub Wilster", name_sort="digitalhub wilster", state="Schleswig-Holstein")
stadt = make_municipality(
    "150840590590",
    ags="15084590",
    name="Zeitz",
    name_sort="zeitz",
    population=27_000,
    area_km2=87.2,
    lat=51.05,
    lon=12.13,
    kind="STADT",
    updated_at=Instant("2026-01-02T03:04:05.000000Z"),
)
aehren = make_municipality(
    "010610000001", name="Ähren", name_sort="ahren", population=1_500, state="Schleswig-Holstein"
)
amt = make_municipality(
    "010615169", name="Amt Wilstermarsch", name_sort="amt wilstermarsch", kind="AMT", population=9_000
)
land = make_municipality("15", name="Sachsen-Anhalt", name_sort="sachsen anhalt", kind="LAND", population=2_100_000)
merseburg = make_university(
    "03sft3r75", name="Hochschule Merseburg", name_sort="hochschule merseburg", domain="hs-merseburg.de"
)
dataport = make_organisation("dataport", name="Dataport", name_sort="dataport", kind="Anstalt des öffentlichen Rechts")
mobilitaet = make_topic("mobilitaet", name_de="Mobilität", name_en="Mobility", name_sort="mobilitat")
parken_topic = make_topic("parken", name_de="Parken", name_en="Parking", name_sort="parken")
wohnsitz = make_service("99115005000000", name="Wohnsitz anmelden", name_sort="wohnsitz anmelden")
regio = FundingProgramme(slug="regio", name="Regio", name_sort="regio", amount_max=1_800_000)
leitung = make_expert(
    "expert-1",
    name="Leitung Bauhof",
    name_sort="leitung bauhof",
    email="bauhof@zeitz.example",
    contact_visibility="NETWORK",
)
verborgen = make_expert("expert-2", name="Beraterin", name_sort="beraterin", visibility="PRIVATE", readers=("admin",))
auftakt = make_event("auftakt", title="Auftakt", title_sort="auftakt", starts_at=PartialDate("2023-01-25"))

parken = make_project(
    "parken",
    slug="parkplatzsuche",
    title="Parkplatzsuche",
    title_sort="parkplatzsuche",
    summary="Sensoren zeigen freie Parkplätze.",
    writeup="In der Innenstadt melden Sensoren, wo noch Platz ist.",
    licence="EUPL-1.2",
    started=PartialDate("2022-05"),
    cost_band=CostBand.UNDER_25_000,
    origin=Origin.COMPILED,
    updated_at=Instant("2026-03-01T00:00:00.000000Z"),
    **_INSIDE,
)
offen = make_project(
    "offen",
    title="Offene Kosten",
    title_sort="offene kosten",
    opened=("one_off_cost",),
    confirmed_at=Instant("2026-05-03T22:30:00.000000Z"),
    origin=Origin.REGISTERED,
    updated_at=Instant("2026-04-01T00:00:00.000000Z"),
    status=OperatingStatus.PILOT,
    **_INSIDE,
)
netz = make_project(
    "netz", title="Nur im Netz", title_sort="nur im netz", visibility=Visibility.NETWORK, readers=("network",)
)
geheim = make_project(
    "geheim",
    title="Geheimes Parkhaus",
    title_sort="geheimes parkhaus",
    visibility=Visibility.PRIVATE,
    readers=("admin", "hub:wilster"),
    **_INSIDE,
)
entwurf = make_project(
    "entwurf", title="Entwurf", title_sort="entwurf", stage=Stage.DRAFT, readers=("admin", "hub:zeitz"), slug="entwurf"
)
nutzung = make_adoption("nutzung", since=PartialDate("2024"), cost=5_000, reason_ended="zu teuer")
stille = make_adoption("stille", visibility="NETWORK", readers=("network",))
AUSSEN = [make_adoption(f"offen-{name}") for name in ("stadt", "aehren")]
INNEN = [
    make_adoption(f"netz-{name}", visibility="NETWORK", readers=("network",)) for name in ("stadt", "aehren", "amt")
]
bericht = ExperienceReport(id="bericht", text="Läuft.", visibility=Visibility.NETWORK, readers=("network",))
suche = Need(
    id="suche",
    kind=NeedKind.SEEKS,
    title="Sensoren",
    title_sort="sensoren",
    visibility=Visibility.NETWORK,
    readers=("network",),
)
frage = Question(id="frage", text="Welche Sensoren?", visibility=Visibility.PUBLIC, readers=("public",))
daten = Result(id="daten", kind="data", title="Belegung", visibility=Visibility.PUBLIC, readers=("public",))

frueher = SlugAlias(slug="geheim-frueher", project="geheim")

NODES = (
    frueher,
    *(zeitz, wilster, stadt, aehren, amt, land, merseburg, dataport, mobilitaet, parken_topic, wohnsitz, regio),
    *(leitung, verborgen, auftakt, parken, offen, netz, geheim, entwurf, nutzung, stille, bericht, suche, frage, daten),
    *AUSSEN,
    *INNEN,
)
LINKS = (
    serves(zeitz, stadt, since=PartialDate("2023"), basis="Absichtserklärung"),
    serves(wilster, aehren),
    serves(wilster, amt),
    partner_of(merseburg, zeitz, role="Forschung"),
    partner_of(dataport, zeitz, role="Betrieb"),
    relate("FOCUSES_ON", zeitz, mobilitaet),
    relate("SUBTOPIC_OF", parken_topic, mobilitaet),
    relate("PART_OF", stadt, land),
    OffersOnline(start=stadt.key, end=wohnsitz.key, url="https://zeitz.example/wohnsitz"),
    relate("WORKS_AT", leitung, stadt),
    relate("WORKS_AT", verborgen, stadt),
    relate("KNOWS", leitung, parken_topic),
    ContributesTo(start=leitung.key, end=parken.key, role="Einbau"),
    ContributesTo(start=leitung.key, end=geheim.key),
    relate("HOSTS", zeitz, auftakt),
    relate("HOSTS", stadt, auftakt),
    relate("ABOUT", auftakt, mobilitaet),
    relate("OWNS", zeitz, parken),
    relate("OWNS", stadt, offen),
    relate("OWNS", zeitz, netz),
    relate("OWNS", wilster, geheim),
    relate("OWNS", zeitz, entwurf),
    relate("REVIEWED_BY", offen, zeitz),
    involves(parken, stadt, role="Anwenderin"),
    involves(parken, merseburg),
    involves(geheim, aehren, confirmed_at=Instant("2026-01-01T00:00:00.000000Z")),
    relate("ADDRESSES", parken, parken_topic),
    relate("ADDRESSES", parken, mobilitaet),
    relate("ADDRESSES", geheim, parken_topic),
    relate("IMPLEMENTS", offen, wohnsitz),
    relate("FUNDED_BY", parken, regio),
    relate("FUNDED_BY", geheim, regio),
    relate("DERIVED_FROM", offen, parken),
    relate("HAS_RESULT", parken, daten),
    relate("MADE", aehren, nutzung),
    relate("OF", nutzung, parken),
    relate("MADE", amt, stille),
    relate("OF", stille, geheim),
    *(relate("MADE", house, adoption) for house, adoption in zip((stadt, aehren), AUSSEN, strict=True)),
    *(relate("OF", adoption, offen) for adoption in AUSSEN),
    *(relate("MADE", house, adoption) for house, adoption in zip((stadt, aehren, amt), INNEN, strict=True)),
    *(relate("OF", adoption, netz) for adoption in INNEN),
    relate("ABOUT", bericht, nutzung),
    relate("HAS", stadt, suche),
    relate("CONCERNS", suche, parken_topic),
    relate("ABOUT", frage, parken),
)


async def settle(store: GraphStore) -> None:
    """Plants the whole network."""
    await plant(store, *NODES, *LINKS)


async def ask(
    schema: GraphQLSchema,
    store: GraphStore,
    text: str,
    caller: Caller = ANONYMOUS,
    *,
    search: SearchIndex | None = None,
    **variables: Any,
) -> ExecutionResult:
    """What the engine answers to a valid operation."""
    document = parse(text)
    assert validate(schema, document) == []
    service = None if search is None else SearchService(store, search)
    try:
        return await execute(
            schema, document, context=Context(store=store, search=service, caller=caller), variables=variables
        )
    finally:
        if service is not None:
            await service.close()


async def data(schema: GraphQLSchema, store: GraphStore, text: str, caller: Caller = ANONYMOUS, **given: Any) -> Any:
    """The data of an answer without errors."""
    result = await ask(schema, store, text, caller, **given)
    assert result.errors is None, result.errors
    return result.data
