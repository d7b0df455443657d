"""Who may see what: pure functions, no I/O, the only place that decides.

Two forms of one rule. `may_read` answers for one caller and one entry. `readers` and `audiences` say the same as two
lists of tokens that a database or a search engine can intersect: a caller reads an entry exactly when the two share a
token. A property test holds both forms equal.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final, Protocol

from auth.keys import ASSOCIATION_DIGITS, MUNICIPALITY_DIGITS
from auth.principal import Anonymous, Caller, Membership, MembershipKind, Principal
from auth.working_days import add_working_days

PUBLIC: Final = "public"
NETWORK: Final = "network"
ADMIN: Final = "admin"
REVIEWERS: Final = "reviewers"
"""Leads and reviewers of every hub: they read what has waited too long for its own reviewers."""
EVERYTHING: Final = frozenset({PUBLIC, NETWORK, ADMIN})
"""Reads every entry and every network-only field, as network administrators do: for work without a caller, such as
indexing, export and the consistency check. Never for an answer to somebody."""

PUBLISHED_STAGES: Final = frozenset({"PUBLISHED", "ARCHIVED"})
"""Where the visibility of an entry counts; at any other stage it is PRIVATE."""

_HUB_KINDS = frozenset({MembershipKind.HUB_LEAD, MembershipKind.HUB_MEMBER, MembershipKind.REVIEWER})
_REVIEWING = frozenset({MembershipKind.HUB_LEAD, MembershipKind.REVIEWER})
_HOUSE_KINDS = frozenset({MembershipKind.MUNICIPALITY, MembershipKind.UNIVERSITY, MembershipKind.ORGANISATION})
_ALL_HOUSE_KINDS = _HUB_KINDS | _HOUSE_KINDS

REVIEW_WORKING_DAYS: Final = 10
"""After so many a submission that nobody decided on is open to the reviewers of all hubs."""


class House(Protocol):
    """A hub, municipality, university or organisation, named by label and key."""

    @property
    def label(self) -> str: ...
    @property
    def value(self) -> str: ...


class GuardedEntry(Protocol):
    """What the reading rule needs to know of an entry; `graph.writing.audience.Entry` satisfies it."""

    @property
    def stage(self) -> str | None:
        """Life cycle; `None` for kinds without one, which count as published."""
        ...

    @property
    def visibility(self) -> str: ...
    @property
    def insiders(self) -> Collection[House]:
        """Owner, reviewing hub and invited partners: they read the entry while it is PRIVATE."""
        ...

    @property
    def is_open_to_reviewers(self) -> bool:
        """Whether it waited so long for a review that leads and reviewers of all hubs read it, too."""
        ...


def audiences(caller: Caller) -> frozenset[str]:
    """The tokens that `caller` reads as; always holds `public`."""
    if isinstance(caller, Anonymous) or not caller.memberships:
        return frozenset({PUBLIC})
    common = {PUBLIC, NETWORK, REVIEWERS} if _holds(caller, _REVIEWING) else {PUBLIC, NETWORK}
    return frozenset({*common, *(_token(membership) for membership in caller.memberships)})


def readers(entry: GuardedEntry) -> tuple[str, ...]:
    """The tokens that may read `entry`, sorted; store them with it."""
    visibility = effective_visibility(entry)
    if visibility == "PUBLIC":
        return (PUBLIC,)
    if visibility == "NETWORK":
        return (NETWORK,)
    everywhere = {ADMIN, REVIEWERS} if entry.is_open_to_reviewers else {ADMIN}
    return tuple(sorted({*everywhere, *(token for house in entry.insiders for token in _house_tokens(house))}))


def may_read(caller: Caller, entry: GuardedEntry) -> bool:
    """Whether `caller` may see `entry` at all; its network-only fields need `may_read_network_fields`, too."""
    visibility = effective_visibility(entry)
    if visibility == "PUBLIC":
        return True
    if visibility == "NETWORK":
        return may_read_network_fields(caller)
    return (
        _is_admin(caller)
        or _holds(caller, _ALL_HOUSE_KINDS, entry.insiders)
        or (entry.is_open_to_reviewers and _holds(caller, _REVIEWING))
    )


def may_read_network_fields(caller: Caller) -> bool:
    """Whether `caller` sees costs, lessons and failures that their authors did not open to the public."""
    return isinstance(caller, Principal) and bool(caller.memberships)


def may_maintain_registers(caller: Caller) -> bool:
    """Whether `caller` may write what belongs to no house alone: administrations, universities, services, topics."""
    return _is_admin(caller)


def may_act_for(caller: Caller, house: House) -> bool:
    """Whether `house` is one of the caller's own: a membership names it."""
    return _holds(caller, _ALL_HOUSE_KINDS, [house])


def may_register_project(caller: Caller, owner: House | None) -> bool:
    """Whether `caller` may register a project of `owner`: its own house, or as a hub any house, which then confirms.

    Entries without an owner are compiled by hubs.
    """
    return _is_admin(caller) or _holds(caller, _HUB_KINDS) or (owner is not None and may_act_for(caller, owner))


def hubs_of(caller: Caller, *, reviewing: bool = False) -> tuple[str, ...]:
    """The hubs, by slug, at which `caller` is anything, or lead or reviewer, sorted."""
    kinds = _REVIEWING if reviewing else _HUB_KINDS
    return tuple(sorted({membership.key for membership in caller.memberships if membership.kind in kinds}))


def own_houses(caller: Caller) -> tuple[tuple[str, str], ...]:
    """The houses that memberships of `caller` name, as (label, key), sorted; an Amt without its municipalities."""
    return houses_of(caller.memberships)


def houses_of(memberships: Iterable[Membership]) -> tuple[tuple[str, str], ...]:
    """The houses that `memberships` name, as `own_houses`."""
    labels = dict.fromkeys(_HUB_KINDS, "Hub") | {kind: kind.value.title() for kind in _HOUSE_KINDS}
    return tuple(sorted({(labels[one.kind], one.key) for one in memberships if one.kind in labels}))


def is_association(house: House) -> bool:
    """Whether `house` is a municipal association (Amt): it acts for every municipality whose key begins with its own."""
    return house.label == "Municipality" and len(house.value) == ASSOCIATION_DIGITS and house.value.isdigit()


def may_confirm_partnership(caller: Caller, house: House) -> bool:
    """Whether `caller` may say for `house` that it takes part, or does not: nobody says it for another's house."""
    return _holds(caller, _HOUSE_KINDS | _REVIEWING, [house])


def may_edit_project(caller: Caller, stewards: Collection[House]) -> bool:
    """Whether `caller` may change or withdraw a project: `stewards` are its owner and its reviewing hub, not partners."""
    return _is_admin(caller) or _holds(caller, _ALL_HOUSE_KINDS, stewards)


def may_publish_project(caller: Caller, stewards: Collection[House]) -> bool:
    """Whether `caller` may publish or archive a project: lead or reviewer of a hub that owns or reviews it."""
    return _is_admin(caller) or _holds(caller, _REVIEWING, stewards)


def may_review_project(caller: Caller, stewards: Collection[House], submitted_on: date | None, today: date) -> bool:
    """Whether `caller` may decide on a submission: who may publish it, and others once it has waited too long.

    Args:
        submitted_on: Since when it waits for a review; None if it does not.
    """
    if may_publish_project(caller, stewards):
        return True
    return submitted_on is not None and has_waited_too_long(submitted_on, today) and _holds(caller, _REVIEWING)


def has_waited_too_long(submitted_on: date, today: date) -> bool:
    """Whether more than `REVIEW_WORKING_DAYS` working days went by since a submission."""
    return today > add_working_days(submitted_on, REVIEW_WORKING_DAYS)


def may_record_reuse(caller: Caller, house: House) -> bool:
    """Whether `caller` may record an adoption, a report or a need of `house`."""
    return may_act_for(caller, house)


def has_house_beside(caller: Caller, owner: House | None) -> bool:
    """Whether `caller` has a house other than `owner`: one that could adopt what `owner` does."""
    token = "" if owner is None else f"{owner.label.lower()}:{owner.value}"
    return any(one.kind in _ALL_HOUSE_KINDS and _token(one) != token for one in caller.memberships)


def may_confirm_adoption(caller: Caller, stewards: Collection[House], maker: House) -> bool:
    """Whether `caller` may confirm for the project's side that `maker` adopted it: nobody confirms what is one's own to record.

    An Amt that acts for both sides is one side.
    """
    return not may_act_for(caller, maker) and _holds(caller, _HOUSE_KINDS | _REVIEWING, stewards)


def may_edit_event(caller: Caller, hosts: Collection[House]) -> bool:
    """Whether `caller` may enter, change or cancel an event of these houses."""
    return _is_admin(caller) or _holds(caller, _ALL_HOUSE_KINDS, hosts)


def may_edit_hub_profile(caller: Caller, hub: House) -> bool:
    """Whether `caller` may change what a hub says of itself."""
    return _is_admin(caller) or _holds(caller, _REVIEWING, [hub])


def may_edit_funding_programme(caller: Caller) -> bool:
    """Whether `caller` may enter or change funding programmes, which belong to no hub: any lead or reviewer may."""
    return _is_admin(caller) or _holds(caller, _REVIEWING)


def may_invite_member(caller: Caller, house: House, hubs: Collection[House]) -> bool:
    """Whether `caller` may invite members for `house`, or revoke them.

    Args:
        hubs: Those to which the house belongs: itself, if it is one, those that serve it, and whose partner it is.
    """
    owners = [hub for hub in (*hubs, house) if hub.label == "Hub"]
    return _is_admin(caller) or _holds(caller, frozenset({MembershipKind.HUB_LEAD}), owners)


def may_save_contact(caller: Caller, house: House, hubs: Collection[House]) -> bool:
    """Whether `caller` may say whom one reaches at `house`: whoever is asked decides in its name, so nobody but its people.

    Args:
        hubs: As for `may_invite_member`: their leads may, too, where nobody of the house can be reached.
    """
    return (
        _is_admin(caller)
        or _holds(caller, _HOUSE_KINDS | _REVIEWING, [house])
        or _holds(caller, frozenset({MembershipKind.HUB_LEAD}), hubs)
    )


def may_take_part(caller: Caller) -> bool:
    """Whether `caller` may ask and answer, follow, save a search, have feeds and webhooks."""
    return isinstance(caller, Principal) and bool(caller.memberships)


def may_speak_for(caller: Caller, house: House | None) -> bool:
    """Whether `caller` may ask and answer in the name of `house`, and accept answers there; None is the network's administration.

    What was said is the house's, not the person's: colleagues go on with it, and whoever left does not.
    """
    return _is_admin(caller) if house is None else may_act_for(caller, house)


def may_claim_entry(caller: Caller, house: House, involved: Collection[House]) -> bool:
    """Whether `caller` may ask that an entry without an owner become that of `house`, one of the `involved`."""
    is_involved = any((one.label, one.value) == (house.label, house.value) for one in involved)
    return is_involved and (_is_admin(caller) or _holds(caller, _HOUSE_KINDS | _REVIEWING, [house]))


def may_decide_claim(caller: Caller, stewards: Collection[House], claimant: House) -> bool:
    """Whether `caller` may consent to a claim: a reviewer, of another house than the one that gains by it."""
    others = [house for house in stewards if (house.label, house.value) != (claimant.label, claimant.value)]
    return may_publish_project(caller, others)


def may_decide_partner(caller: Caller, stewards: Collection[House], asking: House) -> bool:
    """Whether `caller` may say for a project's side that a house takes part: nobody says it for the one that asks."""
    others = [house for house in stewards if (house.label, house.value) != (asking.label, asking.value)]
    return _is_admin(caller) or _holds(caller, _HOUSE_KINDS | _REVIEWING, others)


def may_withdraw_words(caller: Caller, house: House | None, stewards: Collection[House]) -> bool:
    """Whether `caller` may take back what was said in the name of `house`: so may who answers for the project that it is about."""
    return may_speak_for(caller, house) or may_edit_project(caller, stewards)


def may_register_expert(caller: Caller, house: House) -> bool:
    """Whether `caller` may enter an expert of `house`."""
    return _is_admin(caller) or may_act_for(caller, house)


def may_edit_expert(caller: Caller, houses: Collection[House]) -> bool:
    """Whether `caller` may change or remove an entry of an expert who works at `houses`; the person herself may, too."""
    return _is_admin(caller) or _holds(caller, _ALL_HOUSE_KINDS, houses)


def may_record_online_service(caller: Caller, municipality: House, hubs: Collection[House]) -> bool:
    """Whether `caller` may say which service a municipality offers online; `hubs` are those that serve it."""
    return _is_admin(caller) or _holds(caller, _HOUSE_KINDS, [municipality]) or _holds(caller, _REVIEWING, hubs)


def may_request_callback(caller: Caller) -> bool:  # noqa: ARG001 - one signature for all rows of the table
    """Everybody may, at a limited rate."""
    return True


def may_send_any_document(caller: Caller) -> bool:
    """Whether `caller` may ask what nobody published beforehand, where only trusted documents are taken: who leads a hub
    answers for the tools of its houses, and tries out what they will ask.
    """
    return _is_admin(caller) or _holds(caller, {MembershipKind.HUB_LEAD})


def may_read_audit_trail(caller: Caller, stewards: Collection[House]) -> bool:
    """Whether `caller` may see who changed what of an entry that `stewards` answer for."""
    return _is_admin(caller) or _holds(caller, _ALL_HOUSE_KINDS, stewards)


def may_do_task(caller: Caller, houses: Collection[House], *, decides: bool, everywhere: bool = False) -> bool:
    """Whether a task asks `caller`: somebody of `houses`, at a hub only its lead and reviewers where it `decides`.

    Args:
        everywhere: It asks the leads and reviewers of all hubs, too. A task of no house asks the administration.
    """
    kinds = _HOUSE_KINDS | _REVIEWING if decides else _ALL_HOUSE_KINDS
    return (
        _holds(caller, kinds, houses)
        or (everywhere and _holds(caller, _REVIEWING))
        or (not houses and _is_admin(caller))
    )


def doers(houses: Collection[House], *, decides: bool, everywhere: bool = False) -> tuple[str, ...]:
    """`may_do_task` as tokens, sorted; whoever shares one with `duties` is asked. Store them with the task."""
    hub_kinds = _REVIEWING if decides else _HUB_KINDS
    tokens = {REVIEWERS} if everywhere else set()
    for house in houses:
        if house.label == "Hub":
            tokens |= {f"{kind}:{house.value}" for kind in hub_kinds}
        else:
            tokens |= set(_house_tokens(house))
    return tuple(sorted(tokens if houses else {*tokens, ADMIN}))


def are_of_one_administration(one: House, other: House) -> bool:
    """Whether some membership acts for both: a house for itself, an Amt for each of its municipalities."""
    return not set(_house_tokens(one)).isdisjoint(_house_tokens(other))


def duties(caller: Caller) -> frozenset[str]:
    """The tokens of tasks that ask `caller`."""
    own = {ADMIN if one.kind is MembershipKind.NETWORK_ADMIN else str(one) for one in caller.memberships}
    return frozenset(own | {REVIEWERS}) if _holds(caller, _REVIEWING) else frozenset(own)


def effective_visibility(entry: GuardedEntry) -> str:
    """The visibility that counts: an entry that is neither published nor archived is PRIVATE, whatever it asks for."""
    return entry.visibility if entry.stage is None or entry.stage in PUBLISHED_STAGES else "PRIVATE"


def _is_admin(caller: Caller) -> bool:
    return any(membership.kind is MembershipKind.NETWORK_ADMIN for membership in caller.memberships)


def _holds(caller: Caller, kinds: Collection[MembershipKind], houses: Collection[House] | None = None) -> bool:
    """Whether `caller` has a membership of one of `kinds`, and, where `houses` are given, at one of these."""
    return any(
        membership.kind in kinds and (houses is None or any(_acts_for(membership, house) for house in houses))
        for membership in caller.memberships
    )


def _acts_for(membership: Membership, house: House) -> bool:
    if house.label == "Hub":
        return membership.kind in _HUB_KINDS and membership.key == house.value
    if house.label == "Municipality" and membership.kind is MembershipKind.MUNICIPALITY:
        if membership.key == house.value:
            return True
        is_association = len(membership.key) == ASSOCIATION_DIGITS and membership.key.isdigit()
        is_member = len(house.value) == MUNICIPALITY_DIGITS and house.value.isdigit()
        return is_association and is_member and house.value.startswith(membership.key)
    return membership.kind.value == house.label.lower() and membership.key == house.value


def _token(membership: Membership) -> str:
    if membership.kind is MembershipKind.NETWORK_ADMIN:
        return ADMIN
    if membership.kind in _HUB_KINDS:
        return f"hub:{membership.key}"
    return str(membership)


def _house_tokens(house: House) -> tuple[str, ...]:
    token = f"{house.label.lower()}:{house.value}"
    if house.label == "Municipality" and len(house.value) == MUNICIPALITY_DIGITS and house.value.isdigit():
        return token, f"municipality:{house.value[:ASSOCIATION_DIGITS]}"
    return (token,)
