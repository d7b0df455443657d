"""A small schema behind the real view and middleware: what HTTP and limits do does not depend on the model."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, build_schema
from graphql import execute as execute_document
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from auth.errors import InvalidTokenError
from auth.principal import Membership, Principal
from graph.errors import GraphUnavailableError, InvalidInputError
from network.edge.authentication import AuthenticationMiddleware
from network.edge.metrics import Metrics
from network.edge.middleware import EdgeMiddleware, LimitMiddleware, ProxyMiddleware
from network.edge.rate_middleware import RateMiddleware
from network.execution.timing import Timings
from network.limits import Limits
from network.operations.field_usage import Usage
from network.operations.running import Runner
from network.operations.trusted import Admission
from network.operations.view import GraphQLView, Openness
from network.pages.frame.problem_page import problem_page
from network.pages.frame.rendering import Renderer
from network.rates import Rates

SDL = """
type Query {
  hello(name: String = "Zeitz", size: Int, secret: ID): String
  who: String
  fails(how: String!): String
  must(how: String!): String!
  slow: String
  tree: Tree
  projects(first: Int, after: String): ProjectConnection!
  _service: String
}
type Mutation { count: Int }
type Tree { name: String child(a: Int): Tree children: [Tree!]! }
type ProjectConnection { edges: [ProjectEdge!]! pageInfo: PageInfo! totalCount: Int! }
type ProjectEdge { node: Project! cursor: String! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Project { title: String hub: Tree topics: [Tree!]! municipalities(first: Int): MunicipalityConnection! }
type MunicipalityConnection { edges: [MunicipalityEdge!]! pageInfo: PageInfo! }
type MunicipalityEdge { node: Tree! cursor: String! }
"""

FAILURES: dict[str, Exception] = {
    "internal": RuntimeError("password is swordfish"),
    "graph": GraphUnavailableError("bolt://internal-host:7687 refused"),
    "input": InvalidInputError("first: 200 is not in 0..100"),
}


class Tokens:
    """Stands where tokens are verified: one without a membership, and memberships themselves."""

    async def authenticate(self, token: str) -> Principal:
        if token == "zeitz-lead":
            return Principal("https://issuer.example", "subject-1")
        try:
            held = Membership.parse(token.replace("+", ":"))
        except ValueError:
            raise InvalidTokenError("not a token of ours") from None
        return Principal("https://issuer.example", "subject-2", frozenset({held}))


def schema() -> GraphQLSchema:
    built = build_schema(SDL)

    async def slow(_: Any, info: Any) -> str:
        await asyncio.Event().wait()
        return "never"

    def fails(_: Any, info: Any, how: str) -> str:
        raise FAILURES[how]

    assert built.query_type is not None
    assert built.mutation_type is not None
    fields = built.query_type.fields
    fields["hello"].resolve = lambda _, info, **given: f"Hallo {given['name']}"
    fields["who"].resolve = lambda _, info: type(info.context["caller"]).__name__
    fields["fails"].resolve = fields["must"].resolve = fails
    fields["slow"].resolve = slow
    fields["tree"].resolve = lambda _, info: {"name": "root", "children": []}
    built.mutation_type.fields["count"].resolve = lambda _, info: 1
    return built


async def execute(
    schema: GraphQLSchema,
    document: DocumentNode,
    *,
    context: Any,
    variables: Mapping[str, Any] | None,
    operation_name: str | None,
    timings: Timings | None,
) -> ExecutionResult:
    result = execute_document(
        schema,
        document,
        context_value=context,
        variable_values=None if variables is None else dict(variables),
        operation_name=operation_name,
    )
    return result if isinstance(result, ExecutionResult) else await result


async def _alive(_: Request) -> Response:
    return Response("alive")


def make_app(
    *,
    limits: Limits | None = None,
    is_open: bool = True,
    trusted: tuple[Any, ...] = (),
    routers: bool = False,
    rates: Rates | None = None,
    behind: tuple[Any, ...] = (),
    admission: Admission | None = None,
    usage: Usage | None = None,
) -> ASGIApp:
    """The application. `routers`: whether everybody is one to the view; `behind`: those that rates know."""
    limits = limits or Limits()
    view = GraphQLView(
        Runner(schema(), execute, lambda **given: given, limits=limits, usage=usage, has_suggestions=is_open),
        openness=Openness(is_open, lambda scope: routers, "https://hubnetz.example/schema.graphql"),
        admission=admission,
        explorer_url="/explorer",
    )
    app: ASGIApp = Router([Route("/graphql", view), Route("/subgraphs/plain", view), Route("/livez", _alive)])
    app = AuthenticationMiddleware(app, Tokens())
    app = RateMiddleware(app, rates or Rates({}), behind)
    app = LimitMiddleware(app, limits)
    app = ProxyMiddleware(app, trusted)
    pages = partial(problem_page, Renderer(public_url="http://hubnetz.test"))
    return EdgeMiddleware(app, Metrics(), is_https=False, problem_page=pages)


def client(app: ASGIApp) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://hubnetz.test")
