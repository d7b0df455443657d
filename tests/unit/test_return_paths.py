"""Where somebody goes on after signing in: pages of ours, and never anywhere else."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.return_paths import own_path

SECRET = "Ab1_-" * 8 + "xyz"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/explorer",
            f"/link/{SECRET}",
            "/en",
            f"/en/link/{SECRET}",
            "/search",
            "/en/search?q=B%C3%BCrger&topic=x",
            "/search?q=(Park)*,'a/b'!",
            "/projects/b%C3%BCrger",
            "/follow?of=Topic:daten",
            "/questions/0190",
            "/answers/0190/accept",
            "/adoptions/0190/confirm",
        ),
        *(
            "/projects/park-app-2.0",
            "/projects/new",
            "/my/inbox",
            "/compare?project=a&project=b",
            "/municipalities/010615138103",
        ),
    ],
)
def test_a_page_of_ours_is_come_back_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"),
        *("https://evil.example", "https:evil.example", "javascript:alert(1)", "//evil.example/link/" + SECRET),
        *(f"https://evil.example/link/{SECRET}", f"/link/{SECRET}@evil.example", f"/link/../..//evil/{SECRET}"),
        *(
            "%2F%2Fevil.example",
            "/%2Fevil.example",
            "/%5Cevil.example",
            "/%09/evil.example",
            f"/link/{SECRET}%0d%0aSet-Cookie:x=y",
        ),
        *(
            f"/link/{SECRET}\r\nSet-Cookie: x=y",
            f"/link/{SECRET}\n",
            f"\n/link/{SECRET}",
            "/\r\nLocation: //evil.example",
        ),
        *(
            f"/link/{SECRET}?to=//evil.example",
            f"/link/{SECRET}#x",
            f"/link/{SECRET}/",
            f"/link/{SECRET[:-1]}",
            f"/link/{SECRET}x",
        ),
        *(
            "/sign-out",
            "/graphql",
            "/sign-in",
            "/dev-issuer/authorize",
            "/explorer/",
            "/en/",
            "/en//evil.example",
            "/projects//evil.example",
            "/projects/../sign-out",
            "/projects/%2e%2e/x",
            "/search?q=\r\nLocation:x",
            "/search?q=\\",
            "/search?to=//evil.example",
            "/searchx",
            "/en/en",
            "/my/sign-out#x",
            "/EXPLORER",
            "/link/" + "ä" * 43,
            "/link/" + "１" * 43,
        ),
    ],
)
def test_anything_else_leads_to_the_start_page(path: str) -> None:
    assert own_path(path) == "/"


def test_without_a_wish_one_comes_to_the_start_page() -> None:
    assert own_path(None) == "/"


@given(st.text() | st.builds(lambda name, text: f"/{name}{text}", st.sampled_from(["", "en", "link", "my"]), st.text()))
def test_whatever_is_asked_for_stays_here(path: str) -> None:
    found = own_path(path)
    assert urlsplit(urljoin("https://hubnetz.example/sign-in", found)).netloc == "hubnetz.example"
    assert found.isascii()
    assert found.isprintable()
    assert not {"\\", " ", '"', "#", "//"} & {found[at : at + size] for size in (1, 2) for at in range(len(found))}
