"""Ready-made queries, read from `docs/queries/`: one file each, its title in the first comment, variables beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[3] / "docs" / "queries"
FIRST_QUERY: Final = """{
  hubs(first: 50) {
    edges {
      node {
        slug
        name
        municipalities(first: 3) {
          edges { node { name } }
        }
      }
    }
  }
}"""
"""What the explorer opens with."""


@dataclass(frozen=True, slots=True)
class ReadyQuery:
    """A query that works as it stands. `variables` is JSON text, "" where it takes none."""

    name: str
    title: str
    text: str
    variables: str

    @property
    def is_mutation(self) -> bool:
        """Whether it changes something, and so is sent by POST alone."""
        lines = (line for line in self.text.splitlines() if line.strip() and not line.startswith("#"))
        return next(lines, "").startswith("mutation")


def ready_queries(folder: Path = FOLDER) -> tuple[ReadyQuery, ...]:
    """The queries of `folder`, by file name; none where it is missing (an installation without docs)."""
    return tuple(_read(path) for path in sorted(folder.glob("*.graphql")))


def _read(path: Path) -> ReadyQuery:
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0] if text.strip() else ""
    title = first.removeprefix("#").strip() if first.startswith("#") else path.stem.replace("-", " ").replace("_", " ")
    variables = path.with_suffix(".json")
    return ReadyQuery(path.stem, title, text, variables.read_text(encoding="utf-8") if variables.is_file() else "")
