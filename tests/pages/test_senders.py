"""Where a form may come from: one rule, and what each of its exceptions lets through."""

import pytest
from starlette.requests import Request

from auth.errors import ForbiddenError
from network.pages.frame.fields import check_sender

OURS = "https://hubnetz.example"


def is_taken(origins: list[str], sites: list[str], **exceptions: bool) -> bool:
    headers = [(b"origin", one.encode()) for one in origins] + [(b"sec-fetch-site", one.encode()) for one in sites]
    try:
        check_sender(Request({"type": "http", "headers": headers}), OURS, **exceptions)
    except ForbiddenError:
        return False
    return True


@pytest.mark.parametrize(
    ("origins", "sites", "taken"),
    [
        ([OURS], ["same-origin"], "strict silent link"),
        ([OURS], [], "strict silent link"),
        ([], ["same-origin"], "strict silent link"),
        ([], [], "silent link"),
        (["null"], ["same-origin"], "link"),
        (["null"], ["none"], "link"),
        ([OURS], ["none"], "link"),
        (["null"], ["cross-site"], ""),
        ([OURS], ["same-site"], ""),
        ([OURS], ["cross-site"], ""),
        (["https://evil.example"], ["same-origin"], ""),
        (["https://evil.example"], [], ""),
        ([OURS, "https://evil.example"], ["same-origin"], ""),
        ([OURS], ["same-origin", "cross-site"], ""),
        ([f"{OURS}.evil.example"], [], ""),
        ([""], [""], ""),
    ],
)
def test_a_form_is_taken_from_pages_of_ours(origins: list[str], sites: list[str], taken: str) -> None:
    assert is_taken(origins, sites) is ("strict" in taken)
    assert is_taken(origins, sites, may_be_silent=True) is ("silent" in taken)
    assert is_taken(origins, sites, may_be_silent=True, may_lack_referrer=True) is ("link" in taken)
