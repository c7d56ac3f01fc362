"""The depot app under test, in three ways; ``--bug NAME`` plants a bug in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from example_project.depot_app.conversation import BUGS
from example_project.depot_app.on_asyncio import AsyncApp
from example_project.depot_app.threaded import ThreadedApp
from mockpilot.testing import Cms

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to plant a bug."""
    parser.addoption("--bug", default="", choices=["", *BUGS])


@pytest.fixture(scope="session")
def bug(request: pytest.FixtureRequest) -> str:
    """The planted bug; empty if there is none."""
    return str(request.config.getoption("--bug"))


@pytest.fixture
def mockpilot_profile() -> Path:
    """What mockpilot has to know of our product."""
    return HERE / "profile.toml"


@pytest.fixture
def product(mockpilot: Cms, bug: str) -> Iterator[ThreadedApp]:
    """Our product, pointed at this test's own fake CMS."""
    app = ThreadedApp(mockpilot.url, str(mockpilot.ca_file), mockpilot.user, mockpilot.password, bug)
    yield app
    app.stop()


@pytest.fixture
def asyncio_app(mockpilot: Cms, bug: str) -> Callable[[], AsyncApp]:
    """Starts our product in the running loop."""
    return lambda: AsyncApp(mockpilot.url, mockpilot.ssl_context(), mockpilot.user, mockpilot.password, bug)


@pytest.fixture
def process(mockpilot: Cms, bug: str) -> Iterator[subprocess.Popen[str]]:
    """Our product as a process of its own."""
    told = mockpilot.environment | {"PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-m", "example_project.depot_app", *([bug] if bug else [])]
    with subprocess.Popen(words, env=told, stdin=subprocess.PIPE, encoding="ascii") as running:
        yield running
