"""A network of places and things: houses near and far, events of every sort, needs, services online, and somebody's harm."""

from typing import Final

from graph.model import FundingProgramme, Need, Node, Question
from graph.relationships import OffersOnline, Relationship
from graph.values import Contact, Instant, PartialDate, Source
from graph.vocabulary import EventStatus, HubStatus, NeedKind, NeedStatus, Visibility
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
    relate,
    serves,
)
from tests.pages.finding import SCRIPT

WHEN: Final = Instant("2026-05-04T08:00:00.000000Z")
CROWD: Final = 60

zeitz = make_hub(
    "zeitz",
    name="DigitalHub Zeitz",
    name_sort="digitalhub zeitz",
    state="Sachsen-Anhalt",
    town="Zeitz",
    lat=51.05,
    lon=12.13,
    premises="Drei Räume im Bahnhof",
    consultation_hours="dienstags 10 bis 12 Uhr",
    contact=Contact(function="Leitung Zeitz", phone="+49 3441 1", email="leitung@zeitz.example"),
    contact_visibility=Visibility.NETWORK,
    sources=(Source(publisher="Blatt", url="https://blatt.example/1", published=PartialDate("2023-01")),),
)
wilster = make_hub(
    "wilster",
    name="DigitalHub Wilster",
    name_sort="digitalhub wilster",
    state="Schleswig-Holstein",
    status=HubStatus.PLANNED,
    lat=53.92,
    lon=9.37,
    contact=Contact(function="Büro Wilster", phone="04823 2"),
    contact_visibility=Visibility.PUBLIC,
)
bare = make_hub("kahl", name="Hub ohne alles", name_sort="hub ohne alles")
stadt = make_municipality(
    "150840590590", name="Zeitz, Stadt", name_sort="zeitz stadt", kind="STADT", population=27_000, lat=51.05, lon=12.14
)
dorf = make_municipality(
    "010610000001", name="Ähren", name_sort="ahren", population=900, state="Schleswig-Holstein", lat=54.1, lon=9.3
)
amt = make_municipality("010615169", name="Amt Wilstermarsch", name_sort="amt wilstermarsch", kind="AMT")
crowd = [
    make_municipality(f"0900000000{number:02}", name=f"Menge {number:02}", name_sort=f"menge {number:02}")
    for number in range(CROWD)
]
hochschule = make_university("03sft3r75", name="Hochschule Merseburg", domain="hs-merseburg.example")
akademie = make_university("local:akademie", name="Akademie am Deich")
werke = make_organisation("stadtwerke", name="Stadtwerke Zeitz", kind="Stadtwerk", note=f"Seit 1900 {SCRIPT}")
mobilitaet = make_topic("mobilitaet", name_de="Mobilität", name_en="Mobility", name_sort="mobilitat")
parken_topic = make_topic("parken", name_de="Parken", name_en="Parking", name_sort="parken")
wohnsitz = make_service("99115005000000", name="Wohnsitz anmelden", ozg_topic="Bürger")
regio = FundingProgramme(slug="regio", name="Regio", name_sort="regio", amount_max=1_800_000)
bauhof = make_expert(
    "bauhof",
    name="Leitung Bauhof",
    name_sort="leitung bauhof",
    email="bauhof@zeitz.example",
    phone="+49 3441 99",
    contact_visibility="NETWORK",
)
parken = make_project("parken", slug="parkplatzsuche", title="Parkplatzsuche", summary="Sensoren.")
still = make_project(
    "still",
    title="Stilles Vorhaben",
    visibility=Visibility.NETWORK,
    readers=("network",),
    title_sort="stilles vorhaben",
)
strand = make_project("strand", title="Strandkorb frei", title_sort="strandkorb frei")
deich = make_project("deich", title="Deichwacht", title_sort="deichwacht")
nutzung = make_adoption("nutzung", since=PartialDate("2024-03"), confirmed_by_owner_at=WHEN)
nutzung_stadt = make_adoption("nutzung-stadt", since=PartialDate("2024-04"))

coming = make_event("kommt", title="Messe der Hubs", starts_at=PartialDate("2099-05-04"), place="Halle")
long_one = make_event(
    "lang", title="Woche der Daten", starts_at=PartialDate("2026-10-30"), ends_at=PartialDate("2026-11-02")
)
cancelled = make_event(
    "abgesagt",
    title="Tag der Akten",
    starts_at=PartialDate("2026-11-17"),
    status=EventStatus.CANCELLED,
    reason_cancelled="Der Saal ist überflutet.",
)
vague = make_event("vage", title="Irgendwann im November", starts_at=PartialDate("2026-11"))
past = make_event("vorbei", title="Auftakt", starts_at=PartialDate("2020-01-25"), status=EventStatus.HELD)
regular = make_event(
    "stammtisch", title="Stammtisch", date_note="jeden Montag", is_recurring=True, status=EventStatus.UNKNOWN
)
hostile_event = make_event(
    "boese",
    title=f"Abend {SCRIPT}",
    starts_at=PartialDate("2099-06-01"),
    registration_url="javascript:alert(1)",
    online_url="data:text/html,x",
    description=f"{SCRIPT} [klick](javascript:alert(1))",
)

suche = Need(
    id="suche",
    kind=NeedKind.SEEKS,
    title="Sensoren für Parkplätze",
    title_sort="sensoren fur parkplatze",
    text=f"Wir suchen **Sensoren**. {SCRIPT}",
    created_at=WHEN,
    visibility=Visibility.PUBLIC,
    readers=("public",),
)
angebot = Need(
    id="angebot",
    kind=NeedKind.OFFERS,
    title="Gateway abzugeben",
    title_sort="gateway abzugeben",
    text="Eines ist übrig.",
    created_at=WHEN,
    visibility=Visibility.NETWORK,
    readers=("network",),
)
erledigt = Need(
    id="erledigt",
    kind=NeedKind.SEEKS,
    title="Längst gefunden",
    title_sort="langst gefunden",
    text="Danke.",
    status=NeedStatus.CLOSED,
    created_at=WHEN,
    visibility=Visibility.PUBLIC,
    readers=("public",),
)
frage = Question(
    id="frage", text="Welche Sensoren?", created_at=WHEN, visibility=Visibility.PUBLIC, readers=("public",)
)

PLACES: Final[tuple[Node | Relationship, ...]] = (
    *(zeitz, wilster, bare, stadt, dorf, amt, *crowd, hochschule, akademie, werke, mobilitaet, parken_topic, wohnsitz),
    *(regio, bauhof, parken, still, strand, deich, nutzung, nutzung_stadt),
    *(coming, long_one, cancelled, vague, past, regular, hostile_event, suche, angebot, erledigt, frage),
    serves(zeitz, stadt, since=PartialDate("2023")),
    serves(wilster, dorf),
    serves(wilster, amt),
    partner_of(hochschule, zeitz, role="Forschung"),
    relate("FOCUSES_ON", zeitz, mobilitaet),
    relate("SUBTOPIC_OF", parken_topic, mobilitaet),
    relate("PART_OF", dorf, amt),
    OffersOnline(start=dorf.key, end=wohnsitz.key, url="https://aehren.example/wohnsitz"),
    relate("WORKS_AT", bauhof, stadt),
    relate("KNOWS", bauhof, parken_topic),
    *(relate("HOSTS", zeitz, event) for event in (coming, long_one, cancelled, past)),
    relate("ABOUT", coming, mobilitaet),
    relate("OWNS", stadt, parken),
    relate("OWNS", zeitz, still),
    relate("OWNS", wilster, strand),
    involves(parken, hochschule, role="Begleitforschung", confirmed_at=WHEN),
    relate("ADDRESSES", parken, parken_topic),
    relate("IMPLEMENTS", parken, wohnsitz),
    relate("FUNDED_BY", parken, regio),
    *(relate("MADE", house, one) for house, one in ((dorf, nutzung), (stadt, nutzung_stadt))),
    *(relate("OF", one, strand) for one in (nutzung, nutzung_stadt)),
    *(involves(deich, town, confirmed_at=WHEN) for town in (stadt, dorf)),
    involves(deich, werke, role="Zahlmeister", asked_at=WHEN),
    relate("HAS", stadt, suche),
    relate("HAS", zeitz, angebot),
    relate("HAS", stadt, erledigt),
    *(relate("CONCERNS", need, parken_topic) for need in (suche, angebot)),
    relate("ABOUT", frage, parken_topic),
)
