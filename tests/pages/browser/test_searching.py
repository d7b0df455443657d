"""Searching and comparing in a real browser: results that follow the keys, addresses that say everything, and no need of script."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, expect

from tests.fixtures.process import Server
from tests.pages.browser.visiting import Visitor, visiting


def asked(visitor: Visitor) -> dict[str, list[str]]:
    """What the address of the page says."""
    return parse_qs(urlsplit(visitor.page.url).query)


def test_results_follow_what_is_typed_and_the_address_says_it(visitor: Visitor) -> None:
    visitor.open("/search")
    page = visitor.page
    everything = page.locator("#count").inner_text()
    page.locator("#q").press_sequentially("parkplatz", delay=20)
    expect(page.locator("#results h3").first).to_contain_text("Parkplatzsuche")
    expect(page.locator("#count")).not_to_have_text(everything)
    expect(page.locator("#announcement")).to_contain_text("Projekt")
    page.wait_for_url("**/search?q=parkplatz")
    # The field that somebody types in is never taken from below the keys.
    assert page.evaluate("document.activeElement.id") == "q"
    page.reload()
    expect(page.locator("#q")).to_have_value("parkplatz")
    visitor.check_quiet()


def test_a_ticked_filter_narrows_and_going_back_takes_it_off(visitor: Visitor) -> None:
    visitor.open("/search?q=digital")
    page = visitor.page
    before = page.locator("#count").inner_text()
    box = page.locator('#filters input[name="topic"]').first
    value = box.get_attribute("value")
    box.check()
    page.wait_for_url(f"**topic={value}**")
    expect(page.locator("#results .chips a")).to_have_count(1)
    # The box has the focus again, and it is another element.
    assert page.evaluate("document.activeElement.value") == value
    page.go_back()
    expect(page.locator("#count")).to_have_text(before)
    expect(page.locator(f'#filters input[name="topic"][value="{value}"]')).not_to_be_checked()
    assert "topic" not in asked(visitor)
    visitor.check_quiet()


def test_what_is_ticked_for_comparison_goes_along_and_stops_at_four(visitor: Visitor) -> None:
    visitor.open("/search")
    page = visitor.page
    boxes = page.locator('#results input[name="project"]')
    for place in range(4):
        boxes.nth(place).check()
    expect(boxes.nth(4)).to_be_disabled()
    assert len(asked(visitor)["project"]) == 4
    boxes.nth(0).uncheck()
    expect(boxes.nth(4)).to_be_enabled()
    page.locator("#q").fill("parkplatz")
    expect(page.locator("#results h3").first).to_contain_text("Parkplatzsuche")
    assert len(asked(visitor)["project"]) == 3
    page.locator("#compare button").click()
    page.wait_for_url("**/compare?**")
    expect(page.locator(".compared thead a[href^='/projects/']")).to_have_count(3)
    visitor.check_quiet()


def test_the_keyboard_alone_finds_and_opens_a_project(visitor: Visitor) -> None:
    visitor.open("/")
    page = visitor.page
    page.locator("#q").focus()
    page.keyboard.type("parkplatz")
    page.locator('[role="option"]').first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=parkplatz")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#results h3') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/**")
    visitor.check_quiet()


def test_without_script_the_same_addresses_say_the_same(chromium: Browser, server: Server) -> None:
    with visiting(chromium, server.url, java_script_enabled=False) as visitor:
        visitor.open("/search?q=digital")
        page = visitor.page
        page.locator('#filters input[name="topic"]').first.check()
        page.locator("#filters button").click()
        assert asked(visitor)["q"] == ["digital"]
        assert len(asked(visitor)["topic"]) == 1
        boxes = page.locator('#results input[name="project"]')
        boxes.nth(0).check()
        page.locator("#compare button").click()
        assert len(asked(visitor)["project"]) == 1
        page.locator("#q").fill("parkplatz")
        page.locator("main form button").click()
        assert len(asked(visitor)["project"]) == 1
        assert page.locator("#compare input").count() or page.locator('#results input[name="project"]:checked').count()


def test_a_page_of_a_project_is_one_or_two_sheets_of_paper(visitor: Visitor) -> None:
    visitor.open("/projects/smarte-hanse/print")
    sheets = visitor.page.pdf(prefer_css_page_size=True)
    assert 1 <= sheets.count(b"/Type /Page\n") <= 2
    visitor.check_quiet()


def test_data_for_programs_are_no_script_to_the_browser(visitor: Visitor) -> None:
    visitor.open("/projects/smarte-hanse")
    assert visitor.page.locator('script[type="application/ld+json"]').count() == 1
    # A block that the policy stops is a complaint on the console.
    visitor.check_quiet()
