"""Letters go out through a real SMTP server: once in the end, with the same id and link at every attempt."""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from auth.sealing import Sealer
from auth.sessions import hashed
from graph.accounts.people import seen
from graph.actors import pseudonym
from graph.commands.partnerships import ConfirmPartnership, confirm_partnership
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.errors import GraphUnavailableError, LeaseHeldError
from graph.port import GraphStore
from graph.rows import row_of
from graph.telling import post
from graph.telling.single_use import look
from graph.values import NEVER
from graph.writing import leases
from network.mail.postman import LEASE
from network.mail.sending import AwayError, SmtpSender
from network.mail.subscriptions import Subscriptions
from tests.fixtures.consenting import registered
from tests.fixtures.contributing import (
    OTHER_CLERK,
    OTHER_TOWN,
    TOWN_CLERK,
    WILSTER_REVIEWER,
    at,
    drafted,
    found_network,
    submitted,
)
from tests.fixtures.faults import Killed, Stepping, Steps
from tests.fixtures.mail import INVITES, KEY, MAYOR, all_letters, missing, postman, reachable, told
from tests.fixtures.smtp import Post, closed, post_office, text_of

LINK = re.compile(r"https://hubnetz\.example/link/([A-Za-z0-9_-]{43})")
LONG_AGO = "2026-01-01T00:00:00.000000Z"


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Post]:
    async with post_office() as opened:
        yield opened


async def asked(store: GraphStore, title: str = "Parken per App") -> str:
    """A project whose author named a town, which has a contact; the letter to it waits."""
    await found_network(store)
    await reachable(store)
    project = await drafted(store, more=INVITES, title=title)
    await told(store)
    return project


async def due_again(store: GraphStore, **properties: Any) -> None:
    rows = [{"id": letter.id, "due_at": LONG_AGO, **properties} for letter in await all_letters(store)]
    await store.transact(lambda transaction: transaction.put("Letter", rows))


async def test_a_house_gets_a_letter_with_a_link_that_opens_what_it_is_asked(store: GraphStore, server: Post) -> None:
    await asked(store)

    assert await postman(store, server.sender).deliver() == 1

    (message,) = server.taken
    assert server.envelopes == [("post@hubnetz.example", [MAYOR])]
    (letter,) = await all_letters(store)
    assert message["Message-ID"] == f"<{letter.id}@hubnetz.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] is not None
    assert message["List-Unsubscribe"] is None
    for subtype in ("plain", "html"):
        text = text_of(message, subtype)
        assert "Parken per App" in text
        assert "Andere Stadt" in text
        assert "Erprobung" in text
    assert "nur weiter, wenn jemand anderes in Ihrem Haus entscheiden soll." in text_of(message)
    (secret,) = LINK.findall(text_of(message))
    assert secret not in str(message["Subject"])
    opened = await look(store, secret)
    assert opened is not None
    assert opened.link.house == str(OTHER_TOWN)
    assert (letter.sealed, letter.sent_at is not None, letter.attempts) == (None, True, 1)
    # What waits is looked for every two seconds, and not among all that went.
    assert letter.due_at == NEVER
    assert await postman(store, server.sender).deliver() == 0
    assert len(server.taken) == 1


async def test_what_is_a_persons_own_to_decide_is_not_to_be_passed_on(store: GraphStore, server: Post) -> None:
    await found_network(store)
    await registered(store)

    assert await postman(store, server.sender).deliver() == 1

    (message,) = server.taken
    assert "Geben Sie ihn nicht weiter: Nur Sie selbst entscheiden darüber." in text_of(message)


async def test_the_secret_lies_nowhere_in_the_store(store: GraphStore, server: Post) -> None:
    await asked(store)
    server.to_message = "451 later"
    await postman(store, server.sender).deliver()
    (before,) = await all_letters(store)
    await due_again(store)
    server.to_message = None
    await postman(store, server.sender).deliver()
    (after,) = await all_letters(store)

    (secret,) = LINK.findall(text_of(server.taken[0]))
    assert secret not in repr((before, after))
    assert before.sealed is not None
    link = await store.transact(lambda transaction: transaction.read("SingleUseLink", [hashed(secret)]))
    assert secret not in repr(link)


async def test_people_are_led_to_sign_in_and_can_end_such_mail_by_one_click(store: GraphStore, server: Post) -> None:
    await found_network(store)
    await seen(store, WILSTER_REVIEWER, "pruefung@wilster.example")
    await submitted(store)
    await told(store)

    await postman(store, server.sender).deliver()

    (message,) = server.taken
    assert "https://hubnetz.example/sign-in" in text_of(message)
    assert "/link/" not in text_of(message)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = str(message["List-Unsubscribe"]).removeprefix("<https://hubnetz.example/unsubscribe/").removesuffix(">")
    subscription = Subscriptions([KEY]).read(token)
    assert subscription is not None
    assert subscription.actor == pseudonym(WILSTER_REVIEWER)
    await Subscriptions([KEY]).end(store, subscription)
    await submitted(store, title="Noch eines")
    await told(store)
    assert await postman(store, server.sender).deliver() == 0


async def test_killed_anywhere_the_letter_arrives_with_one_id_and_one_link(store: GraphStore, server: Post) -> None:
    await asked(store)
    kills = 0
    while not all(letter.sent_at for letter in await all_letters(store)):
        steps = Steps(kills)
        with suppress(Killed):
            await postman(Stepping(store, steps), Stepping(server.sender, steps)).deliver()
        kills += 1
        assert kills < 100
        assert len(await all_letters(store)) == 1
        if not (await all_letters(store))[0].sent_at:
            await due_again(store)

    assert kills > 6
    assert len(server.taken) >= 1
    assert len({(str(message["Message-ID"]), *LINK.findall(text_of(message))) for message in server.taken}) == 1


async def test_killed_between_sent_and_marked_the_same_letter_goes_again(store: GraphStore, server: Post) -> None:
    await asked(store)
    sender = server.sender

    class Dying:
        async def send(self, message: Any) -> None:
            await sender.send(message)
            raise Killed

    for _ in range(2):
        with pytest.raises(Killed):
            await postman(store, Dying()).deliver()
        await due_again(store)
    assert await postman(store, sender).deliver() == 1

    assert len(server.taken) == 3
    assert len({str(message["Message-ID"]) for message in server.taken}) == 1
    secrets = {secret for message in server.taken for secret in LINK.findall(text_of(message))}
    assert len(secrets) == 1
    assert await look(store, secrets.pop()) is not None


async def test_a_server_that_is_down_stops_the_round_and_loses_nothing(store: GraphStore, server: Post) -> None:
    await asked(store)
    with pytest.raises(AwayError):
        await postman(store, SmtpSender(closed(), timeout_s=5)).deliver()
    (letter,) = await all_letters(store)
    assert (letter.sent_at, letter.failed_at, letter.attempts) == (None, None, 1)
    assert letter.due_at > await store.now()
    assert await postman(store, server.sender).deliver() == 0

    await due_again(store)
    assert await postman(store, server.sender).deliver() == 1


@pytest.mark.parametrize("where", ["to_recipient", "to_message"])
async def test_a_letter_that_is_put_off_does_not_hold_up_the_next(store: GraphStore, server: Post, where: str) -> None:
    await asked(store)
    setattr(server, where, "450 4.2.1 mailbox busy")
    assert await postman(store, server.sender).deliver() == 0
    setattr(server, where, None)
    assert await postman(store, server.sender).deliver() == 0

    await due_again(store)
    assert await postman(store, server.sender).deliver() == 1


async def test_a_letter_whose_content_runs_out_of_time_is_put_off_and_the_next_goes(
    store: GraphStore, server: Post
) -> None:
    await asked(store)
    (first,) = await all_letters(store)
    second = replace(first, id="ffffffff-ffff-5fff-8fff-ffffffffffff")
    stamps = {"created_at": first.created_at, "updated_at": first.created_at}
    await store.transact(lambda transaction: transaction.put("Letter", [row_of(second) | stamps]))

    class Slow:
        """The content of the first letter is not read in time; or the database is away."""

        is_away = False
        transactions = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def transact(self, *given: Any, **options: Any) -> Any:
            self.transactions += 1
            if self.transactions == 4:  # after those that read letters, take the lease, and read letters again
                raise GraphUnavailableError("out of time")
            return await store.transact(*given, **options)

        async def ping(self) -> float:
            if self.is_away:
                raise GraphUnavailableError("away")
            return await store.ping()

    (away := Slow()).is_away = True
    with pytest.raises(GraphUnavailableError):
        await postman(away, server.sender).deliver()
    assert {letter.attempts for letter in await all_letters(store)} == {0}

    assert await postman(Slow(), server.sender).deliver() == 1

    ends = {(letter.sent_at is None, letter.attempts) for letter in await all_letters(store)}
    assert ends == {(False, 1), (True, 1)}


async def test_one_that_is_put_off_for_days_is_given_up_and_the_hubs_hear(store: GraphStore, server: Post) -> None:
    await asked(store)
    server.to_message = "452 full"
    await due_again(store, created_at=LONG_AGO)

    await postman(store, server.sender).deliver()

    (letter,) = await all_letters(store)
    assert letter.failed_at is not None
    assert letter.sealed is None
    assert await missing(store) == [str(OTHER_TOWN)]
    assert (await post.state(store)).given_up == 1
    await due_again(store)
    assert await postman(store, server.sender).deliver() == 0


async def test_an_address_that_does_not_exist_is_given_up_at_once(store: GraphStore, server: Post) -> None:
    await asked(store)
    server.refused = frozenset({MAYOR})

    await postman(store, server.sender).deliver()

    state = await post.state(store)
    assert (state.waiting, state.overdue, state.given_up) == (0, None, 1)
    assert await missing(store) == [str(OTHER_TOWN)]
    assert await links(store) == []


async def links(store: GraphStore) -> list[Any]:
    return await store.query("links_expired", {"before": "9999", "limit": 10})


@pytest.mark.parametrize("reply", ["550 not you", "451 not now", "421 closing"])
async def test_a_server_that_does_not_take_our_sender_is_away(store: GraphStore, server: Post, reply: str) -> None:
    await asked(store)
    server.to_sender = reply
    with pytest.raises(AwayError):
        await postman(store, server.sender).deliver()
    assert (await post.state(store)).waiting == 1


async def test_a_server_that_never_answers_is_away_and_gets_the_same_letter_again(
    store: GraphStore, server: Post
) -> None:
    await asked(store)
    server.is_slow = True
    with pytest.raises(AwayError):
        await postman(store, server.sender).deliver()
    server.is_slow = False
    await due_again(store)
    await postman(store, server.sender).deliver()

    assert len(server.taken) == 2
    assert len({(str(message["Message-ID"]), *LINK.findall(text_of(message))) for message in server.taken}) == 1


async def test_what_is_decided_by_then_is_not_sent(store: GraphStore, server: Post) -> None:
    project = await asked(store)
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=OTHER_TOWN), actor=OTHER_CLERK)

    assert await postman(store, server.sender).deliver() == 0

    assert server.taken == []
    assert await all_letters(store) == []


async def test_a_title_that_the_recipient_lost_sight_of_is_not_sent(store: GraphStore, server: Post) -> None:
    project = await asked(store)
    await seen(store, OTHER_CLERK, "clerk@andere-stadt.example")
    await withdraw_project(at(store), WithdrawProject(project=project), actor=TOWN_CLERK)

    await postman(store, server.sender).deliver()

    assert server.taken == []


async def test_somebody_who_left_the_house_gets_nothing(store: GraphStore, server: Post) -> None:
    await found_network(store)
    await seen(store, WILSTER_REVIEWER, "pruefung@wilster.example")
    await submitted(store)
    await told(store)
    gone = {"id": pseudonym(WILSTER_REVIEWER), "memberships": ["hub_member:zeitz"]}
    await store.transact(lambda transaction: transaction.put("Actor", [gone]))

    assert await postman(store, server.sender).deliver() == 0
    assert server.taken == []


@pytest.mark.parametrize(
    "title",
    [
        "Parken\r\nBcc: opfer@anderswo.example\r\n\r\nHallo",
        "Parken\nSubject: anders",
        "Straße · Übergrößen · 駐車場 · 🚗",
        "<b>fett</b> & \u202egespiegelt\x00",
        "x" * 900,
    ],
)
async def test_a_title_stays_text_whatever_is_in_it(store: GraphStore, server: Post, title: str) -> None:
    project = await asked(store)
    await store.transact(lambda transaction: transaction.put("Project", [{"id": project, "title": title}]))

    await postman(store, server.sender).deliver()

    (message,) = server.taken
    assert server.envelopes == [("post@hubnetz.example", [MAYOR])]
    assert set(message.keys()) <= {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"),
        *("X-Peer", "X-MailFrom", "X-RcptTo"),
    }
    assert [str(address) for address in message["To"].addresses] == [MAYOR]
    text = text_of(message)
    for word in re.findall(r"\w{3,}", title):
        assert word in text
    assert "\u202e" not in text
    assert "\x00" not in text
    assert "<b>" not in text_of(message, "html")


async def test_two_processes_send_one_letter(store: GraphStore, server: Post) -> None:
    await asked(store)
    first, second = postman(store, server.sender), postman(store, server.sender, "two")
    async with leases.held(store, LEASE, holder="one"):
        with pytest.raises(LeaseHeldError):
            await second.deliver()
    assert await second.deliver() == 1
    assert await first.deliver() == 0
    assert len(server.taken) == 1


async def test_a_changed_key_makes_a_new_link(store: GraphStore, server: Post) -> None:
    await asked(store)
    server.to_message = "451 later"
    await postman(store, server.sender).deliver()
    await due_again(store)
    server.to_message = None
    other = postman(store, server.sender)
    other._sealer = Sealer(["n" * 43])
    await other.deliver()
    (secret,) = LINK.findall(text_of(server.taken[0]))
    assert await look(store, secret) is not None


async def test_old_letters_are_purged(store: GraphStore, server: Post) -> None:
    await asked(store)
    await postman(store, server.sender).deliver()
    assert await post.purge(store) == 0
    await due_again(store, sent_at=LONG_AGO)
    assert await post.purge(store) == 1
    assert await all_letters(store) == []
