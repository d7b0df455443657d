"""Mutations of feed addresses, by which people's own programs fetch a list."""

from typing import Final

import strawberry

from graph import vocabulary as stored
from graph.accounts.feed_tokens import UNSEEN_DAYS
from graph.commands.feed_addresses import (
    DAYS,
    MAX_ADDRESSES,
    CreateFeedAddress,
    RevokeFeedAddress,
    create_feed_address,
    revoke_feed_address,
)
from graph.texts import MAX_NAME, MAX_URL
from network.execution import Checks, OnTerms, Told, client_mutation_id, mutation
from network.subgraphs.given import member
from network.subgraphs.projects.mutations.shown import VIEWER
from network.subgraphs.vocabulary import FeedForm
from network.subgraphs.which import which

_MEMBERS: Final = "members of the network"
_ADDRESS: Final = Told("feed_address", strawberry.ID, "Id of the feed address.", member="id")


@strawberry.input(description="A list that a program of the caller is to fetch.")
class CreateFeedAddressInput:
    name: str = strawberry.field(description=f"Name by which the caller knows it again, up to {MAX_NAME} characters.")
    form: FeedForm = strawberry.field(description="As what.")
    page: str = strawberry.field(
        description="The list: path and query of its page, as in `/search?q=Parken` or `/events?host=Hub:zeitz`."
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> CreateFeedAddress:
        return CreateFeedAddress(
            name=check.line("name", self.name, most=MAX_NAME),
            form=member(stored.FeedForm, self.form),
            page=check.line("page", self.page, most=MAX_URL),
        )


RevokeFeedAddressInput = which(
    RevokeFeedAddress, "Which feed address ends.", "feed_address", "Its id, as `viewer { feedAddresses }` shows it."
)


@strawberry.type
class OfFeeds:
    create_feed_address = mutation(
        "CreateFeedAddress",
        CreateFeedAddressInput,
        OnTerms(create_feed_address, lambda context: context.feeds, "feed addresses"),
        [
            _ADDRESS,
            Told(
                "url",
                str,
                "The address. It is told here and nowhere else; the same change sent again under its `clientMutationId` "
                "tells it once more, for as long as that is remembered.",
                member="url",
            ),
            VIEWER,
        ],
        "Makes an address that shows one list to whoever has it, without contact data and as the caller would see it at that "
        f"moment. It ends after {DAYS} days, and rests where the caller has no membership or was not seen for {UNSEEN_DAYS} "
        f"days. {MAX_ADDRESSES} at most.",
        whom=_MEMBERS,
    )
    revoke_feed_address = mutation(
        "RevokeFeedAddress",
        RevokeFeedAddressInput,
        revoke_feed_address,
        [_ADDRESS, VIEWER],
        "Ends one of the caller's feed addresses: it shows nothing any more.",
        whom="people who are signed in",
    )
