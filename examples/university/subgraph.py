"""A university's open student projects as a subgraph beside those of Hubnetz: copy it. All data are samples ("Beispiel")."""

import os

import strawberry
import uvicorn
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import MaskErrors, MaxTokensLimiter
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet


@strawberry.federation.type(keys=[Key(fields=FieldSet("id"), resolvable=False)])
class Project:  # Belongs to Hubnetz: here it has its key and nothing else, by which a router asks Hubnetz for the rest.
    id: strawberry.ID


@strawberry.type(description="Work that a student may take on.")
class StudentProject:
    title: str = strawberry.field(description="Title in German.")
    url: str = strawberry.field(description="Where to apply.")
    project: Project | None = strawberry.field(description="The project of the network that it is part of.")


@strawberry.federation.type(keys=["ror"])
class University:  # Belongs to Hubnetz, too. What we add is nullable: null while we are away, and the rest still answers.
    ror: str
    student_projects: list[StudentProject] | None = strawberry.field(description="Student projects that are open.")

    @classmethod
    def resolve_reference(cls, ror: object = None, **_: object) -> "University | None":
        if not isinstance(ror, str):
            raise GraphQLError("A University by its `ror`?", extensions={"code": "INVALID_REPRESENTATION"})
        return cls(ror=ror, student_projects=OPEN[ror]) if ror in OPEN else None


def sample(title: str, project: str) -> StudentProject:
    """In place of this, ask your own database. Projects by id: their slugs may change."""
    url = "https://www.uni-halle.example/projekte"
    return StudentProject(title=f"Beispiel: {title}", url=url, project=Project(id=strawberry.ID(project)))


PARKING, TWIN = "Project:019b798e-804c-73c3-8d16-f755a765391d", "Project:019b7989-73b8-784c-857a-499f565ed060"
OPEN = {"05gqaka33": [sample("Freie Parkplätze vorhersagen", PARKING), sample("Marktplatz als 3D-Modell", TWIN)]}


def unforeseen(error: GraphQLError) -> bool:
    return error.original_error is not None and not isinstance(error.original_error, GraphQLError)


guards = [lambda: MaxTokensLimiter(1000), lambda: MaskErrors(unforeseen)]
schema = strawberry.federation.Schema(types=[University], federation_version="2.9", extensions=guards)
graphql = GraphQL[None, None](schema, graphql_ide=None, allow_queries_via_get=False)
app = Starlette(routes=[Route("/graphql", graphql)], max_body_size=64 * 1024)

if __name__ == "__main__":
    uvicorn.run(app, host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "4002")))
