"""What people enter before a form can be sent: entries, and what others said of them."""

import re
from html import unescape
from typing import Any, Final
from uuid import uuid4

from tests.pages.desks import Office, Person
from tests.pages.test_expert_forms import given as expert_given
from tests.pages.test_registration_forms import BEGUN

EINBECK, STADT, ZEITZ, MERSEBURG = (
    *("Municipality:031550013013", "Municipality:150840590590"),
    *("Hub:zeitz", "University:05gqaka33"),
)
_PROBLEMS: Final = "... on Problem { message } ... on InvalidInput { problems { path message } }"


async def done(office: Office, person: Person, mutation: str, shows: str, **given: Any) -> Any:
    """What the success of a mutation shows."""
    kind = mutation[0].upper() + mutation[1:]
    text = f"""mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{
        __typename ... on {kind}Success {{ {shows} }} {_PROBLEMS} }} }}"""
    answer = (await office.ask(person, text, input=given))[mutation]
    assert answer["__typename"] == f"{kind}Success", answer
    return answer


def key_of(id_: str) -> str:
    """The key in an id; some ids are no more than that."""
    return id_.rpartition(":")[2]


async def published(office: Office, key: str) -> str:
    """The page of an entry of the hub of Zeitz."""
    await office.project(key, slug=key, title=key)
    return f"/projects/{key}"


async def drafted(author: Person, key: str, **more: Any) -> str:
    answer = await author.fill("/projects/new", **BEGUN | {"title": key, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[0]


async def submitted(office: Office, key: str) -> str:
    """The page of an entry of the town of Zeitz that waits for the hub of Zeitz."""
    author = await office.person("stadt")
    page = await drafted(author, key, house=STADT)
    assert (await author.fill(f"{page}/submit")).status_code == 303
    return page


async def task(office: Office, person: Person, kind: str, key: str) -> str:
    """The key of the task of this kind that waits for a person about an entry."""
    read = "{ viewer { tasks { id kind project { title } } } }"
    tasks = (await office.ask(person, read))["viewer"]["tasks"]
    (found,) = (one for one in tasks if one["kind"] == kind and (one["project"] or {}).get("title") == key)
    return key_of(found["id"])


async def adopted(office: Office, key: str) -> str:
    """The key of what Einbeck recorded of its reuse of an entry of the hub of Zeitz."""
    await published(office, key)
    given = {"project": f"Project:{key}", "house": EINBECK, "status": "IN_USE", "since": "2025"}
    made = await done(office, await office.person("einbeck"), "recordAdoption", "adoption { id }", **given)
    return key_of(made["adoption"]["id"])


async def asked(office: Office, key: str) -> str:
    """The key of a question of Einbeck about an entry of the hub of Zeitz."""
    await published(office, key)
    given = {"about": f"Project:{key}", "text": "Wie teuer?", "house": EINBECK}
    made = await done(office, await office.person("einbeck"), "askQuestion", "question { id }", **given)
    return key_of(made["question"]["id"])


async def answered(office: Office, key: str) -> str:
    """The key of the answer of Zeitz to it."""
    given = {"question": f"Question:{await asked(office, key)}", "text": "Gar nicht.", "house": ZEITZ}
    made = await done(office, await office.person("zeitz"), "answerQuestion", "answer { id }", **given)
    return key_of(made["answer"]["id"])


async def posted(office: Office, key: str) -> str:
    """The key of a need of Einbeck."""
    given = {"house": EINBECK, "kind": "SEEKS", "title": key, "text": "Drei.", "visibility": "PUBLIC"}
    made = await done(office, await office.person("einbeck"), "postNeed", "need { id }", **given)
    return key_of(made["need"]["id"])


async def hosted(office: Office, key: str) -> str:
    """The key of an event of the hub of Zeitz."""
    changes = {"title": key, "startsAt": "2050-05-04", "place": "Zeitz", "hosts": [ZEITZ], "status": "PLANNED"}
    made = await done(office, await office.person("zeitz"), "saveEvent", "event { id }", changes=changes)
    return key_of(made["event"]["id"])


async def listening(office: Office) -> tuple[Person, str]:
    """Somebody with a webhook, and its id."""
    person = await office.person("einbeck")
    url = f"https://it.example/{uuid4().hex[:8]}"
    made = await done(office, person, "registerWebhook", "viewer { webhooks { id url } }", url=url)
    return person, next(one["id"] for one in made["viewer"]["webhooks"] if one["url"] == url)


async def invited(office: Office, key: str) -> str:
    given = {"house": ZEITZ, "role": "HUB_MEMBER", "email": f"{key}@x.example"}
    made = await done(office, await office.person("zeitz"), "inviteMember", "invitation", **given)
    return str(made["invitation"])


async def listed(office: Office, key: str) -> tuple[Person, str]:
    """Somebody who entered herself, and the address where she agrees."""
    provider, person = office.provider, Person(office.app)
    provider.subject, provider.roles = f"kim-{key}", ["merseburg"]
    provider.id_claims = {"email": f"{key}@x.example", "email_verified": True}
    try:
        await person.sign_in(provider)
    finally:
        provider.id_claims = {}
    answer = await person.fill("/experts/new", **expert_given("self", name="Kim Muster", email=""))
    assert answer.status_code == 303, answer.text
    (consent,) = re.findall(r'href="(/my/listings/consent\?[^"]+)"', await person.opened("/my/listings"))
    return person, unescape(consent)
