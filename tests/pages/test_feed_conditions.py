"""What programs ask of feeds under a condition (RFC 9110 §13): by the tag of the content, never by a date."""

import re

import pytest

from network.pages.files.conditions import refused
from tests.pages.finding import Pages

TAG = '"0123456789abcdef0123456789abcdef"'
DATES = ("if-modified-since", "if-unmodified-since")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ([], None),
        ([("if-none-match", TAG)], 304),
        ([("if-none-match", f"W/{TAG}")], 304),
        ([("if-none-match", "*")], 304),
        ([("if-none-match", f'"other", W/"a,b" , {TAG}')], 304),
        ([("if-none-match", '"other"'), ("if-none-match", TAG)], 304),
        ([("if-none-match", '"other"')], None),
        ([("if-none-match", TAG.strip('"'))], None),
        ([("if-none-match", f'"a,{TAG[1:]}')], None),
        ([("if-none-match", "")], None),
        ([("if-match", TAG)], None),
        ([("if-match", "*")], None),
        ([("if-match", f'"other",{TAG}')], None),
        # Only strong tags say that the very same bytes are there (§13.1.1).
        ([("if-match", f"W/{TAG}")], 412),
        ([("if-match", '"other"')], 412),
        # The order of §13.2.2.
        ([("if-match", '"other"'), ("if-none-match", TAG)], 412),
        ([("if-match", TAG), ("if-none-match", TAG)], 304),
        # A list has no date of change (§13.1.3, §13.1.4).
        *(([(name, "Fri, 01 Jan 2100 00:00:00 GMT")], None) for name in DATES),
        *(([(name, "Thu, 01 Jan 1970 00:00:00 GMT")], None) for name in DATES),
        ([("if-none-match", '"other"'), ("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")], None),
    ],
)
def test_a_condition_is_asked_of_the_content_alone(given: list[tuple[str, str]], status: int | None) -> None:
    assert refused(given, TAG) == status


@pytest.mark.parametrize("path", ["/events.ics", "/projects.atom", "/en/projects.atom", "/search.atom?q=strand"])
async def test_a_feed_has_a_tag_and_no_date(placed: Pages, path: str) -> None:
    answer = await placed.get(path)
    tag = answer.headers["etag"]
    # A date that withdrawn entries do not move would keep readers from hearing that they are gone.
    assert "last-modified" not in answer.headers
    assert answer.headers["content-language"] == "de"

    same = await placed.get(path, **{"if-none-match": f'"x", W/{tag}'})
    assert (same.status_code, same.content) == (304, b"")
    assert {name: same.headers[name] for name in ("etag", "cache-control")} == {
        "etag": tag,
        "cache-control": answer.headers["cache-control"],
    }
    assert (await placed.get(path, **{"if-match": '"x"'})).status_code == 412
    assert (await placed.get(path, **{"if-match": tag})).content == answer.content
    by_date = await placed.get(path, **{"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert (by_date.status_code, by_date.content) == (200, answer.content)


@pytest.mark.parametrize(
    "path",
    ["/hubs", "/projects", "/events", "/compare?project=strand", "/topics/mobilitaet", "/hubs/zeitz", "/events/kommt"],
)
async def test_english_pages_say_that_files_are_in_german(placed: Pages, path: str) -> None:
    for prefix, is_said in (("/en", True), ("", False)):
        text = await placed.text(f"{prefix}{path}")
        links = re.findall(r'<(?:a|link)\s[^>]*href="[^"]*\.(?:csv|ics|atom)(?:\?[^"]*)?"[^>]*>', text)
        assert links
        assert {'hreflang="de"' in one for one in links} == {is_said}, links
        assert ("in German" in text) is is_said
