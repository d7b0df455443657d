"""For every form of ours somebody who may send it, and what it is about: what was done before one gets there."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from auth.principal import Principal
from auth.sessions import hashed
from graph.commands.completing import ask_to_complete
from graph.commands.holding import hold
from graph.commands.members import AcceptInvitation, accept_invitation
from graph.writing.unit_of_work import Unit, UnitOfWork
from tests.fixtures.builders import involves, make_expert, plant, relate
from tests.fixtures.inviting import secret_of
from tests.fixtures.units import SYSTEM
from tests.network.writing import einbeck, zeitz
from tests.pages.beginnings import (
    EINBECK,
    MERSEBURG,
    STADT,
    ZEITZ,
    adopted,
    answered,
    asked,
    done,
    drafted,
    hosted,
    invited,
    key_of,
    listed,
    listening,
    posted,
    published,
    submitted,
    task,
)
from tests.pages.desks import Office, Person
from tests.pages.test_event_forms import day
from tests.pages.test_expert_forms import given as expert_given
from tests.pages.test_registration_forms import BEGUN


@dataclass(frozen=True)
class Sending:
    """A form that is about to be sent: by whom, where, and what is typed beside what must be."""

    person: Person
    path: str
    typed: dict[str, Any] = field(default_factory=dict)


Before = Callable[[Office, str], Awaitable[Sending]]


def by(role: str, path: str, /, **typed: Any) -> Before:
    """A form that is about nothing that is there, or about what was always there; `{key}` is one of its own."""

    async def before(office: Office, key: str) -> Sending:
        given = {name.replace("__", "."): str(value).format(key=key) for name, value in typed.items()}
        return Sending(await office.person(*filter(None, [role])), path.format(key=key), given)

    return before


def about(made: Callable[[Office, str], Awaitable[str]], role: str, path: str, /, **typed: Any) -> Before:
    """A form about something that is made before; `{0}` is its page or key."""

    async def before(office: Office, key: str) -> Sending:
        given = {name.replace("__", "."): str(value).format(key=key) for name, value in typed.items()}
        return Sending(await office.person(*filter(None, [role])), path.format(await made(office, key)), given)

    return before


def of_draft(part: str, /, **typed: Any) -> Before:
    async def before(office: Office, key: str) -> Sending:
        author = await office.person("merseburg")
        given = {name.replace("__", "."): value for name, value in typed.items()}
        return Sending(author, f"{await drafted(author, key)}/{part}", given)

    return before


def of_webhook(form: str, /, **typed: Any) -> Before:
    async def before(office: Office, _: str) -> Sending:
        person, id_ = await listening(office)
        return Sending(person, f"/my/webhooks/{form}?webhook={id_}", typed)

    return before


async def remove_partner(office: Office, key: str) -> Sending:
    project = await office.project(key, slug=key, title=key)
    await plant(office.service.graph, involves(project, einbeck))
    return Sending(await office.person("zeitz"), f"/projects/{key}/partners/remove?house={EINBECK}")


async def withdraw(office: Office, key: str) -> Sending:
    return Sending(await office.person("stadt"), f"{await submitted(office, key)}/withdraw")


async def claim(office: Office, key: str) -> Sending:
    orphan = await office.project(key, slug=key, title=key, owner=None)
    await plant(office.service.graph, involves(orphan, einbeck))
    return Sending(await office.person("einbeck"), f"/projects/{key}/claim")


async def call_expert(office: Office, key: str) -> Sending:
    expert = make_expert(key, name="Bauhof", is_person=False)
    await plant(office.service.graph, expert, relate("WORKS_AT", expert, zeitz))
    return Sending(await office.person(), f"/experts/{key}/callback", {"name": "Bauamt", "phone": "0123 456"})


async def reconfirm(office: Office, key: str) -> Sending:
    """A reuse that was confirmed most of a year ago."""
    adoption, owner = await adopted(office, key), await office.person("zeitz")
    await done(office, owner, "confirmAdoption", "adoption { id }", adoption=f"Adoption:{adoption}")
    row = {"id": adoption, "reconfirm_by": "2026-01-01"}
    await office.service.graph.transact(lambda transaction: transaction.put("Adoption", [row]))
    return Sending(await office.person("einbeck"), f"/adoptions/{adoption}/reconfirm")


async def unfollow(office: Office, key: str) -> Sending:
    await published(office, key)
    person, target = await office.person("einbeck"), f"Project:{key}"
    await done(office, person, "follow", "clientMutationId", target=target)
    return Sending(person, f"/unfollow?target={target}")


async def enable_webhook(office: Office, _: str) -> Sending:
    person, id_ = await listening(office)
    row = {"id": key_of(id_), "disabled_at": await office.service.graph.now()}
    await office.service.graph.transact(lambda transaction: transaction.put("Webhook", [row]))
    return Sending(person, f"/my/webhooks/enable?webhook={id_}")


async def edit_expert(office: Office, _: str) -> Sending:
    member = await office.person("merseburg")
    answer = await member.fill("/experts/new", **expert_given("no"))
    return Sending(member, f"{answer.headers['location'].partition('?')[0]}/edit", {"changes.name": "Wissenstransfer"})


async def remove_expert(office: Office, key: str) -> Sending:
    edit = await edit_expert(office, key)
    return Sending(edit.person, edit.path.replace("/edit", "/remove"))


async def consent(office: Office, key: str) -> Sending:
    return Sending(*await listed(office, key))


async def withdraw_consent(office: Office, key: str) -> Sending:
    person, path = await listed(office, key)
    await person.fill(path)
    return Sending(person, path.replace("consent", "withdraw", 1))


async def read(office: Office, key: str) -> Sending:
    await adopted(office, key)
    await office.tell()
    return Sending(await office.person("zeitz"), "/my/inbox/read")


async def revoke_invitation(office: Office, key: str) -> Sending:
    query = f"house={ZEITZ}&id={await invited(office, key)}"
    return Sending(await office.person("zeitz"), f"/my/members/revoke-invitation?{query}")


async def end(office: Office, key: str) -> Sending:
    store = office.service.graph
    secret = await secret_of(store, key_of(await invited(office, key)), now=await store.now())
    came = Principal("https://elsewhere.example", key)
    await accept_invitation(UnitOfWork(store), AcceptInvitation(link=hashed(secret)), actor=came)
    lead = await office.person("zeitz")
    (way,) = re.findall(r'href="(/my/members/end[^"]+)"', await lead.opened(f"/my/members?house={ZEITZ}"))
    return Sending(lead, unescape(way))


async def revoke_feed(office: Office, key: str) -> Sending:
    person = await office.person("einbeck")
    made = await done(office, person, "createFeedAddress", "feedAddress", name=key, form="TABLE", page="/needs")
    return Sending(person, f"/my/feeds/revoke?feed={made['feedAddress']}")


async def delete_search(office: Office, key: str) -> Sending:
    person = await office.person("einbeck")
    made = await done(office, person, "saveSearch", "savedSearch", name=key, query=key)
    return Sending(person, f"/my/searches/delete?search={made['savedSearch']}")


def of_partnership(verb: str) -> Before:
    async def before(office: Office, key: str) -> Sending:
        author, named = await office.person("merseburg"), await office.person("zeitz")
        page = await drafted(author, key)
        added = await author.fill(f"{page}/partners/new", changes__partners=ZEITZ, role="Labor")
        assert added.status_code == 303, added.text
        return Sending(named, f"/tasks/{await task(office, named, 'CONFIRM_PARTNERSHIP', key)}/{verb}")

    return before


async def decide_claim(office: Office, key: str) -> Sending:
    await (sent := await claim(office, key)).person.fill(sent.path, house=EINBECK)
    admin = await office.person("admin")
    return Sending(admin, f"/tasks/{await task(office, admin, 'DECIDE_CLAIM', key)}/decide-claim", {"isGranted": "yes"})


async def decide_partner(office: Office, key: str) -> Sending:
    page, asking, owner = await published(office, key), await office.person("merseburg"), await office.person("zeitz")
    await asking.fill(f"{page}/join", house=MERSEBURG, role="Begleitung")
    way = f"/tasks/{await task(office, owner, 'DECIDE_PARTNER', key)}/decide-partner"
    return Sending(owner, way, {"isAccepted": "yes"})


async def complete(office: Office, key: str) -> Sending:
    author = await office.person("merseburg")
    slug = (await drafted(author, key)).rpartition("/")[2]
    read_id = "query ($slug: String) { project(slug: $slug) { id } }"
    id_ = key_of((await office.ask(author, read_id, slug=slug))["project"]["id"])

    async def ask(unit: Unit) -> None:
        await ask_to_complete(unit, await hold(unit, id_), "writeup")

    await UnitOfWork(office.service.graph).run(ask, actor=SYSTEM)
    return Sending(author, f"/tasks/{await task(office, author, 'COMPLETE_ENTRY', key)}/complete", {"text": "Gut."})


async def called(office: Office, key: str) -> Sending:
    page, owner = await published(office, key), await office.person("zeitz")
    await (await office.person()).fill(f"{page}/callback", name="Bauamt", phone="0123 456", text="Bitte")
    return Sending(owner, f"/tasks/{await task(office, owner, 'CALL_BACK', key)}/called")


_CALL: Final = {"name": "Bauamt", "phone": "0123 456"}
_EVENT: Final = {"changes__place": "Zeitz", "changes__startsAt": day(30)}

FORMS: Final[dict[str, Before]] = {
    "/projects/new": by("merseburg", "/projects/new", title="{key}", **BEGUN),
    "/projects/{slug}/submit": of_draft("submit", reviewer=ZEITZ),
    "/projects/{slug}/withdraw": withdraw,
    "/projects/{slug}/edit": of_draft("edit?step=topics", changes__started="2024"),
    "/projects/{slug}/documents/new": of_draft("documents/new"),
    "/projects/{slug}/results/new": of_draft("results/new"),
    "/projects/{slug}/partners/new": of_draft("partners/new", changes__partners=EINBECK),
    "/projects/{slug}/partners/remove": remove_partner,
    "/projects/{slug}/publish": about(submitted, "zeitz", "{0}/publish"),
    "/projects/{slug}/request-changes": about(submitted, "zeitz", "{0}/request-changes"),
    "/projects/{slug}/adopt": about(published, "einbeck", "{0}/adopt"),
    "/projects/{slug}/ask": about(published, "einbeck", "{0}/ask"),
    "/projects/{slug}/claim": claim,
    "/projects/{slug}/join": about(published, "merseburg", "{0}/join"),
    "/projects/{slug}/current": about(published, "zeitz", "{0}/current"),
    "/projects/{slug}/callback": about(published, "", "{0}/callback", **_CALL),
    "/needs/{key}/callback": about(posted, "", "/needs/{0}/callback", **_CALL),
    "/events/{key}/callback": about(hosted, "", "/events/{0}/callback", **_CALL),
    "/experts/{key}/callback": call_expert,
    "/topics/{key}/ask": by("einbeck", "/topics/mobilitaet/ask"),
    "/questions/{key}/answer": about(asked, "zeitz", "/questions/{0}/answer"),
    "/questions/{key}/withdraw": about(asked, "einbeck", "/questions/{0}/withdraw"),
    "/answers/{key}/accept": about(answered, "einbeck", "/answers/{0}/accept"),
    "/answers/{key}/withdraw": about(answered, "zeitz", "/answers/{0}/withdraw"),
    "/adoptions/{key}/confirm": about(adopted, "zeitz", "/adoptions/{0}/confirm"),
    "/adoptions/{key}/decline": about(adopted, "zeitz", "/adoptions/{0}/decline"),
    "/adoptions/{key}/reconfirm": reconfirm,
    "/adoptions/{key}/report": about(adopted, "einbeck", "/adoptions/{0}/report"),
    "/follow": about(published, "einbeck", "/follow?target=Hub:zeitz"),
    "/unfollow": unfollow,
    "/online-services/record": by(
        *("einbeck", "/online-services/record"),
        municipality=EINBECK,
        service="99115005000000",
        isOnline="yes",
        source="{key}",
    ),
    "/events/new": by("zeitz", "/events/new", **_EVENT),
    "/events/{key}/edit": about(hosted, "zeitz", "/events/{0}/edit", changes__place="{key}"),
    "/events/{key}/cancel": about(hosted, "zeitz", "/events/{0}/cancel"),
    "/hubs/{key}/edit": by("zeitz", "/hubs/zeitz/edit", profile__premises="{key}"),
    "/experts/new": by("merseburg", "/experts/new", **expert_given("no")),
    "/experts/{key}/edit": edit_expert,
    "/experts/{key}/remove": remove_expert,
    "/my/listings/consent": consent,
    "/my/listings/withdraw": withdraw_consent,
    "/needs/new": by("einbeck", "/needs/new", title="{key}"),
    "/needs/{key}/close": about(posted, "einbeck", "/needs/{0}/close"),
    "/my/settings": by("amt", "/my/settings", name="{key}"),
    "/my/inbox/read": read,
    "/my/members/invite": by("zeitz", f"/my/members/invite?house={ZEITZ}", email="{key}@x.example", role="HUB_MEMBER"),
    "/my/members/revoke-invitation": revoke_invitation,
    "/my/members/end": end,
    "/my/members/contact": by(
        "stadt", f"/my/members/contact?house={STADT}", contact__function="Bauamt", contact__email="{key}@x.example"
    ),
    "/my/feeds/new": by("zeitz", "/my/feeds/new?form=TABLE&page=/needs", name="{key}"),
    "/my/feeds/revoke": revoke_feed,
    "/my/searches/new": by("einbeck", "/my/searches/new?q={key}"),
    "/my/searches/delete": delete_search,
    "/tasks/{key}/take-part": of_partnership("take-part"),
    "/tasks/{key}/take-no-part": of_partnership("take-no-part"),
    "/tasks/{key}/decide-claim": decide_claim,
    "/tasks/{key}/decide-partner": decide_partner,
    "/tasks/{key}/complete": complete,
    "/tasks/{key}/called": called,
    "/my/webhooks/new": by("einbeck", "/my/webhooks/new", url="https://it.example/{key}"),
    "/my/webhooks/edit": of_webhook("edit", url="https://it.example/andere"),
    "/my/webhooks/secret": of_webhook("secret"),
    "/my/webhooks/test": of_webhook("test"),
    "/my/webhooks/enable": enable_webhook,
    "/my/webhooks/remove": of_webhook("remove"),
}
"""Pattern of the route -> how one gets there."""
