"""Declarations that do not fit the model are refused when the schema is made."""

import pytest
import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from graph import links, model
from network import subgraphs
from network.execution import (
    SCALARS,
    Connection,
    Names,
    attribute,
    computed,
    connection,
    derived,
    global_id,
    link,
    node,
)
from network.execution.check import check
from network.execution.entities import subgraph
from network.schema.gateway import compose
from tests.network.execution import sample


@node(model.Topic, description="A topic.")
class Topic:
    id: strawberry.ID = global_id()
    nmae: str = attribute("Misspelt.")
    label: str = derived(str, ["name_fr"], "A need that is none.")
    broader: "list[Topic]" = link(links.TOPIC_BROADER, "One node shown as a list.")
    hubs: "Connection[Topic]" = connection(links.TOPIC_HUBS, "Hubs shown as topics.")
    projects: "Topic | None" = link(links.HUB_TOPICS, "A link that starts elsewhere.")


def _schema(*types: type) -> GraphQLSchema:
    @strawberry.type
    class Query:
        nothing: str = ""

    config = StrawberryConfig(scalar_map=SCALARS, name_converter=Names())
    return strawberry.federation.Schema(query=Query, types=types, config=config)._schema


def test_what_we_serve_fits_the_model() -> None:
    check(compose(subgraphs.schemas()))
    for schema in subgraphs.schemas().values():
        check(schema._schema)
    check(sample.schema())


def test_every_slip_is_named() -> None:
    with pytest.raises(TypeError) as caught:
        check(_schema(Topic))
    assert sorted(str(caught.value).splitlines()) == [
        "Topic.broader: SUBTOPIC_OF is one node",
        "Topic.hubs: no type shows Hub",
        "Topic.label: Topic has no property name_fr",
        "Topic.nmae: Topic has no property nmae",
        "Topic.projects: no link for Topic",
    ]


def test_a_slip_keeps_a_subgraph_from_being_made() -> None:
    @strawberry.type
    class Query:
        topic = computed(Topic | None, "One.")(lambda: None)

    with pytest.raises(TypeError, match="has no property nmae"):
        subgraph(Query, (Topic,))


def test_a_link_under_another_label_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="starts at Hub"):
        link({"Topic": links.HUB_TOPICS}, "Hub's topics.")


def test_two_classes_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="Hub"):

        @node(model.Topic, name="Hub", description="A topic called hub.")
        class Other:
            slug: str = attribute("Its key.")
