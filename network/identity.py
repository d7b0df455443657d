"""How one signs in here: the settings' issuers, or the development issuer, as a verifier of tokens and as sessions."""

from dataclasses import dataclass
from typing import Final

from auth.issuers import Issuer
from auth.login import RelyingParty
from auth.sealing import Sealer
from auth.sessions import Sessions
from auth.tokens import AccessTokens
from graph.accounts.sessions import GraphSessions
from graph.port import GraphStore
from network.configuration.own_keys import secret_keys
from network.configuration.settings import Settings
from network.development.endpoints import DevelopmentProvider
from network.development.issuer import DevelopmentIssuer
from network.edge.authentication import Authenticator, NoIssuers

TIMEOUT_S: Final = 5.0
"""For an issuer's answer; requests of browsers wait for it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """`sessions` is None where nobody can sign in; `development` where there is no development issuer."""

    authenticator: Authenticator
    sessions: Sessions | None = None
    development: DevelopmentProvider | None = None


def identity(settings: Settings, graph: GraphStore) -> Identity:
    """What the settings say.

    Raises:
        JobError: keys of development cannot be kept.
    """
    if settings.has_development_issuer:
        development = DevelopmentProvider(DevelopmentIssuer(settings))
        party = RelyingParty(
            development.source, settings.public_url, transport=development.transport, timeout_s=TIMEOUT_S
        )
        return Identity(development.authenticator, _sessions(settings, graph, party), development)
    if not settings.issuers:
        return Identity(NoIssuers())
    issuers = [Issuer(issuer, timeout_s=TIMEOUT_S) for issuer in settings.issuers]
    parties = [RelyingParty(issuer, settings.public_url, timeout_s=TIMEOUT_S) for issuer in issuers]
    return Identity(AccessTokens(issuers), _sessions(settings, graph, *parties))


def _sessions(settings: Settings, graph: GraphStore, *parties: RelyingParty) -> Sessions:
    sealer = Sealer(secret_keys(settings))
    return Sessions(GraphSessions(graph), {party.settings.slug: party for party in parties}, sealer)
