"""`docs/permissions.md`: what the policy answers, asked action by action with example houses. Never written by hand."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from types import ModuleType
from typing import Any, Final

from auth import policy
from auth.principal import Anonymous, Caller, Membership, Principal
from auth.working_days import add_working_days
from graph.ddl import LABELS
from graph.model import NodeKey
from graph.vocabulary import Guard, Stage, Visibility
from graph.writing.audience import Entry

_HUB, _OTHER_HUB, _THIRD_HUB = NodeKey("Hub", "zeitz"), NodeKey("Hub", "wilster"), NodeKey("Hub", "third")
_TOWN, _OTHER_TOWN = NodeKey("Municipality", "010615138001"), NodeKey("Municipality", "010615139001")
_UNIVERSITY, _FIRM = NodeKey("University", "03sft3r75"), NodeKey("Organisation", "stadtwerke")
_SUBMITTED: Final = date(2026, 11, 2)
_IN_TIME: Final = add_working_days(_SUBMITTED, policy.REVIEW_WORKING_DAYS)
_LATE: Final = date.fromordinal(_IN_TIME.toordinal() + 1)

YES: Final = "yes"
OWN: Final = "own"
NO: Final = "–"


@dataclass(frozen=True, slots=True)
class Role:
    """One column: a membership, and the house that is its own."""

    name: str
    membership: str | None = None
    own: NodeKey | None = None
    is_signed_in: bool = True

    @property
    def caller(self) -> Caller:
        if not self.is_signed_in:
            return Anonymous()
        held = [] if self.membership is None else [Membership.parse(self.membership)]
        return Principal("https://issuer.example", "somebody", frozenset(held))


ROLES: Final = (
    Role("anonymous", is_signed_in=False),
    Role("no membership"),
    Role("municipality", "municipality:010615138001", _TOWN),
    Role("municipality of an Amt", "municipality:010615138", _TOWN),
    Role("organisation", "organisation:stadtwerke", _FIRM),
    Role("university", "university:03sft3r75", _UNIVERSITY),
    Role("hub_member", "hub_member:zeitz", _HUB),
    Role("reviewer", "reviewer:zeitz", _HUB),
    Role("hub_lead", "hub_lead:zeitz", _HUB),
    Role("network_admin", "network_admin"),
)
_HOUSES: Final = (_HUB, _OTHER_HUB, _TOWN, _OTHER_TOWN, _UNIVERSITY, _FIRM)

Ask = Callable[[Caller, NodeKey], bool]
"""Whether a caller may, where the action concerns this house."""


@dataclass(frozen=True, slots=True)
class Action:
    """One row: what is done, and the function of the policy that is asked."""

    title: str
    function: Callable[..., bool]
    ask: Ask

    def cell(self, role: Role) -> str:
        """`yes`, `own`, `–`, or the houses where it is neither."""
        granted = {house for house in _HOUSES if self.ask(role.caller, house)}
        if granted == set(_HOUSES):
            return YES
        if not granted:
            return NO
        if granted == {role.own}:
            return OWN
        return ", ".join(sorted(f"{house.label} {house.value}" for house in granted))


def _plain(title: str, function: Callable[..., bool], *more: Any) -> Action:
    return Action(title, function, lambda caller, house: function(caller, house, *more))


def _stewards(title: str, function: Callable[..., bool], *more: Any, **named: Any) -> Action:
    return Action(title, function, lambda caller, house: function(caller, [house], *more, **named))


def _of_nobody(title: str, function: Callable[..., bool]) -> Action:
    return Action(title, function, lambda caller, _: function(caller))


ACTIONS: Final = (
    _of_nobody("read network-only fields", policy.may_read_network_fields),
    _of_nobody("maintain registers (administrations, universities, services, topics)", policy.may_maintain_registers),
    _plain("act for a house", policy.may_act_for),
    _plain("register a project of a house", policy.may_register_project),
    Action(
        "compile an entry without an owner",
        policy.may_register_project,
        lambda caller, _: policy.may_register_project(caller, None),
    ),
    _plain("confirm or decline a partnership of a house", policy.may_confirm_partnership),
    _stewards("edit or withdraw a project (owner, reviewing hub)", policy.may_edit_project),
    _stewards("publish or archive a project (owner, reviewing hub)", policy.may_publish_project),
    _stewards("decide on a submission, ten working days", policy.may_review_project, _SUBMITTED, _IN_TIME),
    _stewards("decide on a submission, later", policy.may_review_project, _SUBMITTED, _LATE),
    _plain("record an adoption, report or need of a house", policy.may_record_reuse),
    _stewards("confirm an adoption (owner, reviewing hub)", policy.may_confirm_adoption, _THIRD_HUB),
    Action(
        "confirm the adoption of one's own house",
        policy.may_confirm_adoption,
        lambda caller, house: policy.may_confirm_adoption(caller, [house], house),
    ),
    _stewards("enter, change or cancel an event (hosts)", policy.may_edit_event),
    _plain("change a hub's profile", policy.may_edit_hub_profile),
    _of_nobody("enter or change funding programmes", policy.may_edit_funding_programme),
    _plain("invite or revoke members of a hub", policy.may_invite_member, ()),
    Action(
        "invite or revoke members of a house of a hub",
        policy.may_invite_member,
        lambda caller, hub: policy.may_invite_member(caller, _OTHER_TOWN, [hub]),
    ),
    _plain("say whom one reaches at a house", policy.may_save_contact, ()),
    Action(
        "say whom one reaches at a house of a hub",
        policy.may_save_contact,
        lambda caller, hub: policy.may_save_contact(caller, _OTHER_TOWN, [hub]),
    ),
    _of_nobody("ask, answer, follow, save searches, have feeds and webhooks", policy.may_take_part),
    Action(
        "claim an entry for an involved house",
        policy.may_claim_entry,
        lambda caller, house: policy.may_claim_entry(caller, house, [house]),
    ),
    Action(
        "claim an entry for a house that is not involved",
        policy.may_claim_entry,
        lambda caller, house: policy.may_claim_entry(caller, house, [_THIRD_HUB]),
    ),
    _stewards("consent to a claim of another house (reviewing hub)", policy.may_decide_claim, _THIRD_HUB),
    Action(
        "consent to a claim of one's own house",
        policy.may_decide_claim,
        lambda caller, house: policy.may_decide_claim(caller, [house], house),
    ),
    _stewards("say that another house takes part (owner, reviewing hub)", policy.may_decide_partner, _THIRD_HUB),
    _plain("speak for a house: ask, answer, accept an answer, take back what was said", policy.may_speak_for),
    Action(
        "take another's question or answer back (owner, reviewing hub)",
        policy.may_withdraw_words,
        lambda caller, house: policy.may_withdraw_words(caller, _THIRD_HUB, [house]),
    ),
    _plain("register an expert of a house", policy.may_register_expert),
    _stewards("change or remove an expert's entry (houses of the expert)", policy.may_edit_expert),
    _plain("record an online service of a municipality", policy.may_record_online_service, ()),
    Action(
        "record an online service of a municipality that a hub serves",
        policy.may_record_online_service,
        lambda caller, hub: policy.may_record_online_service(caller, NodeKey("Municipality", "local:x"), [hub]),
    ),
    _of_nobody("request a callback (at a limited rate)", policy.may_request_callback),
    _of_nobody("send any document, where only trusted ones are taken", policy.may_send_any_document),
    _stewards("read the audit trail (owner, reviewing hub)", policy.may_read_audit_trail),
    _stewards("do a task of a house that anybody there may do", policy.may_do_task, decides=False),
    _stewards("do a task of a house that decides", policy.may_do_task, decides=True),
    _stewards("do a task of a house that is open to all hubs", policy.may_do_task, decides=True, everywhere=True),
    Action(
        "do a task of no house",
        policy.may_do_task,
        lambda caller, _: policy.may_do_task(caller, [], decides=True),
    ),
)
"""In the order of the design's table. Whoever adds a function to the policy adds a row: `unasked` names it otherwise."""


def unasked(rules: ModuleType = policy) -> list[str]:
    """Functions of the policy that say who may do something and that no table here asks."""
    asked = {action.function for action in ACTIONS} | {policy.may_read}
    return sorted(
        name
        for name, function in inspect.getmembers(rules, inspect.isfunction)
        if name.startswith("may_") and function not in asked
    )


def text() -> str:
    """The document."""
    return "\n".join(
        [
            "# Permissions",
            "",
            "Generated from `auth/policy.py` by `hubnetz permissions` (`make schema` writes it anew); a test holds both equal.",
            "Every cell was asked of the policy itself. `yes`: whatever house it concerns; `own`: where it concerns a house",
            "that the membership names; `–`: never. Several memberships add up.",
            "",
            "## Who may do what",
            "",
            *_actions(),
            "",
            "## Who reads what",
            "",
            "An entry is read by the visibility that counts: what is neither published nor archived is PRIVATE, whatever it",
            "asks for. `insider`: only where the membership names a house that stands inside the entry (`graph/writing/audience.py`",
            "says which; for a project its owner, its reviewing hub and its partners, invited ones included).",
            "",
            *_reading(),
            "",
            "## Guarded fields",
            "",
            "Beyond the audience of their entry, field by field. NETWORK_ONLY: readers with a membership, and everybody where",
            "the author opened the field. CONTACT: as the contact's own visibility says, PRIVATE being for network_admin.",
            "Whoever may not read a field gets null, and it matches no search.",
            "",
            *_fields(),
            "",
            "What is personal (follows, saved searches, notifications, feed addresses, webhooks, settings) is read by the person alone.",
            "",
        ]
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, tuple("---" for _ in head), *rows)]


def _actions() -> list[str]:
    rows = [
        (action.title, *(action.cell(role) for role in ROLES), f"`{action.function.__name__}`") for action in ACTIONS
    ]
    return _table(("Action", *(role.name for role in ROLES), "Asked"), rows)


def _reading() -> list[str]:
    rows = []
    stages: tuple[Stage | None, ...] = (None, *Stage)
    for visibility in reversed(Visibility):
        asked = [(_answers(visibility, stage), stage) for stage in stages]
        for answers, alike in groupby(sorted(asked, key=lambda one: one[0]), key=lambda one: one[0]):
            names = ", ".join("kinds without stages" if stage is None else stage for _, stage in alike)
            rows.append((visibility.value, names, *answers))
    late = _answers(Visibility.PRIVATE, Stage.SUBMITTED, is_open=True)
    rows.append(("any", "SUBMITTED, open to the reviewers of all hubs after ten working days", *late))
    return _table(("Visibility", "Stage", *(role.name for role in ROLES)), rows)


def _answers(visibility: Visibility, stage: Stage | None, *, is_open: bool = False) -> tuple[str, ...]:
    def answer(role: Role) -> str:
        def reads(*insiders: NodeKey) -> bool:
            entry = Entry(stage, visibility, frozenset(insiders), is_open_to_reviewers=is_open)
            return policy.may_read(role.caller, entry)

        if reads():
            return YES
        return "insider" if role.own is not None and reads(role.own) else NO

    return tuple(answer(role) for role in ROLES)


def _fields() -> list[str]:
    guarded = {
        (label.name, property_.guard): [one.name for one in label.properties.values() if one.guard is property_.guard]
        for label in LABELS.values()
        if not label.is_record
        for property_ in label.properties.values()
        if property_.guard is not None
    }
    rows = [(label, guard.value, ", ".join(f"`{name}`" for name in names)) for (label, guard), names in guarded.items()]
    readers = [(guard.value, *_guard_answers(guard)) for guard in Guard]
    return [
        *_table(("Kind", "Guard", "Fields"), rows),
        "",
        *_table(("Guard", *(role.name for role in ROLES)), readers),
    ]


def _guard_answers(guard: Guard) -> tuple[str, ...]:
    if guard is Guard.NETWORK_ONLY:
        return tuple(YES if policy.may_read_network_fields(role.caller) else "opened" for role in ROLES)
    return tuple(_widest(policy.audiences(role.caller)) for role in ROLES)


def _widest(tokens: frozenset[str]) -> str:
    """Contacts of which visibility these tokens read."""
    names = {policy.PUBLIC: Visibility.PUBLIC, policy.NETWORK: Visibility.NETWORK, policy.ADMIN: Visibility.PRIVATE}
    return ", ".join(visibility for token, visibility in names.items() if token in tokens)
