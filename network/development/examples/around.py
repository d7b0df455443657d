"""What houses have beside projects: needs, events, experts, services online, members to be."""

from auth.principal import MembershipKind
from graph.commands.consent import ConsentExpert, consent_expert
from graph.commands.events import CancelEvent, EventChanges, SaveEvent, cancel_event, save_event
from graph.commands.expert_entries import ExpertChanges, ProjectRole
from graph.commands.experts import RegisterExpert, register_expert
from graph.commands.funding import FundingProgrammeChanges, SaveFundingProgramme, save_funding_programme
from graph.commands.members import InviteMember, invite_member
from graph.commands.needs import PostNeed, post_need
from graph.commands.online_services import RecordOnlineService, record_online_service
from graph.model import NodeKey
from graph.values import LocalTime, PartialDate
from graph.vocabulary import EventStatus, NeedKind, Visibility
from network.development.accounts import WITHOUT, accounts
from network.development.examples import cast
from network.development.examples.play import Play


async def fund(play: Play) -> None:
    """A funding programme, `cast.PROGRAMME`."""
    programme = FundingProgrammeChanges(
        name=f"{cast.MARK}Smarte Orte Musterland",
        funder="Land Musterland (erfunden)",
        eligibility=f"Gemeinden unter 30.000 Einwohnern. {cast.MADE_UP}",
        region="Musterland",
        quota="80 %",
        amount_min=5_000,
        amount_max=150_000,
        deadline=play.day(75),
        url="https://example.org/foerderung",
        sources=cast.SOURCES,
    )
    saved = SaveFundingProgramme(changes=programme)
    await play.do(save_funding_programme, saved, by=cast.LEAD, name="fund", days_ago=399.5)


async def enter(play: Play, projects: dict[str, NodeKey]) -> str:
    """Enters them all.

    Returns:
        The id of the expert who is a person and has been asked; `agree` is her answer.
    """
    await _services(play)
    expert = await _experts(play, projects["parking"])
    await _needs(play)
    await _events(play)
    # The one sample account without a house: the letter in the log makes it a member of the village.
    invite = InviteMember(house=cast.VILLAGE, role=MembershipKind.MUNICIPALITY, email=accounts()[WITHOUT].email)
    await play.do(invite_member, invite, by=cast.LEAD, name="invite", days_ago=0.01)
    return expert


async def agree(play: Play, expert: str) -> None:
    """The expert says yes, which takes somebody who has signed in."""
    consent = ConsentExpert(expert=expert)
    await play.do(consent_expert, consent, by=cast.OF_UNIVERSITY, name="consent", days_ago=0.03)


async def _services(play: Play) -> None:
    for by, town, service, days_ago in (
        (cast.OF_TOWN, cast.TOWN, cast.PARKING, 40),
        (cast.OF_TOWN, cast.TOWN, cast.REGISTER, 39),
        (cast.OF_VILLAGE, cast.VILLAGE, cast.BICYCLES, 38),
        # The hub knows it of a municipality without an account.
        (cast.LEAD, cast.HAMLET, cast.REGISTER, 37),
    ):
        record = RecordOnlineService(
            municipality=town.value,
            service=service,
            url=f"https://example.org/online/{service}",
            since=PartialDate(play.day(-days_ago - 200)[:7]),
            source=cast.SAID,
        )
        name = f"{service} online in {town.value}"
        await play.do(record_online_service, record, by=by, name=name, days_ago=days_ago)


async def _experts(play: Play, project: NodeKey) -> str:
    """The id of the person who will say yes, once she is known by her address."""
    function = RegisterExpert(
        house=cast.TOWN,
        name=f"{cast.MARK}Leitung Bauhof",
        is_person=False,
        details=ExpertChanges(
            role="Einbau und Wartung von Sensoren",
            email="bauhof@example.org",
            contact_visibility=Visibility.NETWORK,
            sources=cast.SOURCES,
            topics=("sensorik", "lorawan"),
            projects=(ProjectRole(project=project.value, role="Einbau (Beispiel)"),),
        ),
    )
    await play.do(register_expert, function, by=cast.OF_TOWN, name="expert function", days_ago=30)
    adviser = RegisterExpert(
        house=cast.HUB,
        name=f"{cast.MARK}Beratung zu Fördermitteln",
        is_person=False,
        details=ExpertChanges(
            role="Förderanträge", email="hub@example.org", sources=cast.SOURCES, topics=("foerdermittel",)
        ),
    )
    await play.do(register_expert, adviser, by=cast.LEAD, name="expert of the hub", days_ago=30)
    # As a person, who is asked and says yes: the sample account itself, by its function, since nobody has a name here.
    person = RegisterExpert(
        house=cast.UNIVERSITY,
        name=f"{cast.MARK}Fachperson für Sensorik",
        is_person=True,
        details=ExpertChanges(
            role="Auswertung von Messdaten",
            email=accounts()[cast.OF_UNIVERSITY].email,
            purpose=f"Ansprechstelle für Fragen zu Sensoren. {cast.MADE_UP}",
            contact_visibility=Visibility.NETWORK,
            sources=cast.SOURCES,
            topics=("sensorik", "daten"),
        ),
    )
    entered = await play.do(register_expert, person, by=cast.OF_UNIVERSITY, name="expert person", days_ago=0.04)
    asked = RegisterExpert(
        house=cast.VILLAGE,
        name=f"{cast.MARK}Fachperson für Dorfläden, noch ohne Zusage",
        is_person=True,
        details=ExpertChanges(
            email=accounts()[WITHOUT].email,
            purpose=f"Ansprechstelle für Fragen zu Dorfläden. {cast.MADE_UP}",
            sources=cast.SOURCES,
            topics=("gemeinschaft",),
        ),
    )
    await play.do(register_expert, asked, by=cast.OF_VILLAGE, name="expert asked", days_ago=0.02)
    return str(entered["id"])


async def _needs(play: Play) -> None:
    for by, house, kind, title, text, topics, services, is_public, days_ago in (
        (
            cast.OF_VILLAGE,
            cast.VILLAGE,
            NeedKind.SEEKS,
            "Sensoren für den Dorfparkplatz",
            "Wir suchen eine Kommune, die ihre Sensoren schon einen Winter im Boden hat.",
            ("sensorik", "lorawan"),
            (cast.PARKING,),
            True,
            10,
        ),
        (
            cast.LEAD,
            cast.HUB,
            NeedKind.OFFERS,
            "Ein LoRaWAN-Gateway zum Ausleihen",
            "Vier Wochen lang, mit Anleitung.",
            ("lorawan", "sensorik"),
            (),
            True,
            9,
        ),
        (
            cast.OF_TOWN,
            cast.TOWN,
            NeedKind.SEEKS,
            "Vorlage für eine Dienstanweisung zu offenen Daten",
            "Nur für das Netzwerk sichtbar.",
            ("daten",),
            (),
            False,
            7,
        ),
        (
            cast.OF_WORKS,
            cast.WORKS,
            NeedKind.OFFERS,
            "Platz auf dem Funkmast",
            "Am Wasserturm ist Platz für zwei Antennen.",
            ("lorawan",),
            (),
            True,
            6,
        ),
    ):
        need = PostNeed(
            house=house,
            kind=kind,
            title=f"{cast.MARK}{title}",
            text=f"{text} {cast.MADE_UP}",
            topics=topics,
            services=services,
            visibility=Visibility.PUBLIC if is_public else Visibility.NETWORK,
        )
        await play.do(post_need, need, by=by, name=f"need: {title}", days_ago=days_ago)


async def _events(play: Play) -> None:
    workshop = EventChanges(
        title=f"{cast.MARK}Werkstatt Sensorik",
        kind="Workshop",
        description=f"Wir bauen einen Sensor zusammen und sehen zu, wie er sich meldet. {cast.MADE_UP}",
        starts_at=play.day(21),
        start_time=LocalTime("10:00"),
        end_time=LocalTime("15:30"),
        place="DigitalHub Musterstadt (erfunden)",
        registration_url="https://example.org/anmelden",
        sources=cast.SOURCES,
        topics=("sensorik", "lorawan"),
        hosts=(cast.HUB,),
    )
    meeting = EventChanges(
        title=f"{cast.MARK}Sprechstunde im Netz",
        kind="Sprechstunde",
        description=f"Fragen aus den Gemeinden, eine Stunde. {cast.MADE_UP}",
        starts_at=play.day(9),
        start_time=LocalTime("14:00"),
        end_time=LocalTime("15:00"),
        online_url="https://example.org/sprechstunde",
        sources=cast.SOURCES,
        topics=("verwaltung",),
        hosts=(cast.HUB,),
    )
    held = EventChanges(
        title=f"{cast.MARK}Rundgang durch die Parkplätze",
        kind="Rundgang",
        description=f"Die Stadt zeigt ihre Sensoren. {cast.MADE_UP}",
        status=EventStatus.HELD,
        starts_at=play.day(-45),
        start_time=LocalTime("09:30"),
        place="Marktplatz",
        outcome=f"{cast.MARK}Zwei Gemeinden wollen es nachmachen.",
        sources=cast.SOURCES,
        topics=("mobilitaet",),
        hosts=(cast.TOWN,),
    )
    fair = EventChanges(
        title=f"{cast.MARK}Abend der offenen Daten",
        kind="Vortrag",
        starts_at=play.day(30),
        start_time=LocalTime("18:30"),
        description=cast.MADE_UP,
        sources=cast.SOURCES,
        topics=("daten",),
        hosts=(cast.HUB,),
    )
    for changes, by in ((held, cast.OF_TOWN), (workshop, cast.LEAD), (meeting, cast.LEAD)):
        await play.do(save_event, SaveEvent(changes=changes), by=by, name=f"event {changes.kind}", days_ago=15)
    saved = await play.do(save_event, SaveEvent(changes=fair), by=cast.LEAD, name="event to cancel", days_ago=15)
    cancel = CancelEvent(event=str(saved["id"]), reason=f"{cast.MARK}Der Saal ist besetzt.")
    await play.do(cancel_event, cancel, by=cast.LEAD, name="cancel event", days_ago=5)
