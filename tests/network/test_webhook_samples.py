"""What docs/webhooks.md shows works as it stands there, and its numbers are those of the code."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from graph.commands.webhooks import MAX_WEBHOOKS, OVERLAP
from graph.personal import Delivery
from graph.telling import deliveries
from graph.values import Instant
from graph.vocabulary import NewsKind
from network.webhooks import courier, sending
from network.webhooks.signing import USER_AGENT, body_of, signed
from tests.fixtures.process import ROOT
from tests.fixtures.webhooks import SECRETS

TEXT = (ROOT / "docs/webhooks.md").read_text("utf-8")
NOW = Instant("2026-11-05T09:00:00.000000Z")
NOW_S = 1_793_869_200
DELIVERY = Delivery(id="d", webhook="w", news="event-1", kind=NewsKind.NEED_POSTED, entity="Need:ä", at=NOW, due_at=NOW)
BODY = body_of(DELIVERY)


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def new_secret() -> str:
    secret = SECRETS.open(SECRETS.make("w"), "w")
    assert secret is not None
    return secret


def cases() -> list[tuple[str, str, dict[str, str], bytes, float, bool]]:
    """What is asked of a receiver, and what it must say."""
    secret, before, other = new_secret(), new_secret(), new_secret()
    headers = dict(signed(BODY, event="event-1", now=NOW, secrets=[secret, before]))
    single = dict(signed(BODY, event="event-1", now=NOW, secrets=[secret]))
    signature = single["webhook-signature"]
    return [
        ("as it came", secret, headers, BODY, NOW_S, True),
        ("by the secret before", before, headers, BODY, NOW_S, True),
        ("five minutes late", secret, single, BODY, NOW_S + 300, True),
        ("another secret", other, headers, BODY, NOW_S, False),
        ("too late", secret, single, BODY, NOW_S + 301, False),
        ("too early", secret, single, BODY, NOW_S - 301, False),
        ("another body", secret, single, BODY + b" ", NOW_S, False),
        ("another event", secret, single | {"webhook-id": "event-2"}, BODY, NOW_S, False),
        ("another time", secret, single | {"webhook-timestamp": str(NOW_S + 1)}, BODY, NOW_S, False),
        ("no time", secret, single | {"webhook-timestamp": "-1"}, BODY, NOW_S, False),
        ("no headers", secret, {}, BODY, NOW_S, False),
        ("half a signature", secret, single | {"webhook-signature": signature[:-4]}, BODY, NOW_S, False),
        ("not ASCII", secret, single | {"webhook-signature": "v1,ä"}, BODY, NOW_S, False),
        ("another version", secret, single | {"webhook-signature": "v2" + signature[2:]}, BODY, NOW_S, False),
    ]


def test_the_python_sample_believes_what_is_ours_and_nothing_else() -> None:
    names: dict[str, Any] = {}
    exec(compile(block("python"), "docs/webhooks.md", "exec"), names)
    for case, secret, headers, body, now, is_ours in cases():
        assert names["is_from_hubnetz"](secret, headers, body, now=now) is is_ours, case


def test_the_typescript_sample_says_the_same(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("the TypeScript sample did not run: it needs Node.js")
        pytest.skip("the TypeScript sample did not run: it needs Node.js")
    # Its types stand in the one signature; without them it is JavaScript.
    program = re.sub(r": (?:string|number|boolean|Buffer|Record<string, string>)(?=[,) ])", "", block("typescript"))
    (tmp_path / "sample.mjs").write_text(program, "utf-8")
    asked = [[case, secret, headers, body.hex(), now] for case, secret, headers, body, now, _ in cases()]
    (tmp_path / "run.mjs").write_text(
        f"""import {{ isFromHubnetz }} from "./sample.mjs";
const asked = {json.dumps(asked)};
const said = asked.map(([, secret, headers, body, now]) =>
  isFromHubnetz(secret, headers, Buffer.from(body, "hex"), now));
console.log(JSON.stringify(said));
""",
        "utf-8",
    )
    ran = subprocess.run(
        ["node", str(tmp_path / "run.mjs")], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    said = dict(zip((case for case, *_ in asked), json.loads(ran.stdout), strict=True))
    assert said == {case: is_ours for case, *_, is_ours in cases()}


def test_an_event_says_what_happened_and_nothing_of_what_it_says() -> None:
    assert json.loads(BODY) == {"id": "event-1", "kind": "NEED_POSTED", "entity": "Need:ä", "at": NOW}


def test_the_numbers_are_those_of_the_code() -> None:
    text = " ".join(TEXT.split())
    assert (MAX_WEBHOOKS, OVERLAP.total_seconds() / 3_600) == (10, 24), "the guide has words for these"
    assert (deliveries.GIVE_UP.days, deliveries.MOST_FAILURES) == (3, 5), "the guide has words for these"
    minutes = [wait.total_seconds() / 60 for wait in deliveries._WAITS]
    assert minutes == [1, 5, 30, 120, 360, 720], "the guide has words for these"
    for said in (
        f"the last {deliveries.MAX_SHOWN} events",
        f"for {deliveries.KEPT_DAYS} days",
        f"within {sending._TIMEOUT_S:g} seconds",
        f"up to {courier.MOST_AT_ONCE} receivers",
        f"`{USER_AGENT}`",
    ):
        assert said in text, said
