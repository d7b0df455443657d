"""Access tokens: what is accepted, and that one thing wrong is enough."""

from collections.abc import Iterator
from typing import Any

import pytest

from auth.errors import InsufficientScopeError, InvalidTokenError, IssuerUnavailableError, UnknownIssuerError
from auth.issuer_settings import Grant
from auth.issuers import Issuer
from auth.principal import Membership, Principal
from auth.tokens import AccessTokens
from tests.fixtures.issuer import AUDIENCE, JWKS, Fault, SigningIssuer, compact, rsa
from tests.fixtures.token_attacks import ATTACKS, CLAIMS, JWT, JWT_ATTACKS, TIMES

ZEITZ = frozenset({Membership.parse("hub_lead:zeitz")})


@pytest.fixture(scope="module")
def issuer() -> Iterator[SigningIssuer]:
    served = SigningIssuer()
    yield served
    served.close()


def tokens(issuer: SigningIssuer, now: float | None = None, **given: object) -> AccessTokens:
    source = Issuer(issuer.settings(**given))
    return AccessTokens([source]) if now is None else AccessTokens([source], clock=lambda: now)


async def test_a_good_token_is_its_issuers_subject_with_the_memberships_of_its_grants(issuer: SigningIssuer) -> None:
    principal = await tokens(issuer).authenticate(issuer.token())
    assert principal == Principal(issuer.url, "subject-1", ZEITZ, frozenset({"openid", "hubnetz"}))
    assert principal.token_id == "token-1"


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"typ": "application/at+jwt"}, {}),
        ({"x5t": "thumbprint", "unknown": 1}, {}),
        ({}, {"aud": ["account", AUDIENCE]}),
        ({}, {"client_id": None, "azp": "hubnetz-web"}),
        ({}, {"azp": "hubnetz-machine"}),
        ({}, {"nbf": 1}),
        ({}, {"scope": ""}),
        ({}, {"scope": None}),
        ({}, {"jti": "with a blank"}),
    ],
)
async def test_what_the_rules_leave_open_is_accepted(
    issuer: SigningIssuer, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    assert (await tokens(issuer).authenticate(issuer.token(header, **claims))).sub == "subject-1"


async def test_elliptic_and_pss_signatures_are_accepted_by_the_right_keys(issuer: SigningIssuer) -> None:
    elliptic = issuer.header(alg="ES256", kid=issuer.ec_key.kid)
    assert await tokens(issuer).authenticate(compact(elliptic, issuer.claims(), issuer.ec_key, "ES256"))


@pytest.mark.parametrize("name", ATTACKS)
async def test_one_thing_wrong_is_enough(issuer: SigningIssuer, name: str) -> None:
    checked = tokens(issuer)
    good = await checked.authenticate(issuer.token())
    before = issuer.requests.copy()
    with pytest.raises((InvalidTokenError, UnknownIssuerError)) as refused:
        await checked.authenticate(ATTACKS[name](issuer))
    assert good.sub not in str(refused.value)
    # Whatever a token points at is never asked, and an unknown key is looked for once.
    asked = issuer.requests - before
    assert set(asked) <= {JWKS, "/.well-known/openid-configuration"}
    assert asked[JWKS] <= 1


@pytest.mark.parametrize(
    "name", ["kid of 300 characters", "alg none", "algorithm outside the list", "jku", "crit unknown"]
)
async def test_what_is_refused_by_its_header_asks_for_no_key(issuer: SigningIssuer, name: str) -> None:
    before = issuer.requests.copy()
    with pytest.raises(InvalidTokenError):
        await tokens(issuer).authenticate(ATTACKS[name](issuer))
    assert issuer.requests == before


@pytest.mark.parametrize("name", TIMES | CLAIMS)
async def test_the_reason_names_the_claim(issuer: SigningIssuer, name: str) -> None:
    claim = name.partition(" ")[0]
    with pytest.raises((InvalidTokenError, UnknownIssuerError), match=f"^[a-z_, ]*{claim}[a-z_, ]*: "):
        await tokens(issuer).authenticate((TIMES | CLAIMS)[name](issuer))


@pytest.mark.parametrize("name", JWT_ATTACKS)
async def test_where_typ_jwt_is_taken_other_kinds_of_token_are_not(issuer: SigningIssuer, name: str) -> None:
    checked = tokens(issuer, accept_typ_jwt=True)
    assert await checked.authenticate(issuer.token(JWT))
    assert await checked.authenticate(issuer.token(JWT, typ="Bearer"))
    assert await checked.authenticate(issuer.token())
    with pytest.raises(InvalidTokenError):
        await checked.authenticate(JWT_ATTACKS[name](issuer))


@pytest.mark.parametrize("name", ["iss another", "iss with a slash", "iss in capitals", "iss with a user"])
async def test_an_issuer_is_known_by_its_exact_name_or_not_at_all(issuer: SigningIssuer, name: str) -> None:
    with pytest.raises(UnknownIssuerError):
        await tokens(issuer).authenticate(ATTACKS[name](issuer))


@pytest.mark.parametrize(
    ("claim", "second", "is_accepted"),
    [
        ("exp", 1_000_000 - 29, True),
        ("exp", 1_000_000 - 30, False),
        ("nbf", 1_000_000 + 30, True),
        ("nbf", 1_000_000 + 31, False),
        ("iat", 1_000_000 + 30, True),
        ("iat", 1_000_000 + 31, False),
    ],
)
async def test_the_leeway_is_thirty_seconds_and_no_more(
    issuer: SigningIssuer, claim: str, second: int, is_accepted: bool
) -> None:
    token = issuer.token(None, **{"iat": 999_900, "exp": 1_000_300, claim: second})
    checked = tokens(issuer, now=1_000_000)
    if is_accepted:
        assert await checked.authenticate(token)
    else:
        with pytest.raises(InvalidTokenError, match=claim):
            await checked.authenticate(token)


async def test_an_hour_is_the_longest_life(issuer: SigningIssuer) -> None:
    checked = tokens(issuer, now=1_000_000)
    assert await checked.authenticate(issuer.token(iat=1_000_000, exp=1_003_600))
    with pytest.raises(InvalidTokenError, match="3600"):
        await checked.authenticate(issuer.token(iat=1_000_000, exp=1_003_601))


async def test_keys_and_grants_are_those_of_the_tokens_own_issuer(issuer: SigningIssuer) -> None:
    other = SigningIssuer("other")
    try:
        # The same key id, another key.
        theirs = rsa("stranger")
        other.keys = [{**theirs.as_dict(private=False), "kid": issuer.key.kid}]
        admins = Grant("realm_access.roles", "lead-zeitz", Membership.parse("network_admin"))
        checked = AccessTokens([Issuer(issuer.settings()), Issuer(other.settings(grants=(admins,)))])
        assert (await checked.authenticate(issuer.token())).memberships == ZEITZ
        own = compact(issuer.header(), other.claims(), theirs, "RS256")
        assert (await checked.authenticate(own)).memberships == {Membership.parse("network_admin")}
        for claims, key in ((issuer.claims(), theirs), (other.claims(), issuer.key)):
            with pytest.raises(InvalidTokenError, match="signature"):
                await checked.authenticate(compact(issuer.header(), claims, key, "RS256"))
    finally:
        other.close()


@pytest.mark.parametrize(
    ("claim", "claims", "is_granted"),
    [
        ("roles", {"roles": ["a", "lead"]}, True),
        ("roles", {"roles": "lead"}, True),
        ("realm.roles", {"realm": {"roles": ["lead"]}}, True),
        ("https://hubs.example/roles", {"https://hubs.example/roles": ["lead"]}, True),
        ("roles", {"roles": ["Lead", "lead ", "leader"]}, False),
        ("roles", {"roles": [["lead"]]}, False),
        ("roles", {"roles": {"lead": True}}, False),
        ("roles", {"roles": None}, False),
        ("realm.roles", {"realm": ["roles"]}, False),
        ("realm.roles", {"realm": "lead"}, False),
        ("realm.roles", {}, False),
    ],
)
def test_a_grant_asks_for_a_text_or_for_one_of_a_list(claim: str, claims: dict[str, Any], is_granted: bool) -> None:
    assert Grant(claim, "lead", Membership.parse("network_admin")).applies_to(claims) is is_granted


async def test_without_a_grant_that_applies_a_principal_has_no_memberships(issuer: SigningIssuer) -> None:
    principal = await tokens(issuer).authenticate(issuer.token(realm_access={"roles": ["lead", "admin"]}))
    assert principal.memberships == frozenset()


async def test_a_sound_token_without_the_scope_of_its_issuers_entry_is_forbidden(issuer: SigningIssuer) -> None:
    checked = tokens(issuer, scope="hubnetz")
    assert await checked.authenticate(issuer.token())
    for scope in ("", "openid", "hubnetz:read", "hub netz"):
        with pytest.raises(InsufficientScopeError) as refused:
            await checked.authenticate(issuer.token(scope=scope))
        assert refused.value.token_id == "token-1"


async def test_where_no_key_can_be_had_nothing_is_decided() -> None:
    away = SigningIssuer()
    away.fail(Fault.RESET)
    try:
        with pytest.raises(IssuerUnavailableError) as unavailable:
            await tokens(away).authenticate(away.token())
        assert away.url not in str(unavailable.value)
    finally:
        away.close()


@pytest.mark.parametrize("jti", ["a b", "x" * 101, "ä", "a\u202eb"])
async def test_an_id_that_is_not_well_formed_is_not_for_the_log(issuer: SigningIssuer, jti: str) -> None:
    with pytest.raises(InvalidTokenError) as refused:
        await tokens(issuer).authenticate(issuer.token(jti=jti, exp=1))
    assert refused.value.token_id is None
