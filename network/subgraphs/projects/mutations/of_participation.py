"""Mutations of what people keep for themselves."""

from typing import Final

import strawberry

from graph.commands.following import follow, unfollow
from graph.commands.mail_settings import save_mail_settings
from graph.commands.saved_searches import delete_saved_search, save_search
from graph.telling.inbox import mark_notifications_read
from network.execution import Shown, Told, mutation
from network.subgraphs.projects.inbox import Followable
from network.subgraphs.projects.mutations.participation import (
    DeleteSavedSearchInput,
    FollowInput,
    MarkNotificationsReadInput,
    SaveMailSettingsInput,
    SaveSearchInput,
    UnfollowInput,
)
from network.subgraphs.projects.mutations.shown import VIEWER

_MEMBERS: Final = "members of the network"
_TARGET: Final = Shown(
    "target",
    Followable,
    None,
    "What it is about; null where the caller may not read it (any more).",
    member="target",
)


@strawberry.type
class OfParticipation:
    follow = mutation(
        "Follow",
        FollowInput,
        follow,
        [_TARGET, VIEWER],
        "Lets the caller hear of what happens to an entry, or of new entries of a topic, hub or service.",
        whom=_MEMBERS,
    )
    unfollow = mutation(
        "Unfollow",
        UnfollowInput,
        unfollow,
        [_TARGET, VIEWER],
        "The caller hears of it no more; harmless where it was not followed.",
        whom=_MEMBERS,
    )
    save_search = mutation(
        "SaveSearch",
        SaveSearchInput,
        save_search,
        [Told("saved_search", strawberry.ID, "Id of the saved search.", member="id"), VIEWER],
        "Saves a search: it is run every few minutes as the caller, who is told of what it finds for the first time. "
        "What there is already is no news.",
        whom=_MEMBERS,
    )
    delete_saved_search = mutation(
        "DeleteSavedSearch",
        DeleteSavedSearchInput,
        delete_saved_search,
        [VIEWER],
        "Deletes one of the caller's saved searches.",
        whom=_MEMBERS,
    )
    mark_notifications_read = mutation(
        "MarkNotificationsRead",
        MarkNotificationsReadInput,
        mark_notifications_read,
        [Told("marked", int, "How many were marked that were not before.", member="marked"), VIEWER],
        "Marks notifications of the caller as read. Ids of others are left alone.",
        whom=_MEMBERS,
    )
    save_mail_settings = mutation(
        "SaveMailSettings",
        SaveMailSettingsInput,
        save_mail_settings,
        [VIEWER],
        "Says what the caller is written about, and whether members see the caller in their list.",
        whom="callers who signed in",
    )
