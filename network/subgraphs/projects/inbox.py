"""What is one's own: notifications, what one follows, saved searches, settings of mail. Fields of `Viewer`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

import strawberry
from strawberry.scalars import JSON
from strawberry.types.nodes import FragmentSpread, InlineFragment, SelectedField

from auth.principal import Principal
from graph.actors import pseudonym
from graph.commands.following import MAX_FOLLOWS, follows_of
from graph.commands.saved_searches import MAX_SEARCHES, KeptSearch, searches_of
from graph.errors import InvalidInputError
from graph.model import NodeKey
from graph.personal import Actor
from graph.selection import ByKeys, Selection
from graph.telling import inbox
from graph.values import Instant
from network.context import Context
from network.execution import PageInfo, attribute, computed, cursors, reference, value
from network.execution.fields import After, First, at_most, connection_size
from network.execution.reads import check_first
from network.subgraphs.projects.types import (
    Adoption,
    Answer,
    Event,
    ExperienceReport,
    Expert,
    Hub,
    Municipality,
    Need,
    Organisation,
    Project,
    Question,
    Service,
    Task,
    Topic,
    University,
)
from network.subgraphs.vocabulary import Digest, NewsKind

Info = strawberry.Info[Context, None]

NewsSubject = Annotated[
    Project
    | Adoption
    | ExperienceReport
    | Need
    | Question
    | Answer
    | Task
    | Expert
    | Event
    | Hub
    | Municipality
    | University
    | Organisation,
    strawberry.union("NewsSubject", description="What news are about."),
]
Followable = Annotated[
    Project | Topic | Hub | Service | Need,
    strawberry.union("Followable", description="What one can follow."),
]
SUBJECTS: Final = frozenset(
    {
        *("Project", "Adoption", "ExperienceReport", "Need", "Question", "Answer", "Task", "Expert", "Event"),
        *("Hub", "Municipality", "University", "Organisation"),
    }
)
_SETTINGS: Final = Selection("Actor", ("digest", "gets_task_mail", "email", "name", "is_listed"))


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    kind: str
    subject: NodeKey | None
    reason: str | None
    at: Instant
    read_at: Instant | None


@dataclass(frozen=True, slots=True)
class LineEdge:
    cursor: str
    node: Line


@dataclass(frozen=True, slots=True)
class LinePage:
    edges: tuple[LineEdge, ...]
    page_info: dict[str, object]
    total_count: int | None


@dataclass(frozen=True, slots=True)
class Following:
    id: str
    target: NodeKey
    target_id: str
    since: Instant


@dataclass(frozen=True, slots=True)
class Settings:
    digest: str
    gets_task_mail: bool
    email: str | None
    name: str | None
    is_listed: bool


@value(Line, description="One line of the caller's inbox.")
class Notification:
    id: strawberry.ID = attribute("To mark it as read.")
    kind: NewsKind = attribute("What happened.")
    subject: NewsSubject | None = reference("What it is about; null where the caller may not read it (any more).")
    reason: str | None = attribute(
        "Why the caller hears of it, in German, to show beside it; null where it is evident."
    )
    at: Instant = attribute("When it happened.")
    read_at: Instant | None = attribute("When the caller marked it as read; null: not so far.")


@value(LineEdge, description="A notification and its place in the inbox.")
class NotificationEdge:
    cursor: str = attribute("Mark of this place, for `after`.")
    node: Notification = attribute("The notification at this place.")


@value(LinePage, description="A page of the caller's inbox.")
class NotificationConnection:
    edges: list[NotificationEdge] = attribute("The notifications of this page, the latest first.")
    page_info: PageInfo = attribute("Where this page lies.")
    total_count: int = attribute("How many there are.")


@value(Following, description="Something that the caller follows.")
class Follow:
    id: strawberry.ID = attribute("Its own id.")
    target: Followable | None = reference("What is followed; null where the caller may not read it (any more).")
    target_id: strawberry.ID = attribute("Its id, for `unfollow`, also where it cannot be read.")
    since: Instant = attribute("Since when.")


@value(KeptSearch, description="A search whose new hits the caller is told of.")
class SavedSearch:
    id: strawberry.ID = attribute("To delete it.")
    name: str = attribute("Name that the caller gave it.")
    query: str = attribute("What is searched for; empty: everything that the filter leaves.")
    filter: JSON = attribute("The filter, in the form in which `search` takes it.")
    created_at: Instant = attribute("When it was saved.")
    ran_at: Instant | None = attribute("When it was last run; null: not so far.")


@value(Settings, description="What the caller is written about, and whether others see that the caller is there.")
class MailSettings:
    digest: Digest = attribute("How often notifications come together in one e-mail.")
    gets_task_mail: bool = attribute("Whether tasks come by e-mail at once.")
    email: str | None = attribute("Where to, as the issuer vouches for it; null: nowhere, and no e-mail comes.")
    name: str | None = attribute("Name in the list of members, if the caller gave one.")
    is_listed: bool = attribute("Whether members of the network see the caller in the list of members.")


async def _notifications(
    info: Info,
    first: First = 20,
    after: After = None,
    unread_only: Annotated[bool, strawberry.argument(description="Leave out what was marked as read.")] = False,
) -> LinePage:
    """Raises InvalidInputError: `first` out of range, or no cursor of this list."""
    context = info.context
    actor = actor_of(context)
    mark = cursors.mark_of(f"notifications {actor} {unread_only}")
    limit = check_first(first)
    found = await inbox.lines(
        context.store,
        actor,
        limit=limit + 1,
        after=None if after is None else _place(after, mark),
        unread_only=unread_only,
        timeout_s=context.remaining_s(),
    )
    shown = found[:limit]
    edges = tuple(LineEdge(cursors.pack(mark, line.place), _line(line)) for line in shown)
    total = len(found) if after is None and len(found) <= limit else None
    if total is None and selects(info, "totalCount"):
        total = await inbox.count(context.store, actor, unread_only=unread_only, timeout_s=context.remaining_s())
    page_info: dict[str, object] = {
        "has_next_page": len(found) > limit,
        "has_previous_page": after is not None,
        "start_cursor": edges[0].cursor if edges else None,
        "end_cursor": edges[-1].cursor if edges else None,
    }
    return LinePage(edges, page_info, total)


async def _unread_count(info: Info) -> int:
    context = info.context
    return await inbox.count(context.store, actor_of(context), unread_only=True, timeout_s=context.remaining_s())


async def _follows(info: Info) -> list[Following]:
    followed = await follows_of(info.context.store, actor_of(info.context))
    return [Following(one.id, one.target, str(one.target), one.since) for one in followed]


async def _saved_searches(info: Info) -> list[KeptSearch]:
    return await searches_of(info.context.store, actor_of(info.context))


async def _mail_settings(info: Info) -> Settings:
    context = info.context
    start = ByKeys("Actor", "id", (actor_of(context),))
    (row,) = (await context.store.select(_SETTINGS, start, audiences=(), timeout_s=context.remaining_s())).rows
    if row is None:
        plain = Actor(id="", iss="", sub="", seen_at=Instant(""))
        return Settings(plain.digest, plain.gets_task_mail, None, None, plain.is_listed)
    digest, gets_task_mail, email, name, is_listed = row
    return Settings(str(digest), bool(gets_task_mail), _text(email), _text(name), bool(is_listed))


def notifications_field() -> Any:
    """For a type that stands for the caller, like the others below."""
    return computed(
        NotificationConnection,
        "What the caller was told, the latest first. What is read stays for 180 days, everything for 400 at most.",
        directives=[connection_size()],
    )(_notifications)


def unread_count_field() -> Any:
    return computed(int, "How many notifications the caller has not marked as read.")(_unread_count)


def follows_field() -> Any:
    return computed(
        list[Follow],
        f"What the caller follows, the latest first; at most {MAX_FOLLOWS}.",
        directives=[at_most(100)],
    )(_follows)


def saved_searches_field() -> Any:
    return computed(
        list[SavedSearch],
        f"The caller's saved searches, by name; at most {MAX_SEARCHES}.",
        directives=[at_most(MAX_SEARCHES)],
    )(_saved_searches)


def mail_settings_field() -> Any:
    return computed(MailSettings, "What the caller is written about.")(_mail_settings)


def actor_of(context: Context) -> str:
    caller = context.caller
    if not isinstance(caller, Principal):
        raise InvalidInputError("nobody is signed in")
    return pseudonym(caller)


def _line(line: inbox.Line) -> Line:
    subject = line.entity if line.entity.label in SUBJECTS else None
    return Line(line.id, line.kind.value, subject, line.reason, line.at, line.read_at)


def _place(cursor: str, mark: str) -> tuple[str, str]:
    match cursors.unpack(cursor, mark):
        case [str(at), str(identifier)]:
            return at, identifier
    raise InvalidInputError(f"after: the cursor was changed; {cursors.HELP}")


def selects(info: Info, name: str) -> bool:
    """Whether the operation shows the field `name` of what this resolver returns, fragments included."""

    def shows(selections: Iterable[SelectedField | FragmentSpread | InlineFragment]) -> bool:
        return any(
            selection.name == name if isinstance(selection, SelectedField) else shows(selection.selections)
            for selection in selections
        )

    return any(shows(field.selections) for field in info.selected_fields)


def _text(found: object) -> str | None:
    return None if found is None else str(found)
