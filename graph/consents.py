"""What a person is asked about an entry of an expert that names her: by the link in a letter to her."""

from dataclasses import dataclass

from graph import links
from graph.matters import Matter, name_of, node_key
from graph.model import Expert
from graph.personal import SingleUseLink
from graph.unit import Unit
from graph.vocabulary import LinkPurpose, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Matter):
    """The entry as the person has to know it before she answers; `title` is her name, `asker` the house."""

    purpose: str
    sources: tuple[str, ...]
    contact: tuple[str, ...]
    """E-mail, telephone, ORCID, as far as they are in it."""
    topics: tuple[str, ...]
    projects: tuple[str, ...]
    """Those that everybody may read."""
    visibility: Visibility
    contact_visibility: Visibility
    is_listed: bool
    """She agreed before: the question is whether it stays so."""


async def of_link(unit: Unit, link: SingleUseLink) -> Listing | None:
    """The entry, as long as its address is the one to which the link went and the answer would change something."""
    expert = await unit.get(Expert, node_key(link.entity).value)
    if expert is None or not expert.is_person or (expert.email or "").casefold() != link.email.casefold():
        return None
    is_listed = expert.consent_given_at is not None
    if is_listed is (link.purpose is LinkPurpose.CONSENT_EXPERT):
        return None
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
        is_listed=is_listed,
    )
