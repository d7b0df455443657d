"""What a link asks, by its purpose: the same words in the e-mail that brings it and on the page that it opens."""

from collections.abc import Callable, Mapping
from typing import Final

from graph.telling.matters import Matter
from graph.vocabulary import LinkPurpose
from network.mail.inviting import invitation_asked
from network.mail.listing import listing_asked
from network.mail.wording import Asked, asked

_ASKS: Final[Mapping[LinkPurpose, Callable[[Matter], Asked]]] = {
    LinkPurpose.CONSENT_EXPERT: listing_asked,
    LinkPurpose.WITHDRAW_CONSENT: listing_asked,
    LinkPurpose.ACCEPT_INVITATION: invitation_asked,
}
"""The others ask what a task asks."""


def question(purpose: LinkPurpose, matter: Matter) -> Asked:
    """The question of a link of this purpose."""
    return _ASKS.get(purpose, asked)(matter)
