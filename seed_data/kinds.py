"""What a seed file may say: the kinds of record, their folders, and how a name becomes a property or a link."""

from dataclasses import dataclass
from typing import Final

from graph import links, model
from graph.links import Link
from graph.model import Node
from graph.relationships import Involves, PartnerOf, Plain, Relationship, Serves


@dataclass(frozen=True, slots=True)
class LinkField:
    """A name whose value refers to other records.

    A reference is the key of the one kind that `link` leads to, or `<kind>:<key>` where it leads to several. With
    `item` each entry is a record that holds the reference under that name and properties of the relationship beside.
    """

    name: str
    link: Link
    relationship: type[Relationship] = Plain
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record, in files of its own folder."""

    folder: str
    node: type[Node]
    fields: tuple[LinkField, ...] = ()
    is_registered: bool = False
    """Registers know these better: the seed adds the ones that are missing and changes none."""


KINDS: Final = (
    Kind("topics", model.Topic, (LinkField("broader", links.TOPIC_BROADER),)),
    Kind("municipalities", model.Municipality, is_registered=True),
    Kind("universities", model.University, is_registered=True),
    Kind("organisations", model.Organisation),
    Kind("funding_programmes", model.FundingProgramme),
    Kind(
        "hubs",
        model.Hub,
        (
            LinkField("topics", links.HUB_TOPICS),
            LinkField("serves", links.HUB_MUNICIPALITIES, Serves, item="municipality"),
            LinkField("partners", links.HUB_PARTNERS, PartnerOf, item="house"),
        ),
    ),
    Kind("experts", model.Expert, (LinkField("works_at", links.EXPERT_HOUSES),)),
    Kind(
        "projects",
        model.Project,
        (
            LinkField("owner", links.PROJECT_OWNER),
            LinkField("topics", links.PROJECT_TOPICS),
            LinkField("involves", links.PROJECT_HOUSES, Involves, item="house"),
            LinkField("funded_by", links.PROJECT_FUNDING),
            LinkField("derived_from", links.PROJECT_DERIVED_FROM),
        ),
    ),
    Kind(
        "events",
        model.Event,
        (LinkField("host", links.EVENT_HOSTS), LinkField("topics", links.EVENT_TOPICS)),
    ),
)
"""In the order in which nodes are written: what others refer to comes first."""
