"""Other ways to the same pages: by keyboard alone, without script, with the system's own colours, without movement."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.process import Server
from tests.pages.browser.visiting import Visitor, visiting

PARKING = "zeitz-parkleitsystem"
SUMMARY = "Quitten finden und ernten. Jeder Baum steht in einer Karte. Die Schulen pflegen sie."
# More than any page has between its beginning and a form.
MOST_STEPS = 150


@pytest.fixture
def lead(chromium: Browser, server: Server) -> Iterator[Visitor]:
    with visiting(chromium, server.url) as visitor:
        visitor.sign_in("hub_lead:wilster")
        yield visitor


@pytest.fixture
def plain_lead(chromium: Browser, server: Server) -> Iterator[Visitor]:
    """Without script."""
    with visiting(chromium, server.url, java_script_enabled=False) as visitor:
        visitor.sign_in("hub_lead:wilster")
        yield visitor


def tab_to(page: Page, name: str) -> None:
    """Goes on by the Tab key until what has the focus is called so; each stop on the way can be seen to have it."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        focused = page.locator("*:focus")
        if focused.count() == 0:
            continue
        outline = focused.evaluate(
            "one => { const s = getComputedStyle(one); return [s.outlineStyle, s.outlineWidth] }"
        )
        assert outline[0] != "none", focused.evaluate("one => one.outerHTML")
        assert outline[1] != "0px", focused.evaluate("one => one.outerHTML")
        if called(page).startswith(name):
            return
    pytest.fail(f"{name} is out of reach of the keyboard at {page.url}")


def called(page: Page) -> str:
    """What the focused element is called: its label, or its text."""
    return str(
        page.evaluate(
            """() => {
              const one = document.activeElement;
              const label = one.labels?.length ? one.labels[0].textContent : one.getAttribute('aria-label');
              return (label || one.textContent).trim().replace(/\\s+/g, ' ');
            }"""
        )
    )


def test_a_project_is_found_by_keyboard_alone(lead: Visitor) -> None:
    lead.open("/")
    page = lead.page
    tab_to(page, "Wonach suchen Sie?")
    page.keyboard.type("parkplatzsche")
    page.get_by_role("option").first.wait_for()
    # Leaves the suggestions, not what was typed.
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=parkplatzsche")
    tab_to(page, "Intelligente Parkplatzsuche in Zeitz")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/projects/{PARKING}")
    tab_to(page, "Wir nutzen das nach")
    page.keyboard.press("Enter")
    page.wait_for_url("**/adopt")


def test_a_project_is_registered_by_keyboard_alone(lead: Visitor) -> None:
    lead.open("/")
    page = lead.page
    tab_to(page, "Mein Bereich")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my")
    tab_to(page, "Projekt eintragen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/new")
    tab_to(page, "Titel")
    page.keyboard.type("Quittenkataster mit der Tastatur")
    tab_to(page, "Worum geht es")
    page.keyboard.type(SUMMARY)
    tab_to(page, "Stand")
    page.keyboard.type("im Test")
    tab_to(page, "Wen man anruft")
    page.keyboard.type("Stabsstelle Digitales")
    tab_to(page, "E-Mail")
    page.keyboard.type("digitales@wilster.example")
    tab_to(page, "Speichern und weiter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Entwurf ist gespeichert")
    if "/alike" in page.url:
        tab_to(page, "Weiter")
        page.keyboard.press("Enter")
    for step in ("topics", "partners", "costs", "text", "files"):
        page.wait_for_url(f"**step={step}**")
        tab_to(page, "Weiter" if step in ("partners", "files") else "Speichern und weiter")
        page.keyboard.press("Enter")
    page.wait_for_url("**step=check**")
    tab_to(page, "Zur Prüfung einreichen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submit")
    tab_to(page, "Einreichen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Eingereicht")


def test_without_script_a_project_is_registered_and_handed_in(plain_lead: Visitor) -> None:
    plain_lead.open("/my")
    page = plain_lead.page
    page.get_by_role("link", name="Projekt eintragen").click()
    page.get_by_label("Titel").fill("Quittenkataster ohne Skript")
    page.get_by_label("Worum geht es").fill(SUMMARY)
    page.get_by_label("Wen man anruft").fill("Stabsstelle Digitales")
    page.get_by_label("E-Mail").fill("digitales@wilster.example")
    page.get_by_role("button", name="Speichern und weiter").click()
    expect(page.get_by_role("status").first).to_contain_text("Entwurf ist gespeichert")
    if "/alike" in page.url:
        page.get_by_role("link", name=re.compile("Weiter")).first.click()
    page.get_by_role("link", name="Prüfen und einreichen").click()
    page.get_by_role("link", name="Zur Prüfung einreichen").click()
    page.get_by_role("button", name="Einreichen").click()
    expect(page.get_by_role("status").first).to_contain_text("Eingereicht")


def test_without_script_a_reuse_is_recorded_and_confirmed(
    chromium: Browser, server: Server, plain_lead: Visitor
) -> None:
    plain_lead.open("/")
    page = plain_lead.page
    page.get_by_role("searchbox", name="Wonach suchen Sie?").fill("parkplatz suche")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_role("link", name="Intelligente Parkplatzsuche in Zeitz").click()
    page.get_by_role("link", name="Wir nutzen das nach").click()
    page.get_by_label("Seit wann?").fill("vorgestern")
    page.get_by_role("button", name="Eintragen").click()
    # The form says beside the field what is wrong, and keeps what was typed.
    expect(page.get_by_label("Seit wann?")).to_have_value("vorgestern")
    expect(page.get_by_label("Seit wann?")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Seit wann?").fill("05.2026")
    page.get_by_role("button", name="Eintragen").click()
    expect(page.get_by_role("region", name="Wer es nachnutzt")).to_contain_text("DigitalHub Wilster")
    with visiting(chromium, server.url, java_script_enabled=False) as owner:
        owner.sign_in("hub_lead:zeitz")
        owner.open(f"/projects/{PARKING}")
        owner.page.get_by_role("link", name=re.compile("^bestätigen")).click()
        owner.page.get_by_role("button", name="Ja, das stimmt").click()
        expect(owner.page.get_by_role("status").first).to_contain_text("Bestätigt")
        owner.open(f"/projects/{PARKING}")
        expect(owner.page.get_by_role("link", name="1 Haus nutzt es nach")).to_be_visible()


@pytest.mark.parametrize("address", ["/", "/search?q=parken", f"/projects/{PARKING}", "/map", "/projects/new"])
def test_with_the_colours_of_the_system_every_control_has_an_edge(lead: Visitor, address: str) -> None:
    """Forced colours take backgrounds away: a button or field that only had one could not be seen any more."""
    lead.page.emulate_media(forced_colors="active")
    lead.open(address)
    bare = lead.page.evaluate(
        """() => [...document.querySelectorAll('main button, main input:not([type=hidden]), main select, main textarea, main a.button')]
          .filter((one) => one.checkVisibility() && one.offsetWidth)
          .filter((one) => { const s = getComputedStyle(one); return s.borderTopStyle === 'none' || s.borderTopWidth === '0px' })
          .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert not [one for one in bare if 'type="checkbox"' not in one and 'type="radio"' not in one]
    tab_to(lead.page, "Zum Inhalt")


@pytest.mark.parametrize("address", ["/", "/search?q=parken", f"/projects/{PARKING}", "/map"])
def test_whoever_wants_no_movement_gets_none(lead: Visitor, address: str) -> None:
    lead.page.emulate_media(reduced_motion="reduce")
    lead.open(address)
    moving = lead.page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('*')]
          .filter((one) => {
            const s = getComputedStyle(one);
            const lasts = (text) => text.split(',').some((part) => parseFloat(part) > 0.01);
            return lasts(s.transitionDuration) || lasts(s.animationDuration) || s.scrollBehavior === 'smooth';
          })
          .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert not moving
