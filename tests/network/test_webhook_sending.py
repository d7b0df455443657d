"""One request to a receiver that a user named: where it goes, what it believes, how long it waits, and what it never does."""

import datetime as dt
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from network.webhooks.sending import HttpSender, NotAnsweredError
from tests.fixtures.receiver import Receiver, receiving

NAME = "hook.example"
"""Reserved (RFC 2606): no resolver of the machine knows it, so that what arrives went where ours said."""


class Resolver:
    """Answers one list after the other, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if not answer:
            raise OSError("no such name")
        return answer


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's side of TLS for `names`, and a client's that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(pem + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


async def test_the_name_is_looked_up_once_and_what_it_says_then_holds(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, NAME)
    seen: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: seen.append(name)
    # A name that changes its mind while it is asked: a harmless machine first, one of ours a moment later.
    resolver = Resolver(["127.0.0.1"], ["10.0.0.1"])
    async with receiving(server) as receiver:
        sender = HttpSender(is_development=True, resolve=resolver, tls=client)
        url = f"https://{NAME}:{receiver.port}/hook?x=1"
        assert await sender.send(url, {"webhook-id": "e"}, b"{}") == 204
        (request,) = receiver.taken
        assert resolver.asked == [(NAME, receiver.port)]
        assert (request.line, request.headers["host"]) == ("POST /hook?x=1 HTTP/1.1", f"{NAME}:{receiver.port}")
        assert (request.headers["webhook-id"], request.body, seen) == ("e", b"{}", [NAME])
        # The next event asks anew, and is not sent where the name leads by now.
        with pytest.raises(NotAnsweredError, match=r"^address refused$"):
            await sender.send(url, {}, b"{}")
        assert receiver.connections == 1


async def test_a_certificate_of_another_name_or_of_nobody_is_not_believed(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "other.example")
    async with receiving(server) as receiver:
        for tls in (client, None):
            sender = HttpSender(is_development=True, resolve=Resolver(["127.0.0.1"]), tls=tls)
            with pytest.raises(NotAnsweredError, match=r"^certificate refused$"):
                await sender.send(f"https://{NAME}:{receiver.port}/", {}, b"{}")
        assert receiver.taken == []


@pytest.mark.parametrize(
    "answer",
    [
        *(["127.0.0.1"], ["10.0.0.1"], ["::1"], ["169.254.169.254"], ["::ffff:127.0.0.1"], ["fe80::1%lo"]),
        *(["1.1.1.1", "127.0.0.1"], ["not an address"]),
    ],
)
async def test_a_name_that_leads_inside_is_not_asked(receiver: Receiver, answer: list[str]) -> None:
    sender = HttpSender(is_development=False, resolve=Resolver(answer))
    with pytest.raises(NotAnsweredError, match=r"^address refused$"):
        await sender.send(f"https://{NAME}:{receiver.port}/", {}, b"{}")
    assert receiver.connections == 0


async def test_an_address_of_this_machine_is_not_asked_in_production(receiver: Receiver) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        for scheme in ("http", "https"):
            with pytest.raises(NotAnsweredError, match=r"^address refused$"):
                await HttpSender(is_development=False).send(f"{scheme}://{host}:{receiver.port}/", {}, b"{}")
    assert receiver.connections == 0


async def test_a_name_without_an_address(receiver: Receiver) -> None:
    sender = HttpSender(is_development=False, resolve=Resolver([]))
    with pytest.raises(NotAnsweredError, match=r"^name not found$"):
        await sender.send(f"https://{NAME}/", {}, b"{}")


async def test_the_next_address_is_tried_where_nobody_listens(receiver: Receiver) -> None:
    resolver = Resolver(["127.0.0.2", "127.0.0.1"])
    sender = HttpSender(is_development=True, resolve=resolver)
    assert await sender.send(f"http://localhost:{receiver.port}/", {}, b"{}") == 204
    with pytest.raises(NotAnsweredError, match=r"^no connection$"):
        await HttpSender(is_development=True, resolve=Resolver(["127.0.0.2"])).send(
            f"http://localhost:{receiver.port}/", {}, b"{}"
        )


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_an_answer_and_no_way(receiver: Receiver, status: int) -> None:
    async with receiving() as other:
        receiver.status, receiver.headers = status, f"Location: {other.url}\r\n"
        assert await HttpSender(is_development=True).send(receiver.url, {}, b"{}") == status
        assert other.connections == 0


async def test_no_proxy_of_the_environment_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert await HttpSender(is_development=True).send(receiver.url, {}, b"{}") == 204
        assert proxy.connections == 0


async def test_whoever_does_not_answer_is_not_waited_for(receiver: Receiver) -> None:
    receiver.is_silent = True
    with pytest.raises(NotAnsweredError, match=r"^no answer in time$"):
        await HttpSender(is_development=True, timeout_s=0.2).send(receiver.url, {}, b"{}")


async def test_a_body_without_end_is_not_read(receiver: Receiver) -> None:
    # More than any buffer between the two holds: who read it would have taken it all.
    receiver.body = b"x" * 50_000_000
    assert await HttpSender(is_development=True).send(receiver.url, {}, b"{}") == 204


async def test_headers_without_end_are_no_answer(receiver: Receiver) -> None:
    receiver.headers = "X-Long: " + "x" * 1_000_000 + "\r\n"
    with pytest.raises(NotAnsweredError, match=r"^no answer$"):
        await HttpSender(is_development=True).send(receiver.url, {}, b"{}")


async def test_no_reason_says_more_than_its_words(receiver: Receiver) -> None:
    with pytest.raises(NotAnsweredError) as caught:
        await HttpSender(is_development=True).send("https://user:secret@a.example", {}, b"{}")
    assert str(caught.value) == "address refused"
    assert caught.value.__cause__ is None
