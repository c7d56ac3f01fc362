"""The lab bench in a real browser: break one thing with one click, see it happen, take it home as a plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.ui import WebDriverWait

from browser.chromium import chromium, resize
from console.serving import Bench, presystem, serving
from running import OUTER_S, certify, wait_until

if TYPE_CHECKING:
    from selenium import webdriver
    from selenium.webdriver.remote.webelement import WebElement

pytestmark = pytest.mark.browser

MARKUP = "<img src=x onerror=\"document.title='broken in'\"><b>bold</b>"


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """One browser for all tests."""
    with chromium() as driver:
        yield driver


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A console with nobody connected."""
    with serving(tmp_path) as running:
        yield running


class Page:
    """The page as somebody sees it who stands before it."""

    def __init__(self, driver: webdriver.Chrome, link: str, width: int = 1280) -> None:
        self.driver = driver
        resize(driver, width)
        driver.get("about:blank")
        driver.get_log("browser")  # type: ignore[no-untyped-call]  # of a page before, whose console has ended
        driver.get(link)
        self.until(lambda: "live" in self.text("feed"))

    def until(self, holds: object) -> None:
        """Wait for something to be seen."""
        assert callable(holds)
        WebDriverWait(self.driver, OUTER_S / 3).until(lambda _: holds())

    def box(self, id_: str) -> WebElement:
        """A part of the page."""
        return self.driver.find_element(By.ID, id_)

    def text(self, id_: str) -> str:
        """What stands there; read at once, because it may be drawn anew at any time."""
        return str(self.driver.execute_script("return document.getElementById(arguments[0]).innerText", id_))

    def sees(self, id_: str, *words: str) -> None:
        """Wait until all of this stands there."""
        self.until(lambda: all(word in self.text(id_) for word in words))

    def click(self, id_: str, label: str) -> None:
        """Click the button that says so."""
        script = ("return [...document.querySelectorAll(`#${arguments[0]} button`)]"
                  ".find(one => one.textContent === arguments[1])")  # fmt: skip
        self.until(lambda: self.driver.execute_script(script, id_, label))
        self.driver.execute_script("arguments[0].click()", self.driver.execute_script(script, id_, label))

    def complaints(self) -> list[object]:
        """What the browser has written on its console."""
        return list(self.driver.get_log("browser"))  # type: ignore[no-untyped-call]


def test_one_thing_is_broken_and_taken_home(browser: webdriver.Chrome, bench: Bench, tmp_path: Path) -> None:
    """Watch a presystem boot, lose its next confirmation, drop its link, save that, and certify by it."""
    page = Page(browser, bench.link)
    page.sees("waiting", "product", "to connect")
    with presystem(bench) as product:
        page.sees("lines", "BootNotification confirmed", "Accepted")
        page.sees("links", "Presystem1", "exchange", "next push in")
        page.sees("lines", "2 charging requests")

        page.click("quick", "Lose the next confirmation")
        page.sees("armed", "lose", "armed")
        assert product.stdin is not None
        product.stdin.write(json.dumps({"step": "create-request"}).encode() + b"\n")
        product.stdin.flush()
        page.sees("armed", "lose", "fired")
        page.sees("lines", "fault lose FIRED", "✂")

        page.click("links", "Reset it")
        page.sees("lines", "TCP reset", "fault drop SEEN")
        page.sees("links", "link 2", "exchange")
        page.sees("armed", "SEEN")

    before = page.text("armed")
    browser.refresh()
    page.sees("lines", "fault lose FIRED", "fault drop SEEN")
    page.sees("armed", *[word for word in before.split() if word in ("lose", "drop", "SEEN")])

    page.box("save").click()
    page.box("dialog-ok").click()
    page.until(lambda: browser.find_elements(By.ID, "plan"))
    plan = tmp_path / "taken_home.toml"
    plan.write_text(str(browser.find_element(By.ID, "plan").get_property("value")), encoding="utf-8")
    assert 'do = "lose"' in plan.read_text(encoding="utf-8")
    assert 'do = "drop"' in plan.read_text(encoding="utf-8")
    done = certify(tmp_path / "runs", "--plan", str(plan))
    assert done.outcomes == {"taken_home": "passed"}, done.stdout + done.stderr
    assert [one["name"] for one in done.scenario("taken_home")["faults"] if one["seen"]] == ["lose", "drop"]
    assert page.complaints() == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_and_complains_about_nothing(
    width: int, dark: bool, browser: webdriver.Chrome, bench: Bench, tmp_path: Path
) -> None:
    """No sideways scrolling, nothing on the console, nothing from elsewhere; a screenshot for whoever looks."""
    with presystem(bench):
        page = Page(browser, bench.link, width)
        page.sees("links", "exchange")
        resize(browser, width, dark=dark)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        loaded = browser.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
        assert [one for one in loaded if not one.startswith(bench.address)] == []
        assert page.complaints() == []
        assert browser.save_screenshot(str(tmp_path / f"bench-{width}.png"))


def test_selection_is_run_and_its_results_are_read(browser: webdriver.Chrome, bench: Bench, tmp_path: Path) -> None:
    """From the page, against who is connected: outcomes, findings, and the report as a file."""
    saved = tmp_path / "saved"
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(saved)})
    with presystem(bench, "--offend", "correlation.echoes-message-id"):
        page = Page(browser, bench.link)
        page.sees("links", "Presystem1", "exchange")
        assert not page.box("runs-box").is_displayed()
        page.box("certify").click()
        field = browser.find_element(By.CSS_SELECTOR, "#dialog input")
        field.send_keys("boot_acepted", Keys.ENTER)
        page.sees("dialog-problem", "did you mean 'boot_accepted'?")
        field.clear()
        field.send_keys("boot_accepted, information_confirmed", Keys.ENTER)
        page.sees("runs", "boot_accepted information_confirmed", "2 of 2", "✗ failed")
        page.click("runs", "Results …")
        page.sees("dialog-body", "✗ failed boot_accepted", "✗ failed information_confirmed",
                  "correlation.echoes-message-id", "observed")  # fmt: skip
        page.click("dialog-body", "Download report.html")
        [run] = bench.get("/runs")
        file = saved / f"{run['id']}.html"
        report = (bench.folder / "runs" / run["id"] / "report.html").read_bytes()
        page.until(lambda: file.is_file() and file.read_bytes() == report)
        assert [one for one in page.complaints() if "400" not in str(one)] == []


def test_run_is_stopped_from_the_page(browser: webdriver.Chrome, bench: Bench) -> None:
    """What was played is kept, and whoever comes later sees it."""
    with presystem(bench):
        page = Page(browser, bench.link)
        page.sees("links", "exchange")
        page.box("certify").click()
        page.box("dialog-ok").click()
        page.sees("runs", "everything", "goes on", "plays ")
        page.click("runs", "Stop")
        page.sees("runs", "stopped")
        browser.refresh()
        page.sees("runs", "everything", "stopped")


def test_message_is_held_edited_and_let_go(browser: webdriver.Chrome, bench: Bench) -> None:
    """The box that says so is the person's own, and the text that leaves is the one that was written."""
    with presystem(bench):
        page = Page(browser, bench.link)
        page.sees("links", "exchange")
        page.box("hold").click()
        page.sees("waiting", "you", "to let go of ProvideChargingInformation")
        page.click("armed", "Edit …")
        area = browser.find_element(By.CSS_SELECTOR, "#dialog textarea")
        said = json.loads(str(area.get_property("value")))
        other = json.dumps([*said[:6], {"depotInfoList": []}])
        browser.execute_script("arguments[0].value = arguments[1]", area, other)
        page.box("dialog-ok").click()
        page.sees("lines", "hold let go with another text")
        sent = [line for line in bench.get("/messages?most=1000")["lines"]
                if line.get("fault") == "hold" and line["sign"] == "→"]  # fmt: skip
        assert json.loads(bench.get(f"/messages/{sent[0]['index']}")["raw"])[6] == {"depotInfoList": []}


def test_fault_is_armed_with_its_parameters_by_keyboard_alone(browser: webdriver.Chrome, bench: Bench) -> None:
    """Buttons and forms come from the vocabulary; everything can be reached without a mouse."""
    page = Page(browser, bench.link)
    page.until(lambda: "clock" in page.text("verbs"))
    verbs = browser.find_elements(By.CSS_SELECTOR, "#verbs button")
    assert [one.text for one in verbs] == [one["do"] for one in bench.get("/vocabulary")]
    next(one for one in verbs if one.text == "delay").send_keys(Keys.ENTER)
    form = browser.find_element(By.CSS_SELECTOR, "#dialog .fields")
    Select(form.find_element(By.TAG_NAME, "select")).select_by_value("confirmation")
    page.box("dialog-ok").send_keys(Keys.ENTER)
    by = next(one for one in form.find_elements(By.TAG_NAME, "label") if one.text.startswith("by"))
    by.find_element(By.TAG_NAME, "input").send_keys("7 s", Keys.ENTER)
    page.sees("armed", "delay", "by 7 s")
    page.box("lines").send_keys(Keys.ARROW_UP)
    page.until(lambda: browser.find_elements(By.CSS_SELECTOR, "#lines [aria-selected=true]"))


def test_markup_in_a_message_is_shown_as_text(browser: webdriver.Chrome, bench: Bench) -> None:
    """Wherever it stands: in the conversation, in the selected frame, raw and pretty."""
    page = Page(browser, bench.link)
    assert bench.ctl("mark", MARKUP).returncode == 0
    with presystem(bench):
        page.sees("links", "exchange")
        bench.ctl("say", str(bench.get("/links")[0]["id"]), MARKUP)
        page.sees("lines", MARKUP)
        for sign in ("✎", "→"):
            line = next(one for one in bench.get("/messages?text=onerror")["lines"] if one["sign"] == sign)
            browser.execute_script("document.getElementById(arguments[0]).click()", f"e{line['index']}")
            page.sees("frame", "onerror")
    assert browser.find_elements(By.CSS_SELECTOR, "main img, #lines b, #frame b") == []
    assert browser.title.endswith("mockpilot")
    assert page.complaints() == []


def test_findings_stand_where_they_belong(browser: webdriver.Chrome, bench: Bench) -> None:
    """Beside the frame, in words and with a mark."""
    with presystem(bench, "--offend", "correlation.echoes-message-id"):
        page = Page(browser, bench.link)
        page.until(lambda: bench.get("/findings")["findings"])
        page.sees("findings", "MUST")
        page.sees("verdict", "MUST ✗")
        page.until(lambda: browser.find_elements(By.CSS_SELECTOR, "#lines .tag.must"))


def test_whoever_may_only_look_sees_no_buttons(browser: webdriver.Chrome, bench: Bench) -> None:
    """The link for colleagues."""
    page = Page(browser, bench.read_only_link)
    page.sees("title", "you may look")
    page.sees("waiting", "to connect")
    acting = browser.find_elements(By.CSS_SELECTOR, "#faults, #note, header .buttons")
    assert [one.is_displayed() for one in acting] == [False, False, False]


def test_wrong_key_is_asked_for_anew(browser: webdriver.Chrome, bench: Bench) -> None:
    """And the right one opens."""
    resize(browser, 1280)
    browser.get(f"{bench.address}/?key=wrong")
    field = WebDriverWait(browser, 20).until(lambda driver: driver.find_element(By.CSS_SELECTOR, "#dialog input"))
    field.send_keys(bench.key, Keys.ENTER)
    wait_until(lambda: "live" in browser.find_element(By.ID, "feed").text)
