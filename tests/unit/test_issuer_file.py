"""The file of issuers: what it says, and every mistake with its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey

from auth.issuer_file import IssuerFileError, read
from auth.issuer_settings import Grant
from auth.principal import Membership
from network.configuration.settings import SettingsError, load
from tests.fixtures.issuer import ec, rsa

GOOD = """\
[[issuer]]
issuer = "https://login.example/realms/hubs"
name = "Landesverwaltung"
audience = "hubnetz"
client_id = "hubnetz-web"
client_secret_file = "secret"
algorithms = ["RS256", "ES256"]

[[issuer.grant]]
claim = "realm_access.roles"
equals = "hub-lead-zeitz"
membership = "hub_lead:zeitz"
"""
SECOND = GOOD.replace("login.example", "id.example").replace("Landesverwaltung", "Universität")


def file(folder: Path, text: str) -> Path:
    (folder / "secret").write_text("swordfish\n")
    (folder / "rsa.pem").write_bytes(rsa("own").as_pem(private=True))
    (folder / "ec.pem").write_bytes(ec("own").as_pem(private=True))
    (folder / "public.pem").write_bytes(rsa("own").as_pem(private=False))
    (folder / "curve.pem").write_bytes(ECKey.generate_key("secp256k1").as_pem(private=True))
    (folder / "exchange.pem").write_bytes(OKPKey.generate_key("X25519").as_pem(private=True))
    path = folder / "issuers.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    path = file(folder, text)
    with pytest.raises(IssuerFileError) as refused:
        read(path)
    return [problem.removeprefix(f"{path}, ") for problem in refused.value.problems]


def test_it_says_whose_tokens_count_and_what_their_claims_grant(tmp_path: Path) -> None:
    first, second = read(file(tmp_path, GOOD + SECOND + "accept = 1\n".replace("accept = 1\n", "")))
    assert first.issuer == "https://login.example/realms/hubs"
    assert (first.name, first.audience, first.client_id) == ("Landesverwaltung", "hubnetz", "hubnetz-web")
    assert (first.algorithms, first.accept_typ_jwt, first.scope) == (("RS256", "ES256"), False, None)
    assert first.client_secret == "swordfish"
    assert first.grants == (Grant("realm_access.roles", "hub-lead-zeitz", Membership.parse("hub_lead:zeitz")),)
    assert second.name == "Universität"
    assert "swordfish" not in repr(first)


@pytest.mark.parametrize("entry", ["client_secret_file", "private_key_file"])
def test_who_only_verifies_tokens_needs_no_secret(tmp_path: Path, entry: str) -> None:
    path = file(tmp_path, GOOD.replace('client_secret_file = "secret"', f'{entry} = "not-handed-out"'))
    with pytest.raises(IssuerFileError, match="cannot be read"):
        read(path)
    (settings,) = read(path, signs_in=False)
    assert settings.issuer == "https://login.example/realms/hubs"
    assert (settings.client_secret, settings.private_key) == (None, None)
    # Whatever else is wrong is told as ever.
    with pytest.raises(IssuerFileError, match="expected either"):
        read(file(tmp_path, GOOD.replace('client_secret_file = "secret"', "")), signs_in=False)


@pytest.mark.parametrize("name", ["rsa.pem", "ec.pem"])
def test_a_private_key_takes_the_place_of_a_secret(tmp_path: Path, name: str) -> None:
    text = GOOD.replace('client_secret_file = "secret"', f'private_key_file = "{name}"')
    (settings,) = read(file(tmp_path, text.replace("\n", "\r\n")))
    assert settings.client_secret is None
    assert settings.private_key is not None
    assert settings.private_key not in repr(settings)


@pytest.mark.parametrize(
    ("issuer", "is_taken"),
    [
        ("https://login.example", True),
        ("https://login.example:8443/realms/a", True),
        ("http://127.0.0.1:8080/realms/a", True),
        ("http://localhost:8080/realms/a", True),
        ("http://[::1]:8080/realms/a", True),
        ("http://keycloak:8080/realms/a", False),
        ("http://127.0.0.1.evil.example", False),
        ("https://user@login.example", False),
        ("https://login.example?a=b", False),
        ("https://login.example#a", False),
        ("https://login.example#", False),
        ("https://login.example/ä", False),
        ("https://", False),
        ("https://[x", False),
        ("https://login.example:x", False),
        ("login.example", False),
        ("ftp://login.example", False),
    ],
)
def test_an_issuer_is_an_https_address_or_on_this_machine(tmp_path: Path, issuer: str, is_taken: bool) -> None:
    text = GOOD.replace("https://login.example/realms/hubs", issuer)
    if is_taken:
        assert read(file(tmp_path, text))[0].issuer == issuer
    else:
        (problem,) = problems(tmp_path, text)
        assert problem.startswith("line 2: issuer: expected ")


def test_plain_http_in_a_network_of_ones_own_is_said_aloud(tmp_path: Path) -> None:
    text = GOOD.replace("https://login.example/realms/hubs", "http://keycloak:8080/realms/hubs")
    assert read(file(tmp_path, text.replace("name =", "allow_http = true\nname =")))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('name = "Landesverwaltung"\n', "", "line 1: name: missing"),
        ('name = "Landesverwaltung"', "name = 5", "line 3: name: expected a text"),
        ('name = "Landesverwaltung"', 'name = " "', "line 3: name: expected a text"),
        ('name = "Landesverwaltung"', 'name = "a\\nb"', "line 3: name: expected a text"),
        ("client_id", "clientid", "line 5: clientid: no such entry; there are issuer, name,"),
        ('"secret"', '"none"', "line 6: client_secret_file: 'none' cannot be read (FileNotFoundError)"),
        ('client_secret_file = "secret"', 'private_key_file = "secret"', "line 6: private_key_file: 'secret' does not"),
        ('client_secret_file = "secret"', 'private_key_file = "public.pem"', "line 6: private_key_file"),
        ('client_secret_file = "secret"', 'private_key_file = "curve.pem"', "line 6: private_key_file"),
        ('client_secret_file = "secret"', 'private_key_file = "exchange.pem"', "line 6: private_key_file"),
        ('client_secret_file = "secret"\n', "", "line 1: expected either client_secret_file or private_key_file"),
        ('algorithms = ["RS256", "ES256"]\n', "", "line 1: algorithms: missing"),
        ('["RS256", "ES256"]', "[]", "line 7: algorithms: expected a list of RS256"),
        ('["RS256", "ES256"]', '["HS256"]', "line 7: algorithms: "),
        ('["RS256", "ES256"]', '["none"]', "line 7: algorithms: "),
        ('["RS256", "ES256"]', '["EdDSA"]', "line 7: algorithms: "),
        ('["RS256", "ES256"]', '"RS256"', "line 7: algorithms: "),
        ('["RS256", "ES256"]', '[\n"RS256",\n"HS256"\n]', "line 10: algorithms: "),
        ("algorithms", 'accept_typ_jwt = "yes"\nalgorithms', "line 7: accept_typ_jwt: expected true or false"),
        ("algorithms", 'scope = "a b"\nalgorithms', "line 7: scope: expected one scope"),
        ('"hub_lead:zeitz"', '"king:zeitz"', "line 12: membership: expected a membership as hub_lead:zeitz"),
        ('"hub_lead:zeitz"', '"hub_lead"', "line 12: membership: "),
        ('"hub_lead:zeitz"', '"network_admin:zeitz"', "line 12: membership: "),
        ('membership = "hub_lead:zeitz"\n', "", "line 9: membership: missing"),
        ('equals = "hub-lead-zeitz"', "equals = true", "line 11: equals: expected a text"),
        ("equals", "equal", "line 11: equal: no such entry"),
        ("[[issuer.grant]]", "[issuer.grant]", "line 9: grant: expected tables, each begun by [[issuer.grant]]"),
        ("[[issuer.grant]]", "[[issuer.grants]]", "line 9: grants: no such entry"),
        ("[[issuer]]\n", "top = 1\n[[issuer]]\n", "line 1: top: no such entry"),
        ('name = "Landesverwaltung"', "name = ", "line 3: Invalid value"),
        ('"hub_lead:zeitz"\n', '"hub_lead:zeitz', "line 12: "),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in GOOD
    found = problems(tmp_path, GOOD.replace(before, after))
    assert any(problem.startswith(told) for problem in found), found


def test_all_mistakes_are_told_at_once_in_their_order(tmp_path: Path) -> None:
    text = (GOOD + SECOND + GOOD).replace('"hub_lead:zeitz"', '"zeitz"').replace('"RS256", ', '"HS256", ')
    found = [problem.partition(": ")[0] for problem in problems(tmp_path, text)]
    assert found == [f"line {line}" for line in (7, 12, 19, 24, 26, 27, 31, 36)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: issuer: expected at least one table"),
        ("issuer = []\n", "line 1: issuer: expected at least one table"),
        ("issuer = 5\n", "line 1: issuer: expected tables"),
        ("\n\n[issuer]\n", "line 3: issuer: expected tables, each begun by [[issuer]]"),
    ],
)
def test_a_file_without_issuers_is_a_mistake(tmp_path: Path, text: str, told: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(told)


@pytest.mark.parametrize("content", [b"\xff", b"#" * 300_000])
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "issuers.toml"
    path.write_bytes(content)
    with pytest.raises(IssuerFileError, match=r"issuers\.toml: "):
        read(path)


@given(st.text(alphabet='[issuer.grant]="\n #a1,{}é', max_size=200))
def test_any_text_is_read_or_refused_by_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IssuerFileError) as refused:
        read(path)
    assert all(f"{path}, line " in problem for problem in refused.value.problems)


def test_the_settings_refuse_to_start_with_all_of_it(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD.replace("RS256", "HS256"))
    with pytest.raises(SettingsError) as refused:
        load({"HUBNETZ_ISSUERS": str(path), "HUBNETZ_PORT": "x"}, env_file=tmp_path / "none")
    assert [problem.partition(":")[0] for problem in refused.value.problems] == ["HUBNETZ_PORT", "HUBNETZ_ISSUERS"]
    assert f"{path}, line 7: algorithms" in refused.value.problems[1]
    settings = load({"HUBNETZ_ISSUERS": str(file(tmp_path, GOOD))}, env_file=tmp_path / "none")
    assert [issuer.name for issuer in settings.issuers] == ["Landesverwaltung"]
    assert "swordfish" not in repr(settings)
