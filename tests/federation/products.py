"""The `products` subgraph of Apollo's compatibility tests, of the parts that Hubnetz' own subgraphs are made of.

Its types are declared with `network.execution`, its schema is made by `network.execution.entities.subgraph`, and `GraphQLView` answers
with the engine. Types, data and what each entity returns are given by the tests' `products.graphql` and its guide.

    python -m tests.federation.products PORT
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import strawberry
import uvicorn
from starlette.routing import Route, Router
from starlette.types import ASGIApp
from strawberry.federation.schema_directives import InterfaceObject
from strawberry.schema_directive import Location

from network.context import Context
from network.edge.authentication import AuthenticationMiddleware, NoIssuers
from network.edge.metrics import Metrics
from network.edge.middleware import EdgeMiddleware, LimitMiddleware
from network.edge.rate_middleware import RateMiddleware
from network.execution import attribute, computed, execute, value
from network.execution.entities import subgraph
from network.execution.references import Representation, Resolve
from network.limits import Limits
from network.operations.running import Runner
from network.operations.view import GraphQLView, Openness
from network.rates import Rates


@dataclass(frozen=True)
class Variation:
    id: str


@dataclass(frozen=True)
class Dimension:
    size: str = "small"
    weight: float = 1
    unit: str = "kg"


@dataclass(frozen=True)
class Study:
    case_number: str
    description: str


@dataclass(frozen=True)
class Research:
    study: Study
    outcome: str | None = None


@dataclass(frozen=True)
class User:
    email: str = "support@apollographql.com"
    name: str = "Jane Smith"
    total_products_created: int | None = 1337
    years_of_employment: int = 10

    @property
    def average_products_created_per_year(self) -> int | None:
        created = self.total_products_created
        return None if created is None else round(created / self.years_of_employment)


@dataclass(frozen=True)
class Deprecated:
    sku: str
    package: str
    reason: str
    created_by: User


@dataclass(frozen=True)
class Product:
    id: str
    sku: str
    package: str
    variation: Variation
    research: tuple[Research, ...]
    dimensions: Dimension = Dimension()
    created_by: User = User()
    notes: str | None = None


@dataclass(frozen=True)
class Inventory:
    id: str
    deprecated_products: tuple[Deprecated, ...]


RESEARCH = (Research(Study("1234", "Federation Study")), Research(Study("1235", "Studio Study")))
DEPRECATED = Deprecated("apollo-federation-v1", "@apollo/federation-v1", "Migrate to Federation V2", User())
PRODUCTS = (
    Product("apollo-federation", "federation", "@apollo/federation", Variation("OSS"), RESEARCH[:1]),
    Product("apollo-studio", "studio", "", Variation("platform"), RESEARCH[1:]),
)
INVENTORY = Inventory("apollo-oss", (DEPRECATED,))


@strawberry.federation.schema_directive(
    locations=[Location.OBJECT],
    name="custom",
    compose=True,
    import_url="https://myspecs.dev/myCustomDirective/v1.0",
)
class Custom:
    pass


@value(Variation, name="ProductVariation", description="A variation.")
class ProductVariation:
    id: strawberry.ID = attribute("Its id.")


@value(Dimension, name="ProductDimension", shareable=True, description="Size and weight.")
class ProductDimension:
    size: str | None = attribute("Its size.")
    weight: float | None = attribute("Its weight.")
    unit: str | None = attribute("The weight's unit.", inaccessible=True)


@value(Study, name="CaseStudy", description="A study.")
class CaseStudy:
    case_number: strawberry.ID = attribute("Its number.")
    description: str | None = attribute("What it is about.")


@value(Research, name="ProductResearch", keys=["study { caseNumber }"], description="Research about a product.")
class ProductResearch:
    study: CaseStudy = attribute("The study.")
    outcome: str | None = attribute("What came of it.")


@value(User, name="User", extend=True, keys=["email"], description=None)
class UserType:
    email: strawberry.ID = attribute("The address.", external=True)
    name: str | None = attribute("The name.", override="users")
    total_products_created: int | None = attribute("How many.", external=True)
    years_of_employment: int = attribute("How long.", external=True)
    average_products_created_per_year: int | None = attribute(
        "How many a year.", requires=["totalProductsCreated yearsOfEmployment"]
    )


@value(Deprecated, name="DeprecatedProduct", keys=["sku package"], description="A product of the past.")
class DeprecatedProduct:
    sku: str = attribute("Its unit.")
    package: str = attribute("Its package.")
    reason: str | None = attribute("Why it is of the past.")
    created_by: UserType | None = attribute("Who made it.")


@value(
    Product,
    name="Product",
    keys=["id", "sku package", "sku variation { id }"],
    directives=[Custom()],
    description="A product.",
)
class ProductType:
    id: strawberry.ID = attribute("Its id.")
    sku: str | None = attribute("Its unit.")
    package: str | None = attribute("Its package.")
    variation: ProductVariation | None = attribute("Its variation.")
    dimensions: ProductDimension | None = attribute("How large it is.")
    created_by: UserType | None = attribute("Who made it.", provides=["totalProductsCreated"])
    notes: str | None = attribute("Notes.", tags=["internal"])
    research: list[ProductResearch] = attribute("Research about it.")


@value(Inventory, name="Inventory", keys=["id"], directives=[InterfaceObject()], description="An inventory.")
class InventoryType:
    id: strawberry.ID = attribute("Its id.")
    deprecated_products: list[DeprecatedProduct] = attribute("Products of the past in it.")


@strawberry.type
class Query:
    @computed(ProductType | None, "A product by its id.")
    def product(id: strawberry.ID) -> Any:  # noqa: A002, N805 - as the tests call it; a resolver has no parent here
        return _first(PRODUCTS, {"id": id})

    @computed(
        DeprecatedProduct | None, "A product of the past by its key.", deprecation_reason="Use product query instead"
    )
    def deprecated_product(sku: str, package: str) -> Any:  # noqa: N805
        return _first([DEPRECATED], {"sku": sku, "package": package})


def _fits(found: object, wanted: Representation) -> bool:
    """Whether `found` has every value of a key, nested ones, too."""
    names = {"caseNumber": "case_number"}
    return all(
        _fits(getattr(found, names.get(name, name)), value)
        if isinstance(value, dict)
        else getattr(found, names.get(name, name)) == value
        for name, value in wanted.items()
    )


def _first(of: Iterable[Any], wanted: Representation) -> Any:
    return next((found for found in of if _fits(found, wanted)), None)


def _among(*of: Any) -> Any:
    async def find(_: Context, wanted: Sequence[Representation]) -> list[Any]:
        return [_first(of, key) for key in wanted]

    return find


async def _users(_: Context, wanted: Sequence[Representation]) -> list[User | None]:
    """What this subgraph knows of a user, with what it was told as required in place of its own."""
    found = []
    for given in wanted:
        told = {
            "total_products_created": given.get("totalProductsCreated"),
            "years_of_employment": given.get("yearsOfEmployment"),
        }
        user = User() if given["email"] == User.email else None
        found.append(user and replace(user, **{name: value for name, value in told.items() if value is not None}))
    return found


REFERENCES: dict[type, Resolve] = {
    ProductType: _among(*PRODUCTS),
    DeprecatedProduct: _among(DEPRECATED),
    ProductResearch: _among(*RESEARCH),
    InventoryType: _among(INVENTORY),
    UserType: _users,
}


def schema() -> strawberry.federation.Schema:
    """In federation 2.3, the newest that the published tests know."""
    return subgraph(Query, list(REFERENCES), references=REFERENCES, federation_version="2.3")


def app(*, is_router: bool = True) -> ASGIApp:
    """The fixture behind view and middleware as they are served; `is_router`: whether whoever asks is one."""

    def make_context(**given: Any) -> Context:
        store: Any = None  # no type of this subgraph is a node, so nothing reads
        return Context(store=store, **given)

    limits = Limits()
    openness = Openness(is_router, lambda _: is_router, "https://hubnetz.example/schema.graphql")
    view = GraphQLView(Runner(schema()._schema, execute, make_context, limits=limits), openness=openness)
    found: ASGIApp = AuthenticationMiddleware(Router([Route("/", view)]), NoIssuers())
    found = RateMiddleware(found, Rates({}), ())
    return EdgeMiddleware(LimitMiddleware(found, limits), Metrics(), is_https=False)


if __name__ == "__main__":
    uvicorn.run(app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
