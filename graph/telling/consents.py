"""What a person is told about entries of experts that name her: by the link in a letter to her, and signed in."""

from dataclasses import dataclass
from typing import Final

from auth.principal import Principal
from graph import links
from graph.actors import pseudonym
from graph.model import Expert, NodeKey
from graph.personal import SingleUseLink
from graph.port import GraphStore
from graph.selection import ByKeys, Selection
from graph.telling.matters import Matter, name_of, read_as
from graph.values import Instant
from graph.vocabulary import LinkPurpose, Visibility
from graph.writing.unit import Unit

MAX_LISTINGS: Final = 50
_ADDRESS: Final = Selection("Actor", ("email",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Matter):
    """The entry as the person has to know it before she answers; `title` is her name, `asker` the house."""

    purpose: str
    sources: tuple[str, ...]
    contact: tuple[str, ...]
    """E-mail, telephone, ORCID, as far as they are in it."""
    topics: tuple[str, ...]
    projects: tuple[str, ...]
    """Those that she may read: by a link, those of everybody."""
    visibility: Visibility
    contact_visibility: Visibility
    version: int
    consent_given_at: Instant | None
    consent_withdrawn_at: Instant | None


async def of_link(unit: Unit, link: SingleUseLink) -> Listing | None:
    """The entry, as long as its address is the one to which the link went and the answer would change something."""
    expert = await unit.get(Expert, NodeKey.parse(link.entity).value)
    if expert is None or not expert.is_person or (expert.email or "").casefold() != link.email.casefold():
        return None
    if (expert.consent_given_at is not None) is (link.purpose is LinkPurpose.CONSENT_EXPERT):
        return None
    return await _listing(unit, expert)


async def listings_of(store: GraphStore, person: Principal) -> list[Listing]:
    """The entries that are about the caller, whatever their visibility, by id; at most MAX_LISTINGS."""
    actor = pseudonym(person)
    (row,) = (await store.select(_ADDRESS, ByKeys("Actor", "id", (actor,)), audiences=())).rows
    email = str(row[0]) if row is not None and row[0] else None
    parameters = {
        "actor": actor,
        "emails": [] if email is None else sorted({email, email.lower()}),
        "limit": MAX_LISTINGS,
    }
    keys = [str(key) for (key,) in await store.query("listings_of", parameters)]

    async def read(unit: Unit) -> list[Listing]:
        found = await unit.get_many(Expert, keys)
        return [await _listing(unit, found[key]) for key in keys if key in found]

    return await read_as(store, person, read, now=Instant(await store.now())) if keys else []


async def _listing(unit: Unit, expert: Expert) -> Listing:
    houses = [await name_of(unit, house) for house, _ in await unit.neighbours(links.EXPERT_HOUSES, expert.key)]
    topics = [await name_of(unit, topic) for topic, _ in await unit.neighbours(links.EXPERT_TOPICS, expert.key)]
    projects = [await name_of(unit, project) for project, _ in await unit.neighbours(links.EXPERT_PROJECTS, expert.key)]
    return Listing(
        title=expert.name,
        role=expert.role,
        asker=", ".join(name for name in houses if name) or None,
        about=expert.key,
        purpose=expert.purpose or "",
        sources=tuple(source.publisher for source in expert.sources),
        contact=tuple(value for value in (expert.email, expert.phone, expert.orcid) if value),
        topics=tuple(sorted(name for name in topics if name)),
        projects=tuple(sorted(name for name in projects if name)),
        visibility=expert.visibility,
        contact_visibility=expert.contact_visibility,
        version=expert.version,
        consent_given_at=expert.consent_given_at,
        consent_withdrawn_at=expert.consent_withdrawn_at,
    )
