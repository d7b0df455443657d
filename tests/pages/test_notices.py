"""What a page says after something was done: to whoever did it, there and then, and to nobody an address is passed on to."""

import pytest

from network.pages.frame.notices import SAVED, Note, Notes
from tests.pages.desks import Office

KEY, OTHER_KEY = "k" * 43, "o" * 43


class Clock:
    now = 1_000_000.5

    def __call__(self) -> float:
        return self.now


def test_a_note_is_told_to_its_reader_there_and_for_a_moment() -> None:
    clock = Clock()
    notes = Notes([KEY], clock=clock)
    for reader in ("token", None):
        clock.now = 1_000_000.5
        signed = notes.signed(SAVED, "/projects/größe", reader)
        assert notes.told(signed, "/projects/gr%C3%B6%C3%9Fe", reader) == SAVED.text
        assert Notes([OTHER_KEY, KEY], clock=clock).told(signed, "/projects/größe", reader)
        clock.now += 100
        assert notes.told(signed, "/projects/größe", reader)
        clock.now += 100
        assert notes.told(signed, "/projects/größe", reader) == ""


def test_of_one_name_there_is_one_note() -> None:
    assert Note(SAVED.name, SAVED.text) == SAVED
    with pytest.raises(ValueError, match="saved: there is another note"):
        Note(SAVED.name, "Etwas anderes.")


@pytest.mark.parametrize(
    "parameter",
    [
        *("", ".", "..", "saved", "saved.", "saved.f4240", "saved.f4240.", "saved.-1.x", "saved.f4240.é"),
        *("saved.zz.x", "evil.f4240.x", f"saved.{'f' * 5000}.x", "saved.f4240.x\x00"),
    ],
)
def test_what_we_did_not_sign_is_not_told(parameter: str) -> None:
    clock = Clock()
    clock.now = 0xF4240
    assert Notes([KEY], clock=clock).told(parameter, "/", None) == ""


def test_a_signature_is_for_one_note_one_page_one_reader_and_one_service() -> None:
    clock = Clock()
    notes = Notes([KEY], clock=clock)
    signed = notes.signed(SAVED, "/projects/a", "token")
    assert notes.told(signed, "/projects/a", "token")
    assert not notes.told(signed.replace("saved", "already"), "/projects/a", "token")
    assert not notes.told(signed, "/projects/b", "token")
    for reader in ("another", None, ""):
        assert not notes.told(signed, "/projects/a", reader)
    assert not Notes([OTHER_KEY], clock=clock).told(signed, "/projects/a", "token")
    assert not Notes(clock=clock).told(signed, "/projects/a", "token")


async def test_an_address_that_is_passed_on_says_nothing(office: Office) -> None:
    await office.project("vermerk", slug="vermerk", title="Vermerk")
    person, other, nobody = await office.person("zeitz"), await office.person("wilster"), await office.person()
    form = "/follow?target=Project:vermerk"
    answer = await person.submit(form, await person.hidden(form))
    where = answer.headers["location"]
    assert "Sie folgen jetzt." in await person.opened(where)
    assert "Sie folgen jetzt." in await person.opened(where), "loaded again"
    for reader in (other, nobody):
        assert "Sie folgen jetzt." not in await reader.opened(where)
    assert "Sie folgen jetzt." not in await person.opened("/projects/vermerk?done=followed")


async def test_who_has_no_session_is_told_without_a_cookie(office: Office) -> None:
    await office.project("anruf", slug="anruf", title="Anruf")
    nobody = await office.person()
    typed = {"name": "Bauamt", "phone": "0123 456", "text": "Bitte um Rückruf"}
    answer = await nobody.fill("/projects/anruf/callback", **typed)
    assert "set-cookie" not in answer.headers
    assert "meldet sich bei Ihnen" in await nobody.follow_on(answer)
