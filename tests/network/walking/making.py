"""The network that is walked: every guarded kind at every visibility and stage, with houses on every side of it."""

from dataclasses import dataclass
from typing import Any

from auth import policy
from graph import model
from graph.model import Node
from graph.relationships import Relationship
from graph.values import LocalTime
from graph.vocabulary import (
    AdoptionStatus,
    CostBand,
    HubStatus,
    MunicipalityKind,
    NeedKind,
    OperatingStatus,
    Stage,
    TaskKind,
    Visibility,
)
from tests.fixtures.builders import involves, partner_of, relate, serves
from tests.network.walking.world import AMT, DAY, OTHER_TOWN, TOWN, WHEN, World


def make() -> World:
    """The network."""
    world = World()
    visible = iter([*Visibility] * 3)
    given = {"contact_visibility": Visibility.PUBLIC}
    hubs = [
        world.add(
            model.Hub, slug, slug=slug, name=slug.title(), status=HubStatus.OPEN, contact_visibility=next(visible)
        )
        for slug in ("zeitz", "wilster")
    ]
    town, other_town, amt = (
        world.add(
            model.Municipality,
            ars,
            ars=ars,
            ags=None if len(ars) == 9 else ars[:5] + ars[9:],
            name=f"Ort {ars}",
            state="Schleswig-Holstein",
            kind=MunicipalityKind.AMT if len(ars) == 9 else MunicipalityKind.GEMEINDE,
            population=3_000,
            contact_visibility=next(visible),
        )
        for ars in (TOWN, OTHER_TOWN, AMT)
    )
    university = world.add(
        model.University,
        "ror",
        ror="03sft3r75",
        domain="hs.example",
        name="Hochschule",
        contact_visibility=next(visible),
    )
    firm = world.add(model.Organisation, "firm", slug="stadtwerke", name="Stadtwerke", **given)
    topic = world.add(model.Topic, "topic", slug="thema", name_de="Thema", name_en="Topic")
    broader = world.add(model.Topic, "broader", slug="oberthema", name_de="Oberthema", name_en="Broader topic")
    service = world.add(model.Service, "service", leika_id="99115005000000", name="Leistung")
    funding = world.add(model.FundingProgramme, "funding", slug="topf", name="Topf")
    event = world.add(model.Event, "event", id="treffen", title="Treffen", starts_at=DAY, start_time=LocalTime("09:30"))
    world.tie(
        *(serves(hubs[0], one) for one in (town, amt)),
        serves(hubs[1], other_town),
        partner_of(university, hubs[0]),
        partner_of(firm, hubs[0]),
        *(relate("FOCUSES_ON", hub, topic) for hub in hubs),
        relate("SUBTOPIC_OF", topic, broader),
        relate("PART_OF", town, amt),
        relate("OFFERS_ONLINE", town, service),
        *(relate("HOSTS", house, event) for house in (hubs[0], town, university, firm)),
        relate("ABOUT", event, topic),
    )
    _fill(_Places(world, hubs, town, other_town, university, firm, topic, service, funding, event))
    return world


def _fill(places: "_Places") -> None:
    """Entries of every visibility and stage."""
    world, hubs, town = places.world, places.hubs, places.town
    before: Node | None = None
    for visibility in Visibility:
        for stage in Stage:
            project = _project(places, f"a{stage}{visibility}".lower(), hubs[0], stage=stage, visibility=visibility)
            if before is not None:
                world.tie(relate("DERIVED_FROM", project, before))
            before = project
        _project(places, f"b{visibility}".lower(), town, stage=Stage.PUBLISHED, visibility=visibility)
        _small_things(places, visibility)
    _project(places, "late", hubs[1], stage=Stage.SUBMITTED, visibility=Visibility.PUBLIC, opened_to_reviewers_at=WHEN)
    _project(places, "nobodys", None, stage=Stage.PUBLISHED, visibility=Visibility.NETWORK)
    _project(
        places,
        "opened",
        hubs[0],
        stage=Stage.PUBLISHED,
        visibility=Visibility.PUBLIC,
        opened=("one_off_cost", "lessons_learned"),
    )


@dataclass(frozen=True)
class _Places:
    world: World
    hubs: list[model.Hub]
    town: model.Municipality
    other_town: model.Municipality
    university: model.University
    firm: model.Organisation
    topic: model.Topic
    service: model.Service
    funding: model.FundingProgramme
    event: model.Event


def _project(at: _Places, name: str, owner: Node | None, **given: Any) -> model.Project:
    """A project with one of everything: a confirmed partner, an invited one, and an adoption of each visibility."""
    world = at.world
    project = world.add(
        model.Project,
        name,
        status=OperatingStatus.RUNNING,
        cost_band=CostBand.UNDER_25_000,
        started=DAY,
        contact_visibility=[*Visibility][len(world.nodes) % 3],
        **given,
    )
    reviewer = at.hubs[0] if owner is at.hubs[0] else at.hubs[1]
    partner = at.town if owner is at.hubs[0] else at.other_town
    world.tie(
        *([] if owner is None else [relate("OWNS", owner, project), relate("REVIEWED_BY", project, reviewer)]),
        involves(project, partner, confirmed_at=WHEN),
        involves(project, at.university),
        relate("ADDRESSES", project, at.topic),
        relate("IMPLEMENTS", project, at.service),
        relate("FUNDED_BY", project, at.funding),
    )
    wide = {"visibility": Visibility.PUBLIC}
    result = world.add(model.Result, name, kind="data", **wide)
    document = world.add(model.Document, name, kind="tender", **wide)
    question = world.add(model.Question, name, **wide)
    answer = world.add(model.Answer, name, **wide)
    comment = world.add(model.ReviewComment, name, visibility=Visibility.PRIVATE, written_at=WHEN)
    world.tie(
        relate("HAS_RESULT", project, result),
        relate("HAS_DOCUMENT", project, document),
        relate("ABOUT", question, project),
        relate("ASKED_BY", question, at.firm),
        relate("TO", answer, question),
        relate("ANSWERED_BY", answer, at.town),
        relate("REMARKS_ON", comment, project),
        _task(at, name, project, partner),
    )
    for visibility in Visibility:
        _adoption(at, f"{name}{visibility}".lower(), project, visibility, owner or at.firm)
    return project


def _adoption(at: _Places, name: str, project: Node, visibility: Visibility, owner: Node) -> None:
    world = at.world
    adoption = world.add(
        model.Adoption,
        name,
        status=AdoptionStatus.IN_USE,
        visibility=visibility,
        since=DAY,
        confirmed_by_owner_at=None if visibility is Visibility.NETWORK else WHEN,
    )
    report = world.add(model.ExperienceReport, name, visibility=visibility, written_at=WHEN)
    world.tie(
        relate("MADE", at.firm if visibility is Visibility.PRIVATE else at.other_town, adoption),
        relate("OF", adoption, project),
        relate("ABOUT", report, adoption),
        _task(at, f"of-{name}", adoption, owner),
    )


def _small_things(at: _Places, visibility: Visibility) -> None:
    """What hangs on no project."""
    world, name = at.world, visibility.lower()
    for house in (at.hubs[0], at.other_town, at.firm):
        need = world.add(model.Need, f"{name}-{house.key.value}", kind=NeedKind.SEEKS, visibility=visibility)
        expert = world.add(
            model.Expert,
            f"{name}-{house.key.value}",
            visibility=visibility,
            contact_visibility=visibility,
            is_person=house is at.other_town,
            consent_given_at=None,
        )
        project = next(node for node in world.nodes.values() if isinstance(node, model.Project))
        world.tie(
            relate("HAS", house, need),
            relate("CONCERNS", need, at.topic),
            relate("CONCERNS", need, at.service),
            relate("WORKS_AT", expert, house),
            relate("KNOWS", expert, at.topic),
            relate("CONTRIBUTES_TO", expert, project),
            _task(at, f"need-{name}-{house.key.value}", need, house),
            _task(at, f"expert-{name}-{house.key.value}", expert, house),
        )
    question = world.add(model.Question, f"topic-{name}", visibility=visibility)
    answer = world.add(model.Answer, f"topic-{name}", visibility=Visibility.PUBLIC)
    world.tie(
        relate("ABOUT", question, at.topic),
        relate("ASKED_BY", question, at.hubs[1]),
        relate("TO", answer, question),
        relate("ANSWERED_BY", answer, at.university),
    )


def _task(at: _Places, name: str, about: Node, house: Node) -> Relationship:
    task = at.world.add(
        model.Task,
        name,
        kind=TaskKind.CONFIRM_PARTNERSHIP,
        visibility=Visibility.PRIVATE,
        entity=str(about.key),
        doers=policy.doers([house.key], decides=False),
        since=WHEN,
    )
    at.world.tie(relate("ASKS", task, house))
    return relate("REGARDS", task, about)
