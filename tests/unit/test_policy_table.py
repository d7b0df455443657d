"""The writing half of the policy, held to the network's table of permissions: role by role, own house and foreign one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import policy
from auth.principal import Anonymous, Caller, Membership, Principal
from auth.working_days import add_working_days
from graph.model import NodeKey
from graph.vocabulary import Visibility
from graph.writing.audience import Entry

HUB, OTHER_HUB = NodeKey("Hub", "zeitz"), NodeKey("Hub", "wilster")
TOWN, OTHER_TOWN = NodeKey("Municipality", "010615138001"), NodeKey("Municipality", "010615139001")
UNIVERSITY, FIRM = NodeKey("University", "03sft3r75"), NodeKey("Organisation", "stadtwerke")

ROLES: Final[dict[str, tuple[str, NodeKey | None]]] = {
    "anonymous": ("", None),
    "no membership": ("", None),
    "municipality": ("municipality:010615138001", TOWN),
    "amt": ("municipality:010615138", TOWN),
    "organisation": ("organisation:stadtwerke", FIRM),
    "university": ("university:03sft3r75", UNIVERSITY),
    "hub_member": ("hub_member:zeitz", HUB),
    "hub_lead": ("hub_lead:zeitz", HUB),
    "reviewer": ("reviewer:zeitz", HUB),
    "network_admin": ("network_admin", None),
}
"""Role -> a membership of it, and the house that is its own."""
COLUMNS: Final = ("municipality, organisation", "university", "hub_member", "hub_lead", "reviewer", "network_admin")
COLUMN_OF: Final = {"municipality": 0, "amt": 0, "organisation": 0} | {name: i for i, name in enumerate(COLUMNS) if i}


@dataclass(frozen=True)
class Row:
    """One row of the table: per column `yes`, `own`, `-`; and the question it stands for."""

    columns: tuple[str, ...]
    ask: Callable[[Caller, NodeKey], bool]


MONDAY: Final = date(2026, 11, 2)
LATER: Final = date(2026, 11, 17)
"""The day after ten working days from MONDAY are over."""


def row(columns: str, ask: Callable[[Caller, NodeKey], bool]) -> Row:
    return Row(tuple(columns.split()), ask)


def listed(question: Callable[..., bool], *more: Any) -> Callable[[Caller, NodeKey], bool]:
    return lambda caller, house: question(caller, [house], *more)


TABLE: Final = {
    # action                      municipality university hub_member hub_lead reviewer network_admin
    "register": row("              own          own        yes        yes      yes      yes", policy.may_register_project),
    "confirm partnership": row("   own          own        -          own      own      -", policy.may_confirm_partnership),
    "edit draft": row("            own          own        own        own      own      yes", listed(policy.may_edit_project)),
    "publish": row("               -            -          -          own      own      yes", listed(policy.may_publish_project)),
    "review in time": row("        -            -          -          own      own      yes", listed(policy.may_review_project, MONDAY, LATER - timedelta(days=1))),
    "review late": row("           -            -          -          yes      yes      yes", listed(policy.may_review_project, MONDAY, LATER)),
    "review what is not due": row("-            -          -          own      own      yes", listed(policy.may_review_project, None, LATER)),
    "record reuse": row("          own          own        own        own      own      -", policy.may_record_reuse),
    "confirm adoption": row("      own          own        -          own      own      -", lambda caller, house: policy.may_confirm_adoption(caller, [house], NodeKey("Hub", "dritter"))),
    "confirm own adoption": row("  -            -          -          -        -        -", lambda caller, house: policy.may_confirm_adoption(caller, [house], house)),
    "events": row("                own          own        own        own      own      yes", listed(policy.may_edit_event)),
    "hub profile": row("           -            -          -          own      own      yes", policy.may_edit_hub_profile),
    "funding programmes": row("    -            -          -          yes      yes      yes", lambda caller, _: policy.may_edit_funding_programme(caller)),
    "invite to a hub": row("       -            -          -          own      -        yes", lambda caller, house: policy.may_invite_member(caller, house, [])),
    "invite to its houses": row("  -            -          -          own      -        yes", lambda caller, house: policy.may_invite_member(caller, OTHER_TOWN, [house])),
    "contact of a house": row("    own          own        -          own      own      yes", lambda caller, house: policy.may_save_contact(caller, house, [])),
    "contact of its houses": row(" -            -          -          own      -        yes", lambda caller, house: policy.may_save_contact(caller, OTHER_TOWN, [house])),
    "take part": row("             yes          yes        yes        yes      yes      yes", lambda caller, _: policy.may_take_part(caller)),
    "claim": row("                 own          own        -          own      own      yes", lambda caller, house: policy.may_claim_entry(caller, house, [house, OTHER_TOWN])),
    "claim uninvolved": row("      -            -          -          -        -        -", lambda caller, house: policy.may_claim_entry(caller, house, [NodeKey("Hub", "dritter")])),
    "decide claim": row("          -            -          -          own      own      yes", lambda caller, house: policy.may_decide_claim(caller, [house], NodeKey("Hub", "dritter"))),
    "decide own claim": row("      -            -          -          -        -        yes", lambda caller, house: policy.may_decide_claim(caller, [house], house)),
    "decide partner": row("        own          own        -          own      own      yes", lambda caller, house: policy.may_decide_partner(caller, [house], NodeKey("Hub", "dritter"))),
    "decide own part": row("       -            -          -          -        -        yes", lambda caller, house: policy.may_decide_partner(caller, [house], house)),
    "speak": row("                 own          own        own        own      own      -", policy.may_speak_for),
    "speak for nobody": row("      -            -          -          -        -        yes", lambda caller, _: policy.may_speak_for(caller, None)),
    "withdraw own words": row("    own          own        own        own      own      yes", lambda caller, house: policy.may_withdraw_words(caller, house, [])),
    "withdraw words": row("        own          own        own        own      own      yes", lambda caller, house: policy.may_withdraw_words(caller, NodeKey("Hub", "dritter"), [house])),
    "register expert": row("       own          own        own        own      own      yes", policy.may_register_expert),
    "service of a served town": row("-          -          -          own      own      yes", lambda caller, house: policy.may_record_online_service(caller, NodeKey("Municipality", "local:x"), [house])),
    "any document": row("          -            -          -          yes      -        yes", lambda caller, _: policy.may_send_any_document(caller)),
    "audit trail": row("           own          own        own        own      own      yes", listed(policy.may_read_audit_trail)),
}  # fmt: skip


def caller_of(role: str) -> Caller:
    membership, _ = ROLES[role]
    if role == "anonymous":
        return Anonymous()
    return Principal("https://issuer.example", "x", frozenset([Membership.parse(membership)] if membership else []))


@pytest.mark.parametrize("action", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_the_table_of_permissions(action: str, role: str) -> None:
    _, own = ROLES[role]
    granted = TABLE[action].columns[COLUMN_OF[role]] if role in COLUMN_OF else "-"
    caller = caller_of(role)

    for house in (HUB, OTHER_HUB, TOWN, OTHER_TOWN, UNIVERSITY, FIRM):
        assert TABLE[action].ask(caller, house) is (granted == "yes" or (granted == "own" and house == own)), house


@pytest.mark.parametrize("role", ROLES)
def test_a_municipality_and_the_hubs_that_serve_it_record_its_services(role: str) -> None:
    caller = caller_of(role)

    assert policy.may_record_online_service(caller, TOWN, []) is (role in {"municipality", "amt", "network_admin"})
    assert policy.may_request_callback(caller)


def test_the_table_says_something_in_every_column() -> None:
    assert {len(one.columns) for one in TABLE.values()} == {len(COLUMNS)}
    assert {cell for one in TABLE.values() for cell in one.columns} == {"yes", "own", "-"}


houses = st.sampled_from([HUB, OTHER_HUB, TOWN, OTHER_TOWN, NodeKey("Municipality", "010615138"), UNIVERSITY, FIRM])
memberships = st.sampled_from(
    [
        *("municipality:010615138001", "municipality:010615138", "municipality:01061", "university:03sft3r75"),
        *("organisation:stadtwerke", "organisation:zeitz", "hub_member:zeitz", "hub_lead:zeitz", "reviewer:wilster"),
        "network_admin",
    ]
)
callers = st.one_of(
    st.just(Anonymous()),
    st.builds(
        lambda texts: Principal("https://issuer.example", "x", frozenset(map(Membership.parse, texts))),
        st.frozensets(memberships, max_size=3),
    ),
)


@given(callers, st.frozensets(houses, max_size=3), st.booleans(), st.booleans())
def test_a_task_asks_whoever_shares_a_token(
    caller: Caller, asked: Collection[NodeKey], decides: bool, everywhere: bool
) -> None:
    shares = not policy.duties(caller).isdisjoint(policy.doers(asked, decides=decides, everywhere=everywhere))

    assert policy.may_do_task(caller, asked, decides=decides, everywhere=everywhere) is shares


@given(callers, st.frozensets(houses, max_size=3), st.booleans(), st.booleans())
def test_whoever_is_asked_reads_the_task(
    caller: Caller, asked: Collection[NodeKey], decides: bool, everywhere: bool
) -> None:
    task = Entry(None, Visibility.PRIVATE, frozenset(asked), is_open_to_reviewers=everywhere)

    assert policy.may_do_task(caller, asked, decides=decides, everywhere=everywhere) <= policy.may_read(caller, task)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 30))
def test_working_days_are_counted_one_by_one(start: date, days: int) -> None:
    end = add_working_days(start, days)
    between = [start + timedelta(days=number + 1) for number in range((end - start).days)]

    assert end.weekday() < 5
    worked = sum(day.weekday() < 5 for day in between)
    # From a weekend on, zero working days are over on Monday, which is then counted.
    assert worked == days or (days == 0 and start.weekday() >= 5 and worked == 1)


@pytest.mark.parametrize(
    ("submitted", "last_day_of_its_own_reviewers"),
    [
        (date(2026, 11, 2), date(2026, 11, 16)),
        (date(2026, 11, 6), date(2026, 11, 20)),
        (date(2026, 11, 7), date(2026, 11, 20)),
    ],
)
def test_ten_working_days(submitted: date, last_day_of_its_own_reviewers: date) -> None:
    assert not policy.has_waited_too_long(submitted, last_day_of_its_own_reviewers)
    assert policy.has_waited_too_long(submitted, last_day_of_its_own_reviewers + timedelta(days=1))
