"""Mail as the whole application sends it: from a decision that somebody asks for to the letter, and ending it again."""

import asyncio
import logging
import re
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.smtp import AuthResult
from hypothesis import given
from hypothesis import strategies as st

from graph.accounts.people import seen
from graph.actors import pseudonym
from graph.values import Contact
from graph.vocabulary import LetterKind
from network.app import open_ports
from network.edge import logs
from network.mail.rendering import Action, Envelope, Item, Mail, message, one_line
from network.mail.sending import AwayError, LogSender, RefusedError, Server, SmtpSender
from network.mail.subscriptions import Subscription, Subscriptions
from tests.fixtures.builders import plant
from tests.fixtures.patience import PATIENCE_S
from tests.fixtures.smtp import Post, post_office, text_of
from tests.network.plain import client
from tests.network.writing import CALLERS, Desk, desk, draft, stadt

KEY, OTHER_KEY = "k" * 43, "n" * 43
ENVELOPE = Envelope(
    sender="post@hubnetz.example",
    recipient="rathaus@zeitz.example",
    message_id="<1@hubnetz.example>",
    date=datetime(2026, 11, 22, tzinfo=UTC),
)
PLAIN = Mail(heading="Überschrift", paragraphs=("Ein Satz.",), foot=("Warum.",))


@pytest_asyncio.fixture(scope="module")
async def server() -> AsyncIterator[Post]:
    async with post_office() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory, server: Post) -> AsyncIterator[Desk]:
    folder = tmp_path_factory.mktemp("mail")
    url = f"smtp://127.0.0.1:{server.port}"
    async with desk(folder, open_ports, SMTP_URL=url, MAIL_FROM="post@hubnetz.example", SECRET_KEYS=KEY) as made:
        yield made


async def test_naming_a_partner_sends_it_a_link_that_decides(office: Desk, server: Post) -> None:
    await plant(office.store, replace(stadt, contact=Contact("Rathaus", email="rathaus@zeitz.example")))
    entry = await draft(office, title="Bänke für alle", details={"partners": [{"house": str(stadt.key)}]})

    await server.until(1)
    (link,) = re.findall(r"http://127\.0\.0\.1:8000(/link/\S+)", text_of(server.taken[0]))
    async with client(office.app) as http:
        assert "Bänke für alle" in (await http.get(link)).text
        assert (await http.post(link, data={"decision": "yes"})).status_code == 200

    shown = "project(id: $id) { houses { edges { confirmedAt } } }"
    found = await office.ask(f"query ($id: ID!) {{ {shown} }}", "merseburg", id=entry["id"])
    assert found["project"]["houses"]["edges"][0]["confirmedAt"] is not None
    async with client(office.app) as http, asyncio.timeout(PATIENCE_S):
        metrics = (await http.get("/metrics")).text
        while 'hubnetz_work_waiting{work="mail"} 0.0' not in metrics:
            metrics = (await http.get("/metrics")).text
    assert 'hubnetz_posted_total{outcome="sent"} 1.0' in metrics
    assert 'hubnetz_work_oldest_seconds{work="mail"} 0.0' in metrics
    assert 'hubnetz_work_given_up{work="mail"} 0.0' in metrics


@pytest.mark.parametrize("kind", [LetterKind.TASK, LetterKind.DIGEST])
async def test_opening_the_way_out_changes_nothing_and_one_press_ends_it(office: Desk, kind: LetterKind) -> None:
    await seen(office.store, CALLERS["stadt"], "clerk@zeitz.example")
    actor = pseudonym(CALLERS["stadt"])
    path = f"/unsubscribe/{Subscriptions([KEY]).token(Subscription(kind, actor))}"

    async def wants() -> tuple[Any, Any]:
        row = (await office.store.transact(lambda transaction: transaction.read("Actor", [actor])))[actor]
        return row["gets_task_mail"], row["digest"]

    before = await wants()
    async with client(office.app) as http:
        page = await http.get(path)
        assert "<button>Ja, abbestellen</button>" in page.text
        assert (await http.head(path)).status_code == 405
        assert await wants() == before
        # RFC 8058 §3.2: by a machine, without cookies, with these words in the form.
        ended = await http.post(path, data={"List-Unsubscribe": "One-Click"})
        again = await http.post(path)
    assert (ended.status_code, again.status_code) == (200, 200)
    assert "Abbestellt" in ended.text
    assert await wants() == ((False, before[1]) if kind is LetterKind.TASK else (before[0], "NEVER"))


@pytest.mark.parametrize("token", ["x", "A" * 66, "A" * 65 + "=", "%00", "A" * 400])
async def test_a_token_that_is_none_of_ours_ends_nothing(office: Desk, token: str) -> None:
    async with client(office.app) as http:
        for answer in (await http.get(f"/unsubscribe/{token}"), await http.post(f"/unsubscribe/{token}")):
            assert answer.status_code == 410


@given(st.sampled_from([LetterKind.TASK, LetterKind.DIGEST]), st.uuids(), st.integers(0, 65))
def test_a_token_that_was_changed_anywhere_is_none_of_ours(kind: LetterKind, actor: Any, at: int) -> None:
    subscription = Subscription(kind, str(actor))
    token = Subscriptions([KEY]).token(subscription)
    assert Subscriptions([OTHER_KEY, KEY]).read(token) == subscription
    assert Subscriptions([OTHER_KEY]).read(token) is None
    # Not the last: two of its bits stand for nothing.
    at = min(at, 64)
    changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    assert Subscriptions([KEY]).read(changed) is None


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_texts_of_others_stay_texts(heading: str, paragraph: str, note: str) -> None:
    mail = Mail(
        heading=heading,
        paragraphs=(paragraph,),
        quote=note,
        items=(Item(text=heading, note=note),),
        action=Action(label="Ansehen", address="https://hubnetz.example/link/x"),
        foot=("Warum.",),
        unsubscribe="https://hubnetz.example/unsubscribe/x",
    )
    made = message(mail, ENVELOPE)
    raw = made.as_bytes()
    headers = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    names = [line.partition(b":")[0] for line in headers.split(b"\n") if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted(name.encode() for name in made.keys())  # noqa: SIM118 - names that occur twice, too
    assert len(names) == len(set(names)) == 10
    assert "<script" not in text_of(made, "html").replace(one_line(paragraph), "")
    assert str(made["Subject"]) == one_line(f"Hubnetz: {heading}")


async def test_the_log_of_development_shows_the_letter_with_its_link(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "hubnetz.mail")
    action = Action(label="Ansehen", address="http://127.0.0.1:8000/link/abc")
    await LogSender().send(message(replace(PLAIN, action=action), ENVELOPE))
    text = [logs.TextFormatter().format(record) for record in caplog.records]
    assert any("to=rathaus@zeitz.example" in line for line in text)
    assert any("http://127.0.0.1:8000/link/abc" in line for line in text)
    assert any("Subject: Hubnetz: Überschrift" in line for line in text)


async def test_no_line_of_a_server_s_log_holds_a_secret_or_an_address(
    office: Desk, server: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await plant(office.store, replace(stadt, contact=Contact("Rathaus", email="geheim@zeitz.example")))
    before = len(server.taken)
    server.refused, refused = frozenset({"geheim@zeitz.example"}), server.was_refused
    await draft(office, title="Abgelehnt", details={"partners": [{"house": str(stadt.key)}]})
    await refused.wait()
    server.refused = frozenset()
    await draft(office, title="Angenommen", details={"partners": [{"house": str(stadt.key)}]})
    await server.until(before + 1)
    (secret,) = re.findall(r"/link/(\S+)", text_of(server.taken[before]))
    # One letter after the other: once the next is there, all is said about this one.
    await draft(office, title="Danach", details={"partners": [{"house": str(stadt.key)}]})
    await server.until(before + 2)

    # `mail.log` is the test's own server.
    lines = [logs.JsonFormatter().format(record) for record in caplog.records if record.name != "mail.log"]
    assert any("an e-mail was given up: recipient 550" in line for line in lines)
    assert any("an e-mail was sent" in line for line in lines)
    assert not [line for line in lines if secret in line or "geheim@" in line]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificate")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    key, file = folder / "key.pem", folder / "cert.pem"
    made: list[str | Path] = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        key,
        "-out",
        file,
    ]
    subprocess.run([*made, *names], check=True, capture_output=True)
    return folder


def believing(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate / "cert.pem")


def of_server(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


async def test_letters_are_encrypted_and_signed_in_for_where_the_address_says_so(certificate: Path) -> None:
    asked: list[tuple[bytes, bytes]] = []

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        asked.append((data.login, data.password))
        return AuthResult(success=data.password == b"pass/w\xc3\xb6rd")

    options = {"tls_context": of_server(certificate), "require_starttls": True, "auth_required": True}
    async with post_office(authenticator=check, **options) as server:
        url = f"smtp://hub:pass%2Fw%C3%B6rd@localhost:{server.port}"
        # On loopback nothing is encrypted by itself; anywhere else it is.
        parsed = replace(Server.parse(url), is_upgraded=True)
        await SmtpSender(parsed, tls=believing(certificate)).send(message(PLAIN, ENVELOPE))
        assert len(server.taken) == 1
        assert asked == [(b"hub", b"pass/w\xc3\xb6rd")]

        with pytest.raises(AwayError):
            await SmtpSender(parsed).send(message(PLAIN, ENVELOPE))
        with pytest.raises(AwayError) as wrong:
            await SmtpSender(replace(parsed, password="swordfish"), tls=believing(certificate)).send(
                message(PLAIN, ENVELOPE)
            )
        assert "swordfish" not in str(wrong.value) + repr(parsed)
        with pytest.raises(AwayError):
            await SmtpSender(replace(parsed, is_upgraded=False)).send(message(PLAIN, ENVELOPE))
        assert len(server.taken) == 1


async def test_a_server_without_encryption_gets_nothing_where_it_is_asked_for() -> None:
    async with post_office() as server:
        parsed = replace(Server.parse(f"smtp://127.0.0.1:{server.port}"), is_upgraded=True)
        with pytest.raises(AwayError):
            await SmtpSender(parsed).send(message(PLAIN, ENVELOPE))
        assert server.taken == []


@pytest.mark.parametrize(
    ("url", "port", "is_tls", "is_upgraded"),
    [
        ("smtp://mail.example", 587, False, True),
        ("smtps://mail.example", 465, True, False),
        ("smtp://10.0.0.5:25?starttls=never", 25, False, False),
        ("smtp://127.0.0.1:2525", 2525, False, False),
        ("smtp://localhost", 587, False, False),
    ],
)
def test_how_a_server_is_spoken_to_follows_from_its_address(
    url: str, port: int, is_tls: bool, is_upgraded: bool
) -> None:
    server = Server.parse(url)
    assert (server.port, server.is_tls, server.is_upgraded) == (port, is_tls, is_upgraded)


async def test_what_a_server_says_of_an_address_is_not_repeated() -> None:
    async with post_office() as server:
        server.refused = frozenset({ENVELOPE.recipient})
        with pytest.raises(RefusedError) as refused:
            await server.sender.send(message(PLAIN, ENVELOPE))
    assert str(refused.value) == "recipient 550"
