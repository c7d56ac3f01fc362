"""The report of a real failed run in a real browser: it fits, folds, filters, leads somewhere, and can be read."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from browser.chromium import chromium, resize
from running import EXEMPLARY, Certified, certify

if TYPE_CHECKING:
    from selenium import webdriver
    from selenium.webdriver.remote.webelement import WebElement

pytestmark = pytest.mark.browser

FAILED, PASSED = "confirmation_missing", "boot_accepted"
WIDTHS = [1280, 390]
UNREADABLE = """
const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
  .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
  .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
const behind = (box) => {
  for (; box; box = box.parentElement) {
    const colour = channels(getComputedStyle(box).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return channels(getComputedStyle(document.body).backgroundColor);
};
const found = new Map();
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const box = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || !box.checkVisibility() || box.closest("script, .skip-link")) continue;
  const style = getComputedStyle(box);
  const ink = light(channels(box.closest("svg") ? style.fill : style.color));
  const paper = light(behind(box.closest("svg") ? box.closest("svg").parentElement : box));
  const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  if (ratio < 4.5) found.set(texts.currentNode.data.trim().slice(0, 40), ratio.toFixed(2));
}
return [...found];
"""
"""Texts whose contrast is below what WCAG 2 level AA asks of small print."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """A run of a presystem that drops unconfirmed lists."""
    done = certify(
        tmp_path_factory.mktemp("failed"), PASSED, FAILED, "link_goes_silent", "information_repeated", "--jobs", "4",
        command=[*EXEMPLARY, "--offend", "requests.unconfirmed-list-comes-again"],
    )  # fmt: skip
    assert done.outcomes[FAILED] == "failed", done.stdout
    return done


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """One browser for all tests."""
    with chromium() as driver:
        yield driver


@pytest.fixture
def page(browser: webdriver.Chrome, run: Certified) -> webdriver.Chrome:
    """The page, freshly opened as from a folder of attachments, in a wide window."""
    resize(browser, 1280)
    browser.get("about:blank")
    browser.get((run.folder / "report.html").resolve().as_uri())
    return browser


def wire_log(page: webdriver.Chrome, name: str) -> WebElement:
    """A scenario's wire log, unfolded."""
    log = page.find_element(By.CSS_SELECTOR, f"#{name} details.log")
    page.execute_script("arguments[0].scrollIntoView()", log)
    log.find_element(By.TAG_NAME, "summary").click()
    return log


def shown(log: WebElement) -> list[str]:
    """Numbers of the rows that are shown."""
    rows = log.find_elements(By.CSS_SELECTOR, "tbody tr")
    return [row.find_element(By.TAG_NAME, "td").text for row in rows if row.is_displayed()]


def frames(run: Certified) -> list[Any]:
    """What the product and the CMS said in the failed scenario."""
    return [event for event in run.trace(FAILED) if event["event"].startswith("message_")]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_and_complains_about_nothing(width: int, page: webdriver.Chrome, tmp_path: Path) -> None:
    """No sideways scrolling, no message on the console, no request for anything; a screenshot for whoever looks."""
    resize(page, width)
    page.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.execute_script("return document.documentElement.scrollWidth") <= width
    assert page.get_log("browser") == []  # type: ignore[no-untyped-call]
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert page.save_screenshot(str(tmp_path / f"report-{width}.png"))


def test_no_line_ends_within_an_id(page: webdriver.Chrome) -> None:
    """However narrow the page is and whatever is unfolded."""
    page.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    for width in range(320, 400, 10):
        resize(page, width)
        heights = page.execute_script(
            "return [...document.querySelectorAll('.id')].filter((one) => one.checkVisibility()).map((one) =>"
            " one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).fontSize))"
        )
        assert len(heights) > 5
        assert max(heights) < 2


@pytest.mark.parametrize("width", WIDTHS)
def test_the_outcome_and_its_reason_are_seen_without_scrolling(width: int, page: webdriver.Chrome) -> None:
    """On a small screen, too; and no table of a folded page is wider than that."""
    resize(page, width, 640)
    reason = page.find_element(By.CSS_SELECTOR, ".verdict .reason")
    assert reason.text.startswith("L-03 MUST, in 1 scenario: ")
    assert page.execute_script("return arguments[0].getBoundingClientRect().bottom < innerHeight", reason)
    assert page.execute_script(
        "return [...document.querySelectorAll('.wide')]"
        ".filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth).map((one) => one.ariaLabel)"
    ) == []


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_read(dark: bool, page: webdriver.Chrome) -> None:
    """In light and dark its contrast is that of WCAG level AA."""
    resize(page, 1280, dark=dark)
    page.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.execute_script(UNREADABLE) == []


def test_what_failed_is_open_and_the_rest_is_folded(page: webdriver.Chrome) -> None:
    """Each can be unfolded, one by one or all at once; a click and a key do the same."""
    passed = page.find_element(By.ID, PASSED)
    assert page.find_element(By.ID, FAILED).get_property("open")
    assert not passed.get_property("open")
    passed.find_element(By.TAG_NAME, "summary").click()
    assert passed.find_element(By.CSS_SELECTOR, ".steps").is_displayed()
    passed.find_element(By.TAG_NAME, "summary").send_keys(" ")
    assert not passed.find_element(By.CSS_SELECTOR, ".steps").is_displayed()
    page.find_element(By.XPATH, "//button[.='Unfold all']").click()
    folded = page.find_elements(By.CSS_SELECTOR, "main section details:not([open])")
    assert {one.get_attribute("class") for one in folded} == {"log"}
    page.find_element(By.XPATH, "//button[.='Fold all']").click()
    assert page.find_elements(By.CSS_SELECTOR, "main section details[open]") == []


def test_the_wire_log_is_filtered(page: webdriver.Chrome, run: Certified) -> None:
    """To requests, to what is around a finding, to one id; and back."""
    log = wire_log(page, FAILED)
    everything = shown(log)
    assert everything == [str(event["index"]) for event in run.trace(FAILED)]
    which = Select(log.find_element(By.TAG_NAME, "select"))
    which.select_by_visible_text("requests")
    requests = [str(one["index"]) for one in frames(run) if json.loads(one["text"])[0] == 1]
    assert shown(log) == requests
    assert log.find_element(By.TAG_NAME, "output").text == f"{len(requests)} of {len(everything)} shown"
    which.select_by_visible_text("around a finding")
    named = {at + near for one in run.scenario(FAILED)["findings"] for at in one["events"] for near in range(-3, 4)}
    assert shown(log) == [number for number in everything if int(number) in named]
    which.select_by_visible_text("all events")
    list_id = next(json.loads(one["text"])[4] for one in frames(run) if '"ProvideChargingRequests"' in one["text"])
    log.find_element(By.CSS_SELECTOR, "input[type=search]").send_keys(list_id)
    assert shown(log) == [str(one["index"]) for one in run.trace(FAILED) if list_id in json.dumps(one)]


def test_every_link_leads_somewhere(page: webdriver.Chrome) -> None:
    """Within the page, and nowhere else."""
    lost = page.execute_script(
        "return [...document.querySelectorAll('a')].map((one) => one.getAttribute('href'))"
        ".filter((one) => !one.startsWith('#') || !document.getElementById(one.slice(1)))"
    )
    assert lost == []


@pytest.mark.parametrize("where", [".finding table.wire a", ".faults a", ".seq a"])
def test_a_link_into_the_wire_log_unfolds_it(where: str, page: webdriver.Chrome) -> None:
    """Its row is then in view, whatever the filter hid."""
    link = page.find_element(By.CSS_SELECTOR, f"#{FAILED} {where}")
    target = str(link.get_dom_attribute("href")).partition("#")[2]
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    (link.find_elements(By.TAG_NAME, "text") or [link])[0].click()
    row = page.find_element(By.ID, target)
    assert row.is_displayed()
    assert page.execute_script("return arguments[0].getBoundingClientRect().top < innerHeight", row)


def test_repairs_lead_to_their_evidence(page: webdriver.Chrome) -> None:
    """From the first list on the page to the scenario that shows it."""
    page.find_element(By.CSS_SELECTOR, "ol.repairs a").click()
    section = page.find_element(By.ID, FAILED)
    top = page.execute_script("return arguments[0].getBoundingClientRect().top", section)
    assert 0 <= top < 200


def test_the_page_reads_without_its_script(browser: webdriver.Chrome, run: Certified) -> None:
    """A mail program that runs none shows and folds it all the same."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get("about:blank")
        browser.get((run.folder / "report.html").resolve().as_uri())
        assert browser.find_elements(By.TAG_NAME, "button") == []
        assert "What to repair first" in browser.find_element(By.TAG_NAME, "main").text
        browser.find_element(By.CSS_SELECTOR, f"#{PASSED} summary").click()
        assert browser.find_element(By.CSS_SELECTOR, f"#{PASSED} .steps").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_keyboard_reaches_everything(page: webdriver.Chrome) -> None:
    """Whatever can be clicked or scrolled can have the focus, and shows it."""
    unreachable = page.execute_script(
        "return [...document.querySelectorAll('a, button, summary, .wide, select, input')]"
        ".filter((one) => one.checkVisibility() && one.tabIndex < 0).map((one) => one.outerHTML.slice(0, 80))"
    )
    assert unreachable == []


def test_the_page_prints(page: webdriver.Chrome, tmp_path: Path) -> None:
    """On a few sheets, with what is folded for the screen, without what nobody reads on paper."""
    printed = base64.b64decode(page.print_page())
    (tmp_path / "report.pdf").write_bytes(printed)
    assert printed.startswith(b"%PDF")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 25
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        coverage = page.find_element(By.CSS_SELECTOR, "table.coverage")
        assert page.execute_script("return arguments[0].getBoundingClientRect().height", coverage) > 100
        assert not page.find_element(By.TAG_NAME, "nav").is_displayed()
        assert not page.find_element(By.CSS_SELECTOR, f"#{FAILED} details.log").is_displayed()
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
