"""Projects of the made-up houses: a family over three generations that is published, one that nobody owns, and some on their way."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graph.commands.create_project import CreateProjectDraft, create_project_draft
from graph.commands.holding import hold
from graph.commands.partnerships import ConfirmPartnership, confirm_partnership
from graph.commands.project_changes import Partner, ProjectChanges
from graph.commands.put_projects import Involvement, ProjectEntry, PutProjects, put_projects
from graph.commands.review_project import (
    PublishProject,
    Remark,
    RequestChanges,
    SubmitProject,
    publish_project,
    request_changes,
    submit_project,
)
from graph.commands.tend_project import (
    AddDocument,
    AddResult,
    ConfirmStillCurrent,
    LinkDerivedFrom,
    add_document,
    add_result,
    confirm_still_current,
    link_derived_from,
)
from graph.model import NodeKey, Project
from graph.values import PartialDate
from graph.vocabulary import (
    CostBand,
    DocumentKind,
    OperatingStatus,
    Origin,
    ResultKind,
    Stage,
    TaskKind,
    Visibility,
)
from graph.writing import tasks
from graph.writing.unit import Unit
from network.development.examples import cast
from network.development.examples.play import EXAMPLES, Play, named


def _all_of(writeup: str, **more: Any) -> ProjectChanges:
    """Everything that is asked of a house, so that nothing of it is open."""
    said = ProjectChanges(
        writeup=f"{cast.MADE_UP}\n\n{writeup}",
        licence="CC-BY-4.0",
        started=PartialDate("2024-04"),
        cost_band=CostBand.UNDER_25_000,
        one_off_cost=19_000,
        yearly_cost=2_000,
        own_share=4_000,
        effort_days=12,
        legal_basis="Keine besondere; ein Vermerk der Datenschutzstelle genügte.",
        prerequisites="Eine Stelle im Haus, die es pflegt.",
        lessons_learned="Früh mit denen sprechen, die täglich damit arbeiten.",
        what_failed="Der erste Zeitplan kannte keine Sommerferien.",
        note=f"{cast.SAID}: Titel, Zahlen und Häuser sind erfunden.",
    )
    return replace(said, **more)


async def enter(play: Play) -> dict[str, NodeKey]:
    """Enters them all.

    Returns:
        Short name -> key of those that others speak of: `parking`, `bicycles`, `charging`, `case`, `orphan`.
    """
    parking = await _parking(play)
    bicycles = await _descendant(
        play,
        "bicycles",
        "Freie Fahrradboxen am Bahnhof",
        "Die Technik der Parkplätze zeigt hier, welche Fahrradbox am Bahnhof frei ist.",
        house=cast.VILLAGE,
        by=cast.OF_VILLAGE,
        origin=parking,
        days_ago=300,
        writeup="An jeder Box hängt derselbe Sensor wie im Asphalt. Gemietet wird am Telefon.",
        services=(cast.BICYCLES,),
    )
    charging = await _descendant(
        play,
        "charging",
        "Freie Ladesäulen auf der Karte",
        "Aus den Fahrradboxen wurden Ladesäulen: Die Karte zeigt, welche gerade frei ist.",
        house=cast.WORKS,
        by=cast.OF_WORKS,
        origin=bicycles,
        days_ago=390,
        writeup="Die Säulen melden sich selbst; neu ist nur, dass alle Betreiber auf einer Karte stehen.",
    )
    await _doubt(play, charging)
    orphan = await _orphan(play)
    case = await _draft(
        play,
        "case",
        "Messkoffer zum Ausleihen",
        "Ein Koffer mit Gateway und zehn Sensoren geht von Rathaus zu Rathaus.",
        house=cast.HUB,
        by=cast.LEAD,
        days_ago=260,
        more=_all_of("Wer ihn leiht, misst vier Wochen lang und behält die Daten.", topics=("sensorik", "lorawan")),
    )
    await _publish(play, case, "case", by=cast.LEAD, days_ago=260)
    await _on_their_way(play)
    return {"parking": parking, "bicycles": bicycles, "charging": charging, "case": case, "orphan": orphan}


async def of_real_hubs(play: Play, hubs: Mapping[str, str]) -> None:
    """For each hub of the network, slug -> name, something to review; its owner is made up."""
    for hub, name in hubs.items():
        draft = await _draft(
            play,
            f"review at {hub}",
            f"Bürgerterminal, zur Prüfung beim {name}",
            "Ein Terminal im Rathaus beantwortet einfache Fragen. Der Entwurf liegt diesem Hub zur Prüfung vor, damit sein Prüfpult etwas zeigt.",
            house=cast.WORKS,
            by=cast.OF_WORKS,
            days_ago=4,
            more=_all_of("Es versteht einfache Sprache und druckt Vordrucke aus.", topics=("verwaltung",)),
        )
        await play.do(
            submit_project,
            SubmitProject(project=draft.value, reviewer=hub),
            by=cast.OF_WORKS,
            name=f"hand in to {hub}",
            days_ago=3,
        )


async def of_real_houses(play: Play, accounts: Mapping[str, NodeKey]) -> None:
    """For each sample account of a house that exists a draft, which nobody but that account and the administration sees."""
    for by, house in accounts.items():
        await _draft(
            play,
            f"draft of {by}",
            "Ein angefangener Eintrag",
            "So sieht ein Eintrag aus, den ein Haus begonnen hat. Ihn sieht nur dieses Haus; er behauptet nichts über das Haus.",
            house=house,
            by=by,
            days_ago=2,
            more=_all_of("Hier steht später, was genau getan wurde.", topics=("verwaltung",)),
        )


async def _draft(
    play: Play,
    name: str,
    title: str,
    summary: str,
    *,
    house: NodeKey,
    by: str,
    days_ago: float,
    more: ProjectChanges,
    status: OperatingStatus = OperatingStatus.RUNNING,
) -> NodeKey:
    draft = CreateProjectDraft(
        title=f"{cast.MARK}{title}",
        summary=f"{summary} {cast.MADE_UP}",
        status=status,
        house=house,
        contact=cast.contact("Projektleitung", "projekt"),
        more=more,
    )
    return named(await play.do(create_project_draft, draft, by=by, name=f"enter {name}", days_ago=days_ago))


async def _publish(play: Play, project: NodeKey, name: str, *, by: str, days_ago: float) -> None:
    """Hands a draft in and lets the made-up hub publish it, a day later each."""
    submit = SubmitProject(project=project.value, reviewer=cast.HUB.value)
    await play.do(submit_project, submit, by=by, name=f"hand in {name}", days_ago=days_ago - 1)
    publish = PublishProject(project=project.value)
    await play.do(publish_project, publish, by=cast.REVIEWER, name=f"publish {name}", days_ago=days_ago - 2)


def _of_parking() -> ProjectChanges:
    return _all_of(
        """## Was es tut

Sensoren im Boden melden, ob ein Stellplatz frei ist. Eine Anzeige an den Zufahrten und eine Karte im Netz sagen, wo noch Platz ist.

## Wie es entstand

Bauhof und Hochschule haben mit zwölf Sensoren begonnen. Nach einem Winter kamen die übrigen Plätze der Innenstadt dazu.
""",
        licence="EUPL-1.2",
        website_url="https://example.org/parken",
        repository_url="https://example.org/parken.git",
        started=PartialDate("2023-04"),
        cost_band=CostBand.UNDER_100_000,
        one_off_cost=68_000,
        yearly_cost=7_500,
        own_share=17_000,
        effort_days=45,
        legal_basis="Straßenverkehrsordnung; keine personenbezogenen Daten, deshalb reichte ein Vermerk der Datenschutzstelle.",
        prerequisites="Ein LoRaWAN-Netz, zwei Tage Bauhof je Straße, jemand, der Sensoren tauscht.",
        lessons_learned="Den Bauhof von Anfang an beteiligen: Er weiß, welche Straße nächstes Jahr aufgerissen wird.",
        what_failed="Die ersten Sensoren hielten dem Schneepflug nicht stand; jetzt liegen sie bündig.",
        topics=("mobilitaet", "sensorik", "lorawan"),
        services=(cast.PARKING,),
        funding=(cast.PROGRAMME,),
        partners=(
            Partner(house=cast.UNIVERSITY, role="Begleitforschung (Beispiel)"),
            Partner(house=cast.WORKS, role="Betrieb des Funknetzes (Beispiel)"),
        ),
    )


async def _parking(play: Play) -> NodeKey:
    project = await _draft(
        play,
        "parking",
        "Freie Parkplätze in der Innenstadt",
        "Sensoren zeigen, wo in der Innenstadt noch ein Parkplatz frei ist. Das spart Suchverkehr.",
        house=cast.TOWN,
        by=cast.OF_TOWN,
        days_ago=399,
        more=_of_parking(),
    )
    # The works have been asked and have not answered.
    confirm = ConfirmPartnership(project=project.value, house=cast.UNIVERSITY)
    await play.do(confirm_partnership, confirm, by=cast.OF_UNIVERSITY, name="research parking", days_ago=398.5)
    for kind, title, file in (
        (DocumentKind.TENDER, "Leistungsbeschreibung der Sensoren", "leistung.pdf"),
        (DocumentKind.DATA_PROTECTION, "Vermerk zum Datenschutz", "datenschutz.pdf"),
        (DocumentKind.COUNCIL_DECISION, "Beschluss des Rates", "beschluss.pdf"),
    ):
        document = AddDocument(
            project=project.value, kind=kind, title=f"{cast.MARK}{title}", url=f"https://example.org/parken/{file}"
        )
        await play.do(add_document, document, by=cast.OF_TOWN, name=f"attach {file}", days_ago=398.2)
    data = AddResult(
        project=project.value,
        kind=ResultKind.DATA,
        title=f"{cast.MARK}Belegung der Plätze, stündlich",
        url="https://example.org/parken/daten.csv",
        licence="CC-BY-4.0",
    )
    await play.do(add_result, data, by=cast.OF_TOWN, name="attach data", days_ago=398.1)
    await _publish(play, project, "parking", by=cast.OF_TOWN, days_ago=398)
    still = ConfirmStillCurrent(project=project.value)
    await play.do(confirm_still_current, still, by=cast.OF_TOWN, name="still parking", days_ago=50)
    return project


async def _descendant(
    play: Play,
    name: str,
    title: str,
    summary: str,
    *,
    house: NodeKey,
    by: str,
    origin: NodeKey,
    days_ago: float,
    writeup: str,
    services: tuple[str, ...] = (),
) -> NodeKey:
    more = _all_of(writeup, services=services, topics=("mobilitaet", "sensorik"))
    project = await _draft(play, name, title, summary, house=house, by=by, days_ago=days_ago, more=more)
    link = LinkDerivedFrom(project=project.value, origin=origin.value)
    await play.do(link_derived_from, link, by=by, name=f"derive {name}", days_ago=days_ago - 0.5)
    await _publish(play, project, name, by=by, days_ago=days_ago)
    return project


async def _doubt(play: Play, project: NodeKey) -> None:
    """Asks whether an entry still holds that nobody has confirmed for a year, as the housekeeping would by tomorrow."""

    async def ask(unit: Unit) -> bool:
        held = await hold(unit, project.value)
        if await tasks.open_tasks(unit, held.key, TaskKind.CONFIRM_CURRENT):
            return False
        await tasks.ask(unit, TaskKind.CONFIRM_CURRENT, held.key, held.answerable)
        return True

    await play.at(1).run(ask, actor=EXAMPLES, idempotency_key="example: doubt")


async def _orphan(play: Play) -> NodeKey:
    """What the hub compiled of others, and nobody owns."""
    slug = "beispiel-maengelmelder"
    orphan = Project(
        id="",
        slug=slug,
        title=f"{cast.MARK}Mängel melden mit dem Telefon",
        summary=f"Ein Foto und ein Satz genügen, und das Bauamt weiß von der kaputten Laterne. {cast.MADE_UP}",
        stage=Stage.PUBLISHED,
        status=OperatingStatus.ESTABLISHED,
        visibility=Visibility.PUBLIC,
        note=f"{cast.SAID}: Der Hub hat ihn zusammengetragen, niemand hat ihn bestätigt.",
        origin=Origin.COMPILED,
        sources=cast.SOURCES,
    )
    entry = ProjectEntry(
        project=orphan,
        reviewer=cast.HUB.value,
        involves=(Involvement(house=cast.VILLAGE, role="Einführung (Beispiel)"),),
        topics=("beteiligung", "buerger-app"),
    )
    lead = cast.principal(play.issuer, cast.LEAD)
    # Found by its slug: run again, it is the same one.
    await put_projects(play.at(200), PutProjects(entries=[entry]), actor=lead)
    found = await play.at(200).run(lambda unit: unit.find_keys(Project, "slug", [slug]), actor=EXAMPLES)
    return NodeKey("Project", str(found[slug]))


async def _on_their_way(play: Play) -> None:
    """One for each step before publication: begun, handed in by two houses, sent back."""
    await _draft(
        play,
        "draft",
        "Baumkataster, noch im Entwurf",
        "Alle Straßenbäume mit Alter, Art und letzter Kontrolle.",
        house=cast.TOWN,
        by=cast.OF_TOWN,
        days_ago=12,
        more=ProjectChanges(topics=("umwelt",), note=f"{cast.SAID}."),
        status=OperatingStatus.PLANNED,
    )
    joint = await _draft(
        play,
        "joint",
        "Zählstellen für Radwege",
        "Hochschule und Stadt zählen gemeinsam, wie viele Räder wann welchen Weg nehmen.",
        house=cast.UNIVERSITY,
        by=cast.OF_UNIVERSITY,
        days_ago=8,
        more=_all_of(
            "Zehn Zählstellen, ein Jahr lang; die Zahlen werden offen.",
            topics=("mobilitaet", "daten"),
            partners=(Partner(house=cast.TOWN, role="Aufstellung (Beispiel)"),),
        ),
        status=OperatingStatus.PILOT,
    )
    submit = SubmitProject(project=joint.value, reviewer=cast.HUB.value)
    await play.do(submit_project, submit, by=cast.OF_UNIVERSITY, name="hand in joint", days_ago=6)
    returned = await _draft(
        play,
        "returned",
        "Digitales Schwarzes Brett",
        "Ein Bildschirm am Dorfladen zeigt, was im Dorf geschieht.",
        house=cast.VILLAGE,
        by=cast.OF_VILLAGE,
        days_ago=14,
        more=_all_of("Vereine schreiben selbst, der Laden schaltet frei.", effort_days=None, topics=("gemeinschaft",)),
    )
    submit = SubmitProject(project=returned.value, reviewer=cast.HUB.value)
    await play.do(submit_project, submit, by=cast.OF_VILLAGE, name="hand in returned", days_ago=11)
    remarks = (
        Remark(text=f"{cast.MARK}Wie viele Tage hat die Einrichtung gedauert?", field="effort_days"),
        Remark(text=f"{cast.MARK}Wer pflegt die Inhalte im Urlaub?"),
    )
    send_back = RequestChanges(project=returned.value, remarks=remarks)
    await play.do(request_changes, send_back, by=cast.REVIEWER, name="send back", days_ago=5)
    unserved = await _draft(
        play,
        "unserved",
        "Verbrauch am Hausanschluss",
        "Die Stadtwerke zeigen Haushalten den Verbrauch des Vortags.",
        house=cast.WORKS,
        by=cast.OF_WORKS,
        days_ago=9,
        more=_all_of("Ein Zähler mit Funk, eine Seite mit Passwort.", topics=("energie",)),
    )
    submit = SubmitProject(project=unserved.value)
    await play.do(submit_project, submit, by=cast.OF_WORKS, name="hand in unserved", days_ago=7)
