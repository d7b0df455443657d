"""Who asks, as the caller may know it of oneself."""

from dataclasses import dataclass

import strawberry

from auth.principal import Principal
from network.context import Context
from network.execution import attribute, value
from network.subgraphs.projects.feeds import feed_addresses_field
from network.subgraphs.projects.followed import followed_field
from network.subgraphs.projects.houses import houses_field
from network.subgraphs.projects.inbox import (
    follows_field,
    mail_settings_field,
    notifications_field,
    saved_searches_field,
    unread_count_field,
)
from network.subgraphs.projects.listings import listings_field
from network.subgraphs.projects.own_reuse import adoptions_field
from network.subgraphs.projects.tasks import tasks_field
from network.subgraphs.projects.webhooks import webhooks_field


@dataclass(frozen=True, slots=True)
class SignedIn:
    issuer: str
    subject: str
    memberships: tuple[str, ...]


@value(SignedIn, description="The caller, signed in: a person or a machine, known by issuer and subject together.")
class Viewer:
    issuer: str = attribute("Who vouches for the caller: the issuer's identifier, an address.")
    subject: str = attribute("The caller's name at that issuer, as the issuer chose it.")
    memberships: list[str] = attribute(
        "For which houses the caller acts and as what, in alphabetical order: `hub_lead:zeitz`, `municipality:010615138`, "
        "`university:03sft3r75`, `network_admin`. Empty for a caller who sees what everybody sees."
    )
    houses = houses_field()
    adoptions = adoptions_field()
    tasks = tasks_field()
    notifications = notifications_field()
    unread_count = unread_count_field()
    follows = follows_field()
    followed = followed_field()
    saved_searches = saved_searches_field()
    mail_settings = mail_settings_field()
    listings = listings_field()
    webhooks = webhooks_field()
    feed_addresses = feed_addresses_field()


def viewer(info: strawberry.Info[Context, None]) -> SignedIn | None:
    caller = info.context.caller
    if not isinstance(caller, Principal):
        return None
    return SignedIn(caller.iss, caller.sub, tuple(sorted(map(str, caller.memberships))))
