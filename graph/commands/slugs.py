"""Short names of projects in addresses: made from titles, never given to two, former ones kept."""

from typing import Final

from graph.errors import ConstraintError
from graph.model import NodeKey, Project
from graph.port import GraphStore
from graph.records import SlugAlias
from graph.unit import Unit
from graph.values import sort_key

MAX_SLUG: Final = 80


def slug_of(title: str) -> str:
    """`Grünes Parken: Zeitz` as `gruenes-parken-zeitz`; `projekt` for a title without letters of the Latin alphabet."""
    spelt = title.casefold().translate(_SPELLING)
    ascii_only = sort_key(spelt).encode("ascii", "ignore").decode()
    words = ascii_only.replace("_", " ").split()
    return "-".join(words)[:MAX_SLUG].strip("-") or "projekt"


_SPELLING: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


async def free_slug(unit: Unit, title: str, *, project: str) -> str:
    """The slug of `title`, with the end of the project's id behind it where another project has, or had, that one."""
    slug = slug_of(title)
    return slug if await owner_of_slug(unit, slug) in (None, project) else f"{slug}-{project[-12:]}"


async def owner_of_slug(unit: Unit, slug: str) -> str | None:
    """The project that the slug means, or once meant."""
    found = (await unit.find_keys(Project, "slug", [slug])).get(slug)
    if found is not None:
        return found
    alias = await unit.get(SlugAlias, slug)
    return None if alias is None else alias.project


async def take_slug(unit: Unit, project: Project, slug: str) -> None:
    """Keeps the present slug of `project` as a former one, for the day when `slug` replaces it.

    Raises:
        ConstraintError: another project has, or had, it.
    """
    if await owner_of_slug(unit, slug) not in (None, project.id):
        raise ConstraintError(f"the slug {slug} is, or was, that of another project")
    await unit.delete(NodeKey("SlugAlias", slug))
    if project.slug != slug:
        await unit.put(SlugAlias(slug=project.slug, project=project.id))


async def project_of_slug(store: GraphStore, slug: str) -> str | None:
    """The id of the project that once had `slug`; None if none had. Whether a caller may see it is another question."""
    records = await store.query("project_of_former_slug", {"slug": slug})
    return str(records[0][0]) if records else None
