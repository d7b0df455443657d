"""A network with projects of which everything is known, or little, or what somebody wrote to do harm; and the pages over it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from starlette.types import ASGIApp

from auth.errors import InvalidTokenError
from auth.principal import Principal
from graph.backends.ladybug.store import LadybugGraphStore
from graph.model import Answer, Document, ExperienceReport, FundingProgramme, Node, Question, Result, ReviewComment
from graph.records import SlugAlias
from graph.relationships import ContributesTo, Relationship
from graph.tally import tallied
from graph.values import Contact, Instant, PartialDate, Source
from graph.vocabulary import AdoptionStatus, CostBand, OperatingStatus, Origin, Stage, Visibility
from network.app import create_app
from network.configuration.settings import load
from network.ports import Ports
from search.indexer import Indexer
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import (
    involves,
    make_adoption,
    make_expert,
    make_hub,
    make_municipality,
    make_organisation,
    make_project,
    make_service,
    make_topic,
    make_university,
    plant,
    relate,
    serves,
)
from tests.network.plain import client
from tests.network.walking.world import principal

HTML: Final = {"accept": "text/html"}
MEMBERS: Final[dict[str, Principal]] = {
    "other": principal("other", "university:03sft3r75"),
    "owner": principal("owner", "municipality:150840590590"),
    "reviewer": principal("reviewer", "reviewer:zeitz"),
    "admin": principal("admin", "network_admin"),
}
"""Who asks, beside everybody: a member whom the projects do not concern, and those whom they do."""
SCRIPT: Final = "<script>alert(1)</script>"
LONG: Final = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung"

_WHEN: Final = Instant("2026-05-04T08:00:00.000000Z")
_INSIDE: Final = {
    "one_off_cost": 81_234,
    "yearly_cost": 4_567,
    "own_share": 9_876,
    "lessons_learned": "Früh mit dem Bauhof reden.",
    "what_failed": "Die Funkabdeckung im Keller.",
}

zeitz = make_hub(
    "zeitz",
    name="DigitalHub Zeitz",
    contact=Contact(function="Leitung DigitalHub", phone="+49 3441 83-0", email="hub@zeitz.example"),
    contact_visibility=Visibility.PUBLIC,
)
wilster = make_hub("wilster", name="DigitalHub Wilster")
stadt = make_municipality(
    "150840590590", name="Zeitz, Stadt", population=27_000, lat=51.05, lon=12.13, kind="STADT", name_sort="zeitz stadt"
)
dorf = make_municipality("010610000001", name="Ähren", population=900, state="Schleswig-Holstein", lat=54.1, lon=9.3)
hochschule = make_university("03sft3r75", name="Hochschule Merseburg")
werke = make_organisation("stadtwerke", name="Stadtwerke Zeitz")
mobilitaet = make_topic("mobilitaet", name_de="Mobilität", name_en="Mobility", name_sort="mobilitat")
parken_topic = make_topic("parken", name_de="Parken", name_en="Parking", name_sort="parken")
wohnsitz = make_service("99115005000000", name="Wohnsitz anmelden")
regio = FundingProgramme(slug="regio", name="Regio", name_sort="regio", funder="Land Sachsen-Anhalt", quota="80 %")
bauhof = make_expert("bauhof", name="Leitung Bauhof", name_sort="leitung bauhof")

parken = make_project(
    "parken",
    slug="parkplatzsuche",
    version=1,
    title="Parkplatzsuche",
    title_sort="parkplatzsuche",
    summary="Sensoren zeigen freie Parkplätze.",
    writeup="## Technik\n\nSensoren melden über **LoRaWAN**.",
    licence="EUPL-1.2",
    repository_url="https://code.example/parken",
    started=PartialDate("2022-05"),
    cost_band=CostBand.UNDER_100_000,
    effort_days=30,
    legal_basis="§ 12 StVO",
    prerequisites="Ein LoRaWAN-Netz.",
    funding_reference="FKZ 0815",
    origin=Origin.REGISTERED,
    confirmed_at=_WHEN,
    updated_at=_WHEN,
    created_at=_WHEN,
    sources=(Source(publisher="Stadtrat Zeitz", url="https://rat.example/v/1", published=PartialDate("2022-04-01")),),
    **_INSIDE,
)
boese = make_project(
    "boese",
    title=f"{SCRIPT} & „böse“",
    title_sort="bose",
    summary=f"</script>{SCRIPT} </title>",
    writeup=f"{SCRIPT}\n\n[Klick](javascript:alert(1)) ![Bild](https://boese.example/zaehler.png)\n\n# Oben\n\n<img src=x onerror=alert(1)>",
    repository_url="javascript:alert(1)",
    website_url="data:text/html,<script>alert(1)</script>",
    legal_basis=f"{LONG * 4}\x0b{SCRIPT}",
    prerequisites="Zeile eins\nZeile zwei {{ 7*7 }}",
    contact=Contact(
        function=f"Stelle {SCRIPT}", phone="0800<b>", email="a@b.example?bcc=c@d.example", url="javascript:alert(1)"
    ),
    contact_visibility=Visibility.PUBLIC,
    sources=(
        Source(publisher=f"Blatt {SCRIPT}", url="javascript:alert(1)"),
        Source(publisher="Mit Namen", url="https://bank.example@boese.example/"),
    ),
    updated_at=_WHEN,
)
entwurf = make_project(
    "entwurf",
    title="Entwurf einer Ampel",
    title_sort="entwurf einer ampel",
    stage=Stage.CHANGES_REQUESTED,
    readers=("admin", "hub:zeitz", "municipality:150840590590"),
    updated_at=_WHEN,
    **_INSIDE,
)
zurueckgezogen = make_project(
    "zurueckgezogen", title="Zurückgezogen", stage=Stage.WITHDRAWN, readers=("admin", "hub:zeitz"), updated_at=_WHEN
)
im_netz = make_project(
    "im-netz", title="Nur im Netz", title_sort="nur im netz", visibility=Visibility.NETWORK, readers=("network",)
)
verwaist = make_project(
    "verwaist", title="Ohne Haus", title_sort="ohne haus", origin=Origin.COMPILED, status=OperatingStatus.IDEA
)
fern = make_project("fern", title="Parkplatzsuche am Deich", title_sort="parkplatzsuche am deich", summary="Sensoren.")
enkel = make_project("enkel", title="Parkplatzsuche für Räder", title_sort="parkplatzsuche fur rader")

nutzung = make_adoption(
    "nutzung", since=PartialDate("2024-03"), cost=5_432, adapted="Nur die Karte.", confirmed_by_owner_at=_WHEN
)
still = make_adoption("still", status=AdoptionStatus.PILOT, visibility="NETWORK", readers=("network",))
bericht = ExperienceReport(
    id="bericht",
    text="Läuft seit dem ersten Tag.",
    would_do_again=True,
    what_failed="Die Schulung kam zu spät.",
    written_at=_WHEN,
    visibility=Visibility.NETWORK,
    readers=("network",),
)
frage = Question(
    id="frage", text="Welche Sensoren?", created_at=_WHEN, visibility=Visibility.PUBLIC, readers=("public",)
)
antwort = Answer(id="antwort", text="Die mit Solarzelle.", accepted=True, created_at=_WHEN, readers=("public",))
daten = Result(id="daten", kind="data", title="Belegung", visibility=Visibility.PUBLIC, readers=("public",))
vertrag = Document(
    id="vertrag",
    kind="contract",
    title="Mustervertrag",
    url="https://rat.example/vertrag.pdf",
    visibility=Visibility.PUBLIC,
    readers=("public",),
)
bitte = ReviewComment(
    id="bitte",
    text="Bitte die Kosten nachtragen.",
    written_at=_WHEN,
    visibility=Visibility.PRIVATE,
    readers=("admin", "hub:zeitz", "municipality:150840590590"),
)
frueher = SlugAlias(slug="parkhaus", project="parken")

THINGS: Final[tuple[Node | Relationship, ...]] = (
    *(zeitz, wilster, stadt, dorf, hochschule, werke, mobilitaet, parken_topic, wohnsitz, regio, bauhof),
    *(parken, boese, entwurf, zurueckgezogen, im_netz, verwaist, fern, enkel),
    *(nutzung, still, bericht, frage, antwort, daten, vertrag, bitte, frueher),
    serves(zeitz, stadt),
    serves(wilster, dorf),
    relate("SUBTOPIC_OF", parken_topic, mobilitaet),
    *(relate("OWNS", stadt, one) for one in (parken, entwurf, zurueckgezogen)),
    *(relate("REVIEWED_BY", one, zeitz) for one in (parken, entwurf, zurueckgezogen)),
    relate("OWNS", zeitz, im_netz),
    relate("OWNS", wilster, fern),
    involves(parken, hochschule, role="Begleitforschung", confirmed_at=_WHEN),
    involves(parken, werke, role="Betrieb", asked_at=_WHEN),
    involves(verwaist, stadt),
    involves(fern, dorf),
    *(relate("ADDRESSES", one, parken_topic) for one in (parken, fern, enkel)),
    *(relate("ADDRESSES", one, mobilitaet) for one in (parken, im_netz)),
    relate("IMPLEMENTS", parken, wohnsitz),
    relate("FUNDED_BY", parken, regio),
    relate("DERIVED_FROM", enkel, parken),
    relate("HAS_RESULT", parken, daten),
    relate("HAS_DOCUMENT", parken, vertrag),
    relate("REMARKS_ON", bitte, entwurf),
    ContributesTo(start=bauhof.key, end=parken.key, role="Einbau"),
    relate("MADE", dorf, nutzung),
    relate("OF", nutzung, parken),
    relate("ABOUT", bericht, nutzung),
    relate("MADE", hochschule, still),
    relate("OF", still, parken),
    relate("ABOUT", frage, parken),
    relate("ASKED_BY", frage, dorf),
    relate("TO", antwort, frage),
    relate("ANSWERED_BY", antwort, stadt),
)


class _Tokens:
    """Stands where tokens are verified: the name of a caller is its token."""

    async def authenticate(self, token: str) -> Principal:
        if token not in MEMBERS:
            raise InvalidTokenError("not a token of ours")
        return MEMBERS[token]


@dataclass(frozen=True)
class Pages:
    """The whole application over a network of its own."""

    app: ASGIApp
    store: LadybugGraphStore

    async def get(self, path: str, name: str = "anonymous", **headers: str) -> httpx.Response:
        token = {} if name == "anonymous" else {"authorization": f"Bearer {name}"}
        async with client(self.app) as http:
            return await http.get(path, headers={**HTML, **token, **headers}, timeout=60)

    async def text(self, path: str, name: str = "anonymous") -> str:
        """The page, which is there."""
        answer = await self.get(path, name)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def calls(self, path: str, name: str = "anonymous") -> int:
        """How often the database was asked for a page."""
        with tallied() as asked:
            await self.text(path, name)
        return asked.calls


@contextlib.asynccontextmanager
async def pages_of(folder: Path, *things: Node | Relationship, **given: Any) -> AsyncIterator[Pages]:
    """The pages over `things`; `given` are further settings."""
    values = {"HUBNETZ_DATA_DIR": str(folder / "var")} | {
        f"HUBNETZ_{name}": str(value) for name, value in given.items()
    }
    # Each connection keeps the statements that it prepared, and this network stays until the last test.
    store = await LadybugGraphStore.open(folder / "graph", readers=1)
    await store.apply_schema()
    await plant(store, *things)
    index = await TantivySearchIndex.open(folder / "index")
    await Indexer(store, index, holder="tests").full_rebuild()
    ports = Ports(graph=store, search=index, authenticator=_Tokens())
    try:
        yield Pages(create_app(load(values, env_file=folder / "none"), ports), store)
    finally:
        await ports.close()
