"""Short names of projects in addresses: made from titles, never given to two, former ones kept.

While only insiders may see a project, its slug ends in a part of its id that nobody guesses. Otherwise whoever asked for a
slug would learn from the refusal, or from the slug given instead, that somebody else works on something of that title.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, TypeVar

from auth.policy import PUBLISHED_STAGES
from graph.errors import ConstraintError
from graph.model import NodeKey, Project
from graph.port import GraphStore
from graph.records import SlugAlias
from graph.values import sort_key
from graph.vocabulary import Visibility
from graph.writing.unit import Unit

MAX_SLUG: Final = 80
_ATTEMPTS: Final = 3

T = TypeVar("T")


def slug_of(title: str) -> str:
    """`Grünes Parken: Zeitz` as `gruenes-parken-zeitz`; `projekt` for a title without letters of the Latin alphabet."""
    spelt = title.casefold().translate(_SPELLING)
    ascii_only = sort_key(spelt).encode("ascii", "ignore").decode()
    words = ascii_only.replace("_", " ").split()
    return "-".join(words)[:MAX_SLUG].strip("-") or "projekt"


_SPELLING: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def veiled_slug(wish: str, project: str) -> str:
    """`wish` with the end of the project's id behind it."""
    return f"{_plain(wish, project)}-{_tail(project)}"


async def free_slug(unit: Unit, title: str, project: Project) -> str:
    """The slug of `title` for `project`, with the end of its id behind it where only insiders see it, or it is taken."""
    return await _freed(unit, slug_of(title), project)


async def chosen_slug(unit: Unit, wish: str, project: Project) -> str:
    """`wish` as the slug of `project`, with the end of its id behind it where only insiders see it.

    Raises:
        ConstraintError: another project has, or had, it.
    """
    if _is_veiled(project):
        return veiled_slug(wish, project.id)
    if await owner_of_slug(unit, wish) not in (None, project.id):
        raise ConstraintError(f"the slug {wish} is, or was, that of another project")
    return wish


async def unveiled(unit: Unit, project: Project) -> Project:
    """`project`, which others see from now on, by its plain slug if that is free; the other goes on meaning it."""
    plain = _plain(project.slug, project.id)
    if plain == project.slug:
        return project
    slug = await _freed(unit, plain, project)
    await keep_former_slug(unit, project, slug)
    return replace(project, slug=slug)


async def with_slug(attempt: Callable[[], Awaitable[T]]) -> T:
    """What `attempt` returns; run again where another project took its slug at the same moment, which it then sees."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return await attempt()
        except ConstraintError:
            continue
    return await attempt()


def _is_veiled(project: Project) -> bool:
    return project.stage not in PUBLISHED_STAGES or project.visibility is Visibility.PRIVATE


def _tail(project: str) -> str:
    return project[-12:]


def _plain(slug: str, project: str) -> str:
    return slug.removesuffix(f"-{_tail(project)}")


async def _freed(unit: Unit, wish: str, project: Project) -> str:
    if _is_veiled(project) or await owner_of_slug(unit, wish) not in (None, project.id):
        return veiled_slug(wish, project.id)
    return wish


async def owner_of_slug(unit: Unit, slug: str) -> str | None:
    """The project that the slug means, or once meant."""
    found = (await unit.find_keys(Project, "slug", [slug])).get(slug)
    if found is not None:
        return found
    alias = await unit.get(SlugAlias, slug)
    return None if alias is None else alias.project


async def keep_former_slug(unit: Unit, project: Project, slug: str) -> None:
    """Keeps the present slug of `project` as a former one, for the day when `slug` replaces it."""
    await unit.delete(NodeKey("SlugAlias", slug))
    if project.slug != slug:
        await unit.put(SlugAlias(slug=project.slug, project=project.id))


async def project_of_slug(store: GraphStore, slug: str) -> str | None:
    """The id of the project that once had `slug`; None if none had. Whether a caller may see it is another question."""
    records = await store.query("project_of_former_slug", {"slug": slug})
    return str(records[0][0]) if records else None
