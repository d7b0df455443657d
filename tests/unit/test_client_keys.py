"""This service proves itself to an issuer by a private key, where the operator names one."""

from collections.abc import Iterator

import pytest
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from auth.client_keys import signing_key
from auth.issuers import Issuer
from auth.login import RelyingParty
from tests.fixtures.issuer import ec, rsa
from tests.fixtures.provider import SigningProvider

BY_ALGORITHM: dict[str, Key] = {
    "RS256": rsa("client"),
    "ES384": ec("client", "P-384"),
    "Ed25519": OKPKey.generate_key("Ed25519"),
}


@pytest.fixture
def provider() -> Iterator[SigningProvider]:
    served = SigningProvider()
    yield served
    served.close()


def pem(key: Key, *, is_private: bool = True) -> str:
    assert not isinstance(key, OctKey)
    return key.as_pem(private=is_private).decode()


@pytest.mark.parametrize("algorithm", BY_ALGORITHM)
async def test_a_signature_takes_the_place_of_a_secret(provider: SigningProvider, algorithm: str) -> None:
    key = BY_ALGORITHM[algorithm]
    provider.client_key = key
    settings = provider.settings(client_secret=None, private_key=pem(key))
    party = RelyingParty(Issuer(settings), "http://127.0.0.1:8000", timeout_s=30)
    begun = await party.begin()

    answer = provider.authorize(begun.address)
    signed_in = await party.finish(answer, nonce=begun.nonce, verifier=begun.verifier, begun_at=0.0)
    refresh_token = signed_in.tokens.refresh_token
    assert refresh_token is not None
    await party.refresh(refresh_token, subject=signed_in.principal.sub)

    assertions = [form["client_assertion"] for form in provider.asked]
    assert len(set(assertions)) == 2
    assert signing_key(pem(key)) is not None


@pytest.mark.parametrize(
    "text",
    [
        *("", "swordfish", pem(rsa("client"), is_private=False), pem(ec("client"), is_private=False)),
        *(pem(ECKey.generate_key("secp256k1")), pem(OKPKey.generate_key("X25519")), pem(OKPKey.generate_key("Ed448"))),
    ],
)
def test_other_keys_sign_nothing(text: str) -> None:
    assert signing_key(text) is None


def test_a_short_key_signs_nothing() -> None:
    with pytest.warns(UserWarning, match="2048"):
        short = RSAKey.generate_key(1_024)

    assert signing_key(pem(short)) is None
