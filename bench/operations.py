"""The five measured operations, as a client sends them. Q1 to Q3 and Q5 read by selection, Q4 follows four hops."""

from dataclasses import dataclass
from typing import Any

from bench.generate import project_id


@dataclass(frozen=True, slots=True)
class Operation:
    """`parameters` are those of the bare limit, which asks the database for the same data without GraphQL."""

    name: str
    document: str
    variables: dict[str, Any]
    parameters: dict[str, Any]
    fewest_values: int
    """What an answer holds at least; fewer would mean that the network lacks what is asked for."""
    path: str = "/graphql"


_Q1 = """query Q1($slug: String!) {
  project(slug: $slug) {
    slug title summary status started
    hub { slug name }
    topics { slug nameDe }
    municipalities(first: 5) { edges { node { ars name state population } } }
  }
}"""

_Q2 = """query Q2($hub: String!, $first: Int!) {
  projects(filter: {hub: $hub}, first: $first) {
    edges { node { id slug title summary status started updatedAt oneOffCost hub { name } topics { nameDe } } }
  }
}"""

_Q3 = """query Q3($slug: String!) {
  hub(slug: $slug) {
    name
    municipalities(first: 20) { edges { node {
      ars name population
      adoptions(first: 5) { edges { node { id status since project { title hub { name } } } } }
    } } }
  }
}"""

_Q4 = """query Q4($ars: String!) {
  similarMunicipalities(ars: $ars, first: 10) { shared similarity municipality { ars name } }
}"""

_Q5 = """query Q5($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Project { id title hub { name } } }
}"""


def operations(projects: int) -> list[Operation]:
    """Q1 to Q5 over a generated network of so many projects."""
    ids = [project_id(i * 7 % projects) for i in range(100)]
    references = [{"__typename": "Project", "id": f"Project:{value}"} for value in ids]
    return [
        Operation("Q1", _Q1, {"slug": "project-7"}, {"slug": "project-7"}, 30),
        Operation("Q2", _Q2, {"hub": "hub-3", "first": 100}, {"hub": "hub-3", "limit": 100}, 1_000),
        Operation("Q3", _Q3, {"slug": "hub-3"}, {"hub": "hub-3"}, 200),
        Operation("Q4", _Q4, {"ars": f"{4:012}"}, {"ars": f"{4:012}"}, 4),
        Operation("Q5", _Q5, {"representations": references}, {"ids": ids}, 300, "/subgraphs/projects"),
    ]
