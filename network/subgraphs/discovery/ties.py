"""Ties in words: what relates two things, as a label beside a line and as a piece of a sentence."""

from enum import Enum
from itertools import pairwise
from typing import Final

import strawberry

from graph.model import HOUSES
from graph.reading.introducing import Introduction
from graph.reading.ties import Brief, Tie, TieKind

_value = strawberry.enum_value


@strawberry.enum(name="TieKind", description="What ties two things of the network together.")
class TieKindName(Enum):
    OWNS = _value("OWNS", description="House → project that it answers for.")
    INVOLVES = _value("INVOLVES", description="Project → house that takes part.")
    ADOPTED = _value("ADOPTED", description="House → project that it adopted.")
    SERVES = _value("SERVES", description="Hub → municipality that it serves.")
    PARTNER_OF = _value("PARTNER_OF", description="House → hub whose partner it is.")
    FOCUSES_ON = _value("FOCUSES_ON", description="Hub → topic that it focuses on.")
    ADDRESSES = _value("ADDRESSES", description="Project → topic that it addresses.")
    SUBTOPIC_OF = _value("SUBTOPIC_OF", description="Topic → broader topic.")
    IMPLEMENTS = _value("IMPLEMENTS", description="Project → administrative service that it implements.")
    OFFERS_ONLINE = _value("OFFERS_ONLINE", description="Municipality → administrative service that it offers online.")
    FUNDED_BY = _value("FUNDED_BY", description="Project → funding programme.")
    DERIVED_FROM = _value("DERIVED_FROM", description="Project → project that it was derived from.")
    WORKS_AT = _value("WORKS_AT", description="Expert → house.")
    KNOWS = _value("KNOWS", description="Expert → topic.")
    CONTRIBUTES_TO = _value("CONTRIBUTES_TO", description="Expert → project.")
    CONCERNS = _value("CONCERNS", description="Need → topic or service that it is about.")
    HAS = _value("HAS", description="House → need or offer.")
    HOSTS = _value("HOSTS", description="House → event.")
    ABOUT = _value("ABOUT", description="Event → topic.")
    PART_OF = _value("PART_OF", description="Municipality → association, district or state that it belongs to.")


# What stands beside a line from the start to the end, after the name of the start before that of the end, and after the
# name of the end before that of the start.
_WORDS: Final[dict[TieKind, tuple[str, str, str]]] = {
    TieKind.OWNS: ("verantwortet", "verantwortet", "verantwortet von"),
    TieKind.INVOLVES: ("beteiligt", "unter Beteiligung von", "ist beteiligt an"),
    TieKind.ADOPTED: ("nutzt nach", "nutzt", "genutzt von"),
    TieKind.SERVES: ("betreut", "betreut", "wird betreut von"),
    TieKind.PARTNER_OF: ("Partner von", "ist Partner von", "hat als Partner"),
    TieKind.FOCUSES_ON: ("Schwerpunkt", "hat als Schwerpunkt", "ist Schwerpunkt von"),
    TieKind.ADDRESSES: ("Thema", "hat das Thema", "ist Thema von"),
    TieKind.SUBTOPIC_OF: ("Teil von", "gehört zu", "umfasst"),
    TieKind.IMPLEMENTS: ("setzt um", "setzt um", "umgesetzt von"),
    TieKind.OFFERS_ONLINE: ("bietet online an", "bietet online an", "online angeboten von"),
    TieKind.FUNDED_BY: ("gefördert durch", "gefördert durch", "fördert"),
    TieKind.DERIVED_FROM: ("hervorgegangen aus", "ist hervorgegangen aus", "ist Vorlage von"),
    TieKind.WORKS_AT: ("arbeitet bei", "arbeitet bei", "beschäftigt"),
    TieKind.KNOWS: ("kennt sich aus mit", "kennt sich aus mit", "bekannt bei"),
    TieKind.CONTRIBUTES_TO: ("wirkt mit an", "wirkt mit an", "unter Mitwirkung von"),
    TieKind.CONCERNS: ("betrifft", "betrifft", "gefragt in"),
    TieKind.HAS: ("sucht oder bietet", "sucht oder bietet", "von"),
    TieKind.HOSTS: ("veranstaltet", "veranstaltet", "veranstaltet von"),
    TieKind.ABOUT: ("zum Thema", "zum Thema", "ist Thema von"),
    TieKind.PART_OF: ("gehört zu", "gehört zu", "umfasst"),
}
_STATUS: Final = {
    "INTERESTED": ("interessiert sich für", "mit Interesse von"),
    "PILOT": ("erprobt", "erprobt von"),
    "RETIRED": ("nutzte", "früher genutzt von"),
}


def edge_label(kind: TieKind, *, is_confirmed: bool) -> str:
    """What to write beside a line from the start to the end of a tie."""
    return _WORDS[kind][0] if is_confirmed else f"{_WORDS[kind][0]} (unbestätigt)"


def step_label(tie: Tie, *, is_forward: bool) -> str:
    """What stands between the names of two nodes that follow each other on a way."""
    if tie.kind is TieKind.ADOPTED and tie.status in _STATUS:
        return _STATUS[tie.status][not is_forward]
    return _WORDS[tie.kind][1 if is_forward else 2]


def sentence(way: Introduction) -> str:
    """The way as text: a sentence from house to house; projects and events in quotation marks."""
    said = _named(way.nodes[0])
    for tie, (near, far) in zip(way.ties, pairwise(way.nodes), strict=True):
        label = step_label(tie, is_forward=tie.start.key == near.key)
        if near is way.nodes[0]:
            said += f" {label} {_named(far)}"
        elif near.key.label in HOUSES:
            said += f". {near.name} {label} {_named(far)}"
        else:
            said += f", {label} {_named(far)}"
    return f"{said}."


def _named(node: Brief) -> str:
    return f"„{node.name}“" if node.key.label in ("Project", "Event") else node.name
