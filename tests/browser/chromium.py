"""Headless Chromium for tests: Debian's, driven by Selenium; where it is missing, its tests are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from stacks import need

OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")


def program(name: str) -> str:
    """Where a program is; without it the test is skipped, or failed where everything must be tested."""
    found = shutil.which(name)
    need(name, found is not None, "Debian has it in chromium and chromium-driver")
    return str(found)


@contextmanager
def chromium() -> Iterator[webdriver.Chrome]:
    """A browser, until it is no longer needed."""
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium")
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, Service(program("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def resize(driver: webdriver.Chrome, width: int, height: int = 1000, *, dark: bool = False) -> None:
    """Give the page another width, narrower than a window can be, and a colour scheme."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
