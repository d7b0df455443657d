"""Settings: defaults, every error at once, contradictions, secrets from files, and the table that README shows."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.configuration.settings import Settings, SettingsError, load
from network.configuration.table import SETTINGS, Setting, markdown_table
from tests.fixtures.production import MAIL

KEY = "a" * 43
NO_FILE = Path("does-not-exist.env")


def of(**given: str) -> Settings:
    return load({f"HUBNETZ_{name}": value for name, value in given.items()}, env_file=NO_FILE)


def problems(**given: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        of(**given)
    return caught.value.problems


def test_without_any_setting_it_is_a_development_start_on_embedded_backends() -> None:
    settings = of()
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (settings.graph_url, settings.search_url) == ("ladybug:var/graph", "tantivy:var/index")
    assert not settings.is_production
    assert settings.is_introspection_open
    assert not settings.logs_json
    assert settings.holds_data_dir
    assert settings.limits.max_cost == 10_000


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_is_development(host: str) -> None:
    assert not of(HOST=host).is_production


@pytest.mark.parametrize(
    "given",
    [{"HOST": "0.0.0.0"}, {"HOST": "::"}, {"HOST": "192.168.1.4"}, {"PUBLIC_URL": "https://hubnetz.example"}],
)
def test_whatever_others_can_reach_is_production(given: dict[str, str]) -> None:
    settings = of(SECRET_KEYS=KEY, **MAIL, **given)
    assert settings.is_production
    assert not settings.is_introspection_open
    assert settings.logs_json


def test_production_needs_secret_keys() -> None:
    (problem,) = problems(HOST="0.0.0.0", **MAIL)
    assert problem.startswith("HUBNETZ_SECRET_KEYS: required")


@pytest.mark.parametrize("name", ["SMTP_URL", "MAIL_FROM"])
def test_production_needs_a_way_to_write_e_mails(name: str) -> None:
    (problem,) = problems(HOST="0.0.0.0", SECRET_KEYS=KEY, **{given: MAIL[given] for given in MAIL if given != name})
    assert problem.startswith(f"HUBNETZ_{name}: required")
    assert of().smtp_url is None


def test_a_process_that_sends_no_mail_need_not_know_the_server() -> None:
    given = {"HUBNETZ_HOST": "0.0.0.0", "HUBNETZ_SECRET_KEYS": KEY}
    assert load(given, env_file=NO_FILE, sends_mail=False).smtp_url is None
    with pytest.raises(SettingsError, match="HUBNETZ_SMTP_URL"):
        load(given, env_file=NO_FILE)


@pytest.mark.parametrize(
    "url", ["smtp://mail.example", "smtps://user:pass%40word@mail.example:465", "smtp://10.0.0.1:25?starttls=never"]
)
def test_a_mail_server_is_named_by_its_address(url: str) -> None:
    settings = of(SMTP_URL=url)
    assert settings.smtp_url == url
    assert "pass" not in repr(settings)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://x",
        "smtp://",
        "smtp://x:0",
        "smtp://x/path",
        "smtp://x?tls=off",
        "smtps://x?starttls=never",
        "smtp://user@x",
        "smtp://:swordfish@x",
        "smtp://x#y",
        "smtp://x\ny",
    ],
)
def test_a_mail_server_that_cannot_be_meant_is_refused_without_its_password(url: str) -> None:
    (problem,) = problems(SMTP_URL=url)
    assert problem.startswith("HUBNETZ_SMTP_URL: expected smtp://")
    assert "swordfish" not in problem


@pytest.mark.parametrize("address", ["x", "x@", "Hub <x@y.example>", "x@y.example, z@y.example", "x@y.example\nBcc: z"])
def test_the_sender_is_one_plain_address(address: str) -> None:
    (problem,) = problems(MAIL_FROM=address)
    assert problem.startswith("HUBNETZ_MAIL_FROM: expected an e-mail address")


def test_all_errors_are_told_at_once_each_with_its_variable_and_what_it_expects() -> None:
    found = problems(
        PORT="eighty", GRAPH_URL="mysql://x", MAX_DEPTH="0", COLOUR="red", LOG_LEVEL="loud", SEARCH_KEY="k"
    )
    assert [problem.partition(":")[0] for problem in found] == [
        "HUBNETZ_PORT",
        "HUBNETZ_GRAPH_URL",
        "HUBNETZ_LOG_LEVEL",
        "HUBNETZ_MAX_DEPTH",
        "HUBNETZ_COLOUR",
        "HUBNETZ_SEARCH_KEY, HUBNETZ_SEARCH_URL",
    ]
    assert "a port from 1 to 65535, got 'eighty'" in found[0]
    assert "bolt://host" in found[1]
    assert "no such setting" in found[4]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (
            {"GRAPH_USER": "neo4j", "GRAPH_PASSWORD": "x"},
            "HUBNETZ_GRAPH_USER, HUBNETZ_GRAPH_PASSWORD, HUBNETZ_GRAPH_URL",
        ),
        ({"GRAPH_URL": "bolt://db", "GRAPH_USER": "neo4j"}, "HUBNETZ_GRAPH_USER, HUBNETZ_GRAPH_PASSWORD"),
        ({"SEARCH_KEY": "x"}, "HUBNETZ_SEARCH_KEY, HUBNETZ_SEARCH_URL"),
        ({"GRAPH_URL": "bolt://db", "BACKUP_DIR": "/b"}, "HUBNETZ_BACKUP_DIR, HUBNETZ_GRAPH_URL"),
        ({"GRAPH_URL": "ladybug:/d", "SEARCH_URL": "tantivy:/d"}, "HUBNETZ_GRAPH_URL, HUBNETZ_SEARCH_URL"),
        ({"PUBLIC_URL": "http://hubnetz.example", "SECRET_KEYS": KEY} | MAIL, "HUBNETZ_PUBLIC_URL, HUBNETZ_HOST"),
    ],
)
def test_contradictions_are_refused(given: dict[str, str], names: str) -> None:
    (problem,) = problems(**given)
    assert problem.startswith(f"{names}: expected")


@pytest.mark.parametrize(
    "given",
    [
        {"HOST": "a b"},
        {"HOST": "http://127.0.0.1"},
        {"PORT": "0"},
        {"PORT": "65536"},
        {"PORT": "８０００"},
        {"PUBLIC_URL": "ftp://x"},
        {"PUBLIC_URL": "https://x/path"},
        {"PUBLIC_URL": "https://user:pw@x"},
        {"PUBLIC_URL": "https://x:0"},
        {"PUBLIC_URL": "https://[x"},
        {"GRAPH_URL": "bolt://"},
        {"GRAPH_URL": "bolt://neo4j:secret@db"},
        {"GRAPH_URL": "ladybug:"},
        {"SEARCH_URL": "http://:7700"},
        {"CORS_ORIGINS": "*"},
        {"CORS_ORIGINS": "https://x/"},
        {"TRUSTED_PROXIES": "10.0.0.1/8"},
        {"TRUSTED_PROXIES": "proxy"},
        {"SECRET_KEYS": "short"},
        {"SECRET_KEYS": f"{KEY},{KEY}"},
        {"ISSUERS": "/no/such/file.toml"},
        {"SMTP_URL": "mail.example"},
        {"TIMEOUT_S": "nan"},
        {"TIMEOUT_S": "1e9"},
        {"MAX_COST": "9" * 5_000},
        {"MAX_PAGE_SIZE": "101"},
        {"INTROSPECTION": "maybe"},
    ],
)
def test_unreadable_values_are_named(given: dict[str, str]) -> None:
    (problem,) = problems(**given)
    (name,) = given
    assert problem.startswith(f"HUBNETZ_{name}: expected ")


def test_secrets_are_in_no_message_and_no_representation(tmp_path: Path) -> None:
    assert "swordfish" not in str(problems(SECRET_KEYS="swordfish"))
    settings = of(GRAPH_URL="bolt://db", GRAPH_USER="neo4j", GRAPH_PASSWORD="swordfish", SECRET_KEYS=KEY)
    assert "swordfish" not in repr(settings)
    assert KEY not in repr(settings)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("sword fish \n")
    settings = of(GRAPH_URL="bolt://db", GRAPH_USER="neo4j", GRAPH_PASSWORD_FILE=str(file))
    assert settings.graph_password == "sword fish "
    both = problems(GRAPH_URL="bolt://db", GRAPH_USER="neo4j", GRAPH_PASSWORD="x", GRAPH_PASSWORD_FILE=str(file))
    assert "give one" in both[0]
    (missing,) = problems(SEARCH_URL="http://s", SEARCH_KEY_FILE=str(tmp_path / "none"))
    assert missing.startswith("HUBNETZ_SEARCH_KEY_FILE")
    # Only secrets are read from files: a port in a file is a mistake.
    (unknown,) = problems(PORT_FILE=str(file))
    assert "no such setting" in unknown


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_one_line_break_at_the_end_of_a_secret_file_is_the_editors(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "key"
    file.write_bytes(f"swordfish{ending}".encode())
    assert of(SEARCH_URL="http://s", SEARCH_KEY_FILE=str(file)).search_key == "swordfish"


def test_a_second_line_break_is_part_of_the_secret_and_of_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("swordfish\n\n")
    told = problems(SEARCH_URL="http://s", SEARCH_KEY_FILE=str(file))
    assert told == ("HUBNETZ_SEARCH_KEY: expected an API key, got a value of another form",)


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n", b"\xff\xfe", b"sword\0fish", b"s" * 65_537, None])
@pytest.mark.parametrize("name", ["GRAPH_PASSWORD", "SEARCH_KEY", "SECRET_KEYS", "SMTP_URL"])
def test_a_secret_file_that_holds_no_secret_is_named_and_never_quoted(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    file = tmp_path / "secret"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    told = problems(**{f"{name}_FILE": str(file)})
    assert any(problem.startswith(f"HUBNETZ_{name}") for problem in told)
    assert not any(part in problem for problem in told for part in ("sss", "\0", "fish"))


def test_a_secret_file_without_end_is_not_read_to_it() -> None:
    (problem,) = problems(SEARCH_URL="http://s", SEARCH_KEY_FILE="/dev/zero")
    assert problem == "HUBNETZ_SEARCH_KEY_FILE: '/dev/zero' holds more than any secret"


def test_the_environment_wins_over_the_file_and_names_of_others_are_theirs(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "# local\nexport HUBNETZ_PORT=9000\nHUBNETZ_DATA_DIR='my data' \nNEO4J_PASSWORD=x\nHUBNETZ_LOG_LEVEL=debug # loud\n"
    )
    settings = load({"HUBNETZ_PORT": "9001", "PATH": "/bin"}, env_file=file)
    assert (settings.port, settings.data_dir, settings.log_level) == (9001, Path("my data"), "debug")


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("HUBNETZ_PORT=1\nHUBNETZ_PORT=2\nwhat is this\nHUBNETZ_TYPO=1\n")
    with pytest.raises(SettingsError) as caught:
        load({}, env_file=file)
    assert [problem.split(": ", 1)[0].removeprefix(str(file)) for problem in caught.value.problems] == [
        ", line 2",
        ", line 3",
        "HUBNETZ_TYPO",
    ]
    file.write_bytes(b"HUBNETZ_PORT=\xff")
    with pytest.raises(SettingsError, match="UTF-8"):
        load({}, env_file=file)


@given(st.sampled_from(SETTINGS), st.text(max_size=40))
def test_any_text_is_either_read_or_refused_by_name(setting: Setting, text: str) -> None:
    refusal = ""
    try:
        setting.parse(text)
    except ValueError as error:
        refusal = str(error)
    assert not refusal or refusal.startswith(f"{setting.variable}: expected {setting.expects}")


def test_every_default_is_a_value_of_its_setting_and_in_the_table() -> None:
    table = markdown_table()
    for setting in SETTINGS:
        setting.parse(setting.default)
        assert f"`{setting.variable}`" in table
        assert setting.meaning.endswith(".")
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
