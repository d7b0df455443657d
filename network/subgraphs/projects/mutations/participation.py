"""Inputs of what people keep for themselves: what they follow, searches, marks in the inbox, settings of mail."""

from typing import Final

import strawberry

from graph import vocabulary as stored
from graph.commands.following import FOLLOWABLE, Follow, Unfollow
from graph.commands.mail_settings import SaveMailSettings
from graph.commands.saved_searches import DeleteSavedSearch, SaveSearch
from graph.errors import InvalidInputError
from graph.telling.inbox import MAX_MARKED, MarkNotificationsRead
from graph.texts import MAX_NAME
from network.execution import Checks, client_mutation_id
from network.subgraphs.discovery.filters import SearchFilter
from network.subgraphs.discovery.saved_filters import as_json
from network.subgraphs.given import member
from network.subgraphs.vocabulary import Digest
from network.subgraphs.which import which
from search.port import MAX_QUERY_LENGTH

_TARGET: Final = "Id of a project, topic, hub, service or need, as in `Topic:mobilitaet`."
"""Characters: a name is shown in one line with each hit."""


@strawberry.input(description="What the caller wants to hear of.")
class FollowInput:
    target: strawberry.ID = strawberry.field(description=_TARGET)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> Follow:
        return Follow(target=check.node("target", self.target, *FOLLOWABLE))


@strawberry.input(description="What the caller wants to hear of no more.")
class UnfollowInput:
    target: strawberry.ID = strawberry.field(description=_TARGET)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> Unfollow:
        return Unfollow(target=check.node("target", self.target, *FOLLOWABLE))


@strawberry.input(description="A search whose new hits the caller wants to hear of.")
class SaveSearchInput:
    name: str = strawberry.field(description=f"What to call it, up to {MAX_NAME} characters.")
    query: str = strawberry.field(
        default="", description="What to search for, as in `search`; empty: everything that the filter leaves."
    )
    where: SearchFilter | None = strawberry.field(name="filter", default=None, description="As in `search`.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> SaveSearch:
        try:
            if self.where is not None:
                self.where.values()
        except InvalidInputError as error:
            check.refuse("filter", str(error))
        near = None if self.where is None else self.where.near
        return SaveSearch(
            name=check.line("name", self.name, most=MAX_NAME),
            query=check.line("query", self.query, least=0, most=MAX_QUERY_LENGTH),
            filter=as_json(self.where),
            near=None if near is None else (near.municipality, near.within_km),
        )


DeleteSavedSearchInput = which(DeleteSavedSearch, "Which of the caller's searches is deleted.", "search", "Its `id`.")


@strawberry.input(description="What the caller has read.")
class MarkNotificationsReadInput:
    notifications: list[strawberry.ID] | None = strawberry.field(
        default=None, description=f"Ids of notifications, at most {MAX_MARKED}; left out: all that came so far."
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> MarkNotificationsRead:
        if self.notifications is None:
            return MarkNotificationsRead()
        inside = check.within("notifications")
        return MarkNotificationsRead(
            notifications=check.each("notifications", self.notifications, inside.line, most=MAX_MARKED)
        )


@strawberry.input(description="What the caller wants to be written about; what is left out stays as it is.")
class SaveMailSettingsInput:
    digest: Digest | None = strawberry.field(
        default=None, description="How often notifications come together in one e-mail."
    )
    gets_task_mail: bool | None = strawberry.field(default=None, description="Whether tasks come by e-mail at once.")
    name: str | None = strawberry.field(
        default=None, description="Name for the list of members; an empty one takes it away."
    )
    is_listed: bool | None = strawberry.field(
        default=None,
        description="Whether members of the network may see the caller, by that name, in the list of members.",
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> SaveMailSettings:
        return SaveMailSettings(
            digest=None if self.digest is None else member(stored.Digest, self.digest),
            gets_task_mail=self.gets_task_mail,
            name=None if self.name is None else check.line("name", self.name, least=0, most=MAX_NAME),
            is_listed=self.is_listed,
        )
