"""What can be decided by a single-use link: per purpose the buttons, and the command behind each.

A further purpose is one entry in `PURPOSES`, one in `graph.telling.single_use.MATTERS`, and where it asks in words of its own one in
`network.mail.questions`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graph.actors import Actor
from graph.commands.adoptions import (
    ConfirmAdoption,
    DeclineAdoption,
    ReconfirmAdoption,
    RecordAdoption,
    confirm_adoption,
    decline_adoption,
    reconfirm_adoption,
    record_adoption,
)
from graph.commands.completing import CompleteEntry, complete_entry
from graph.commands.consent import ConsentExpert, WithdrawConsent, consent_expert, withdraw_consent
from graph.commands.members import AcceptInvitation, accept_invitation
from graph.commands.partnerships import (
    ConfirmPartnership,
    DeclinePartnership,
    confirm_partnership,
    decline_partnership,
)
from graph.commands.tend_project import ConfirmStillCurrent, confirm_still_current
from graph.errors import NodeNotFoundError
from graph.model import NodeKey
from graph.telling.single_use import Opened
from graph.vocabulary import AdoptionStatus, LinkPurpose
from graph.writing.unit_of_work import UnitOfWork
from network.pages.frame.language import message


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """One press of a button, on its way to the command. `work` spends the link in the command's own unit."""

    work: UnitOfWork
    opened: Opened
    actor: Actor
    text: str
    """What was written beside the button, "" where nothing is asked for."""
    key: str
    """Idempotency key: of this button on this page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One button. What it says are texts of the catalogue."""

    name: str
    """What the form sends."""
    button: str
    runs: Callable[[Deciding], Awaitable[Any]]
    thanks: str
    """What happens next."""
    asks: str | None = None
    """Label of a text that has to be written with it."""
    refused: str | None = None
    """What to say of a text that is there and cannot be meant; None: the same as where it is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a link of one purpose opens."""

    decisions: tuple[Decision, ...]
    is_by_member: bool = False
    """Decided by whoever signed in, not by the holder of the link."""


def house_of(opened: Opened) -> NodeKey:
    """The house in whose name it is decided."""
    if opened.link.house is None:
        raise NodeNotFoundError("link: of no house")
    return NodeKey.parse(opened.link.house)


def _project(opened: Opened) -> str:
    if opened.matter.project is None:
        raise NodeNotFoundError("link: about no project")
    return opened.matter.project


def _about(opened: Opened) -> str:
    if opened.matter.about is None:
        raise NodeNotFoundError("link: about nothing")
    return opened.matter.about.value


async def _take_part(one: Deciding) -> None:
    command = ConfirmPartnership(project=_project(one.opened), house=house_of(one.opened))
    await confirm_partnership(one.work, command, actor=one.actor, idempotency_key=one.key)


async def _take_no_part(one: Deciding) -> None:
    command = DeclinePartnership(project=_project(one.opened), house=house_of(one.opened), reason=one.text)
    await decline_partnership(one.work, command, actor=one.actor, idempotency_key=one.key)


async def _confirm_adoption(one: Deciding) -> None:
    command = ConfirmAdoption(adoption=_about(one.opened))
    await confirm_adoption(one.work, command, actor=one.actor, idempotency_key=one.key)


async def _decline_adoption(one: Deciding) -> None:
    command = DeclineAdoption(adoption=_about(one.opened), reason=one.text)
    await decline_adoption(one.work, command, actor=one.actor, idempotency_key=one.key)


async def _still_use_it(one: Deciding) -> None:
    command = ReconfirmAdoption(adoption=_about(one.opened))
    await reconfirm_adoption(one.work, command, actor=one.actor, idempotency_key=one.key)


async def _use_it_no_more(one: Deciding) -> None:
    command = RecordAdoption(
        project=_project(one.opened),
        house=house_of(one.opened),
        status=AdoptionStatus.RETIRED,
        reason_ended=one.text,
    )
    await record_adoption(one.work, command, actor=one.actor, idempotency_key=one.key)


async def _still_current(one: Deciding) -> None:
    command = ConfirmStillCurrent(project=_project(one.opened))
    await confirm_still_current(one.work, command, actor=one.actor, idempotency_key=one.key)


async def _complete(one: Deciding) -> None:
    command = CompleteEntry(task=NodeKey.parse(one.opened.link.entity).value, text=one.text)
    await complete_entry(one.work, command, actor=one.actor, idempotency_key=one.key)


async def _leave_open(one: Deciding) -> None:
    command = CompleteEntry(task=NodeKey.parse(one.opened.link.entity).value, text=None)
    await complete_entry(one.work, command, actor=one.actor, idempotency_key=one.key)


async def _be_listed(one: Deciding) -> None:
    await consent_expert(one.work, ConsentExpert(expert=_about(one.opened)), actor=one.actor, idempotency_key=one.key)


async def _not_be_listed(one: Deciding) -> None:
    command = WithdrawConsent(expert=_about(one.opened))
    await withdraw_consent(one.work, command, actor=one.actor, idempotency_key=one.key)


async def _accept(one: Deciding) -> None:
    command = AcceptInvitation(link=one.opened.link.id)
    await accept_invitation(one.work, command, actor=one.actor, idempotency_key=one.key)


PURPOSES: Final[Mapping[LinkPurpose, Purpose]] = {
    LinkPurpose.DECIDE_PARTNERSHIP: Purpose(
        decisions=(
            Decision(
                name="yes",
                button=message("Ja, wir sind dabei"),
                runs=_take_part,
                thanks=message(
                    "Hubnetz zeigt Ihr Haus jetzt als bestätigt. Wer das Projekt eingetragen hat, erfährt davon."
                ),
            ),
            Decision(
                name="no",
                button=message("Nein, wir sind nicht dabei"),
                runs=_take_no_part,
                asks=message("Warum nicht? Wer das Projekt eingetragen hat, kann das lesen."),
                thanks=message("Ihr Haus steht nicht mehr bei dem Projekt. Wer es eingetragen hat, erfährt davon."),
            ),
        )
    ),
    LinkPurpose.CONFIRM_ADOPTION: Purpose(
        decisions=(
            Decision(
                name="yes",
                button=message("Ja, das stimmt"),
                runs=_confirm_adoption,
                thanks=message(
                    "Die Nachnutzung zählt jetzt mit. In einem Jahr wird das Haus gefragt, ob es noch so ist."
                ),
            ),
            Decision(
                name="no",
                button=message("Nein, das stimmt nicht"),
                runs=_decline_adoption,
                asks=message("Was stimmt daran nicht?"),
                thanks=message("Die Nachnutzung bleibt eine Angabe des anderen Hauses und zählt nicht mit."),
            ),
        )
    ),
    LinkPurpose.RECONFIRM_ADOPTION: Purpose(
        decisions=(
            Decision(
                name="yes",
                button=message("Ja, wir nutzen es noch"),
                runs=_still_use_it,
                thanks=message("In einem Jahr fragen wir wieder."),
            ),
            Decision(
                name="no",
                button=message("Nein, nicht mehr"),
                runs=_use_it_no_more,
                asks=message("Warum haben Sie aufgehört? Das lesen nur Mitglieder des Netzwerks."),
                thanks=message("Die Nachnutzung ist als beendet eingetragen. Ihre Erfahrung hilft anderen."),
            ),
        )
    ),
    LinkPurpose.CONFIRM_CURRENT: Purpose(
        decisions=(
            Decision(
                name="yes",
                button=message("Ja, der Eintrag stimmt noch"),
                runs=_still_current,
                thanks=message("Der Eintrag gilt als bestätigt. In einem Jahr fragen wir wieder."),
            ),
        )
    ),
    LinkPurpose.CONSENT_EXPERT: Purpose(
        decisions=(
            Decision(
                name="yes",
                button=message("Ja, ich bin einverstanden"),
                runs=_be_listed,
                thanks=message(
                    "Ihr Eintrag ist jetzt sichtbar. Sie bekommen gleich eine E-Mail, mit der Sie widerrufen können."
                ),
            ),
            Decision(
                name="no",
                button=message("Nein, bitte nicht"),
                runs=_not_be_listed,
                thanks=message("Ihr Eintrag bleibt verborgen, und Sie werden dazu nicht noch einmal gefragt."),
            ),
        ),
    ),
    LinkPurpose.WITHDRAW_CONSENT: Purpose(
        decisions=(
            Decision(
                name="withdraw",
                button=message("Einwilligung widerrufen"),
                runs=_not_be_listed,
                thanks=message("Ihr Eintrag ist ab sofort verborgen."),
            ),
        ),
    ),
    LinkPurpose.ACCEPT_INVITATION: Purpose(
        decisions=(
            Decision(
                name="yes",
                button=message("Einladung annehmen"),
                runs=_accept,
                thanks=message("Ab jetzt handeln Sie in Hubnetz für dieses Haus."),
            ),
        ),
        is_by_member=True,
    ),
    LinkPurpose.COMPLETE_ENTRY: Purpose(
        decisions=(
            Decision(
                name="answer",
                button=message("Antwort speichern"),
                runs=_complete,
                asks=message("Ihre Antwort. Sie steht danach im Eintrag."),
                refused=message(
                    "Das passt nicht zur Frage. Ist nach einer Zahl gefragt, schreiben Sie bitte nur die Zahl, wie 1.200."
                ),
                thanks=message("Ihre Antwort steht jetzt im Eintrag."),
            ),
            Decision(
                name="unknown",
                button=message("Das wissen wir nicht"),
                runs=_leave_open,
                thanks=message("Danke. Danach fragen wir nicht noch einmal."),
            ),
        )
    ),
}
