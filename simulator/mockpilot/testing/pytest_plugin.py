"""The pytest plugin: a fixture with a CMS of its own for each test, which fails the test when the product was wrong.

Loaded in every pytest run of everybody who has mockpilot, so it imports nothing heavy; that waits for the fixture.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

if TYPE_CHECKING:
    from mockpilot.testing.authority import Authority
    from mockpilot.testing.bench import Bench
    from mockpilot.testing.blocking import Cms

T = TypeVar("T")
_BENCH = pytest.StashKey["Bench"]()
_TOLD = "mockpilot"
"""Name of the properties of a report that say what did not hold."""
_OF_SESSION = pytest.StashKey[list[tuple[str, object]]]()
"""Such properties of the session's own CMSs, which end with its last test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the options."""
    group = parser.getgroup("mockpilot", "a mock ChargePilot server (fixture mockpilot)")
    group.addoption("--mockpilot-seed", type=int, metavar="N", help="seed of all that is left to chance")
    group.addoption("--mockpilot-dialect", metavar="NAME", help="chargepilot, vdv-1.0, vdv-1.1 or vdv-2.0-rc1")
    group.addoption("--mockpilot-report", type=Path, metavar="DIR",
                    help="leave the result of each test there; 'mockpilot report DIR' makes one page of them")
    group.addoption("--mockpilot-strict", action="store_true", help="findings of level should fail a test, too")
    group.addoption("--mockpilot-keep", choices=["failed", "all", "none"], default="failed", nargs="?", const="all",
                    help="of which tests trace and page are kept (default: failed)")  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "mockpilot(dialect=, push_interval=, time=, seed=, scenario=, judge=): settings of the CMS of a test; time is "
        "'real', 'scaled:N' or 'manual'",
    )


# -- fixtures to override ----------------------------------------------------------------------------------------------


@pytest.fixture
def mockpilot_profile() -> Any:
    """The product's profile, or its file; override it."""
    return None


@pytest.fixture
def mockpilot_depot() -> Any:
    """The name of a bundled depot, or a file; override it."""
    return None


@pytest.fixture
def mockpilot_scenario() -> str | None:
    """A catalogue scenario that plays from the first moment on; parametrize it."""
    return None


# -- fixtures to use ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def mockpilot_authority() -> Iterator[Authority]:
    """The CA of this session."""
    from mockpilot.testing.authority import Authority

    with Authority() as authority:
        yield authority


@pytest.fixture
def mockpilot_factory(
    request: pytest.FixtureRequest, mockpilot_authority: Authority, mockpilot_profile: Any, mockpilot_depot: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Cms]]:  # fmt: skip
    """Makes any number of CMSs for a test, each with a port, credentials and a history of its own."""
    bench = _bench(request, mockpilot_authority, mockpilot_profile, mockpilot_depot, tmp_path_factory)
    request.node.stash[_BENCH] = bench
    try:
        yield _maker(bench)
    finally:
        complaint = bench.end()
        request.node.user_properties += _told(bench)
        del request.node.stash[_BENCH]  # items live as long as the session, histories need not
    if complaint and not bench.failed:
        raise _told_plainly(complaint)


@pytest.fixture(scope="session")
def mockpilot_session_factory(
    request: pytest.FixtureRequest, mockpilot_authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Cms]]:
    """Makes CMSs that live until the session ends, and are judged then or, with ``judge=False``, by hand."""
    bench = _bench(request, mockpilot_authority, None, None, tmp_path_factory)
    try:
        yield _maker(bench)
    finally:
        complaint = bench.end()
        request.session.stash[_OF_SESSION] = _told(bench)
    # After -x no test is left to be failed, and pytest would hide the one that was.
    if complaint and not (request.session.shouldfail or request.session.shouldstop):
        raise _told_plainly(complaint)


@pytest.fixture
def mockpilot(
    request: pytest.FixtureRequest, mockpilot_factory: Callable[..., Cms], mockpilot_scenario: str | None
) -> Cms:
    """A CMS that misbehaves on request; whatever the product does wrong fails the test at its end."""
    return mockpilot_factory(scenario=mockpilot_scenario or _marked(request.node).get("scenario"))


def _maker(bench: Bench) -> Callable[..., Cms]:
    return lambda **wishes: _plainly(lambda: bench.make(**wishes))


def _bench(
    request: pytest.FixtureRequest, authority: Authority, profile: Any, depot: Any, folders: pytest.TempPathFactory
) -> Bench:
    from mockpilot.testing.bench import Bench
    from mockpilot.testing.wishes import Wishes

    option, report = request.config.getoption, request.config.getoption("--mockpilot-report")
    started_in = request.config.invocation_params.dir  # tests may go elsewhere
    asked = {"dialect": option("--mockpilot-dialect"), "seed": option("--mockpilot-seed")}
    wishes = _plainly(lambda: Wishes().changed(asked | _marked(request.node) | {"scenario": None}))
    return Bench(
        test=request.node.nodeid or _session_name(request.config), wishes=wishes, profile=profile, depot=depot,
        authority=authority, strict=option("--mockpilot-strict"), keep=option("--mockpilot-keep"),
        everything=report is not None,
        folder=lambda: started_in / report if report is not None else folders.getbasetemp() / "mockpilot",
    )  # fmt: skip


def _session_name(config: pytest.Config) -> str:
    """Each worker of pytest-xdist has a session of its own, and all of them write beside each other."""
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    return f"session {worker}".rstrip()


def _marked(node: pytest.Item) -> dict[str, Any]:
    wished: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("mockpilot"))):
        if mark.args:
            pytest.fail(f"@pytest.mark.mockpilot takes names such as time=\"manual\", found {mark.args[0]!r}",
                        pytrace=False)  # fmt: skip
        wished |= mark.kwargs
    return wished


def _plainly(work: Callable[[], T]) -> T:
    """A mistake of the user is one sentence, without a traceback through mockpilot."""
    from mockpilot.errors import MockpilotError

    try:
        return work()
    except MockpilotError as error:
        problem = str(error)
    pytest.fail(problem, pytrace=False)


def _told_plainly(complaint: str) -> BaseException:
    """A ``ConformanceFailure`` that pytest shows without a traceback: it is nobody's line of code that failed."""
    from mockpilot.testing.failures import ConformanceFailure

    told = type("ConformanceFailure", (pytest.fail.Exception, ConformanceFailure), {"__module__": "mockpilot.testing"})
    return cast("BaseException", told(complaint, pytrace=False))


# -- what a test leaves behind -----------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Skip a test whose scenario does not suit its product."""
    if _BENCH not in item.stash:
        return (yield)
    from mockpilot.testing.failures import NotSelected

    try:
        return (yield)
    except NotSelected as reason:
        pytest.skip(str(reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put what the CMS has to say beside a failure of the test itself."""
    bench = item.stash.get(_BENCH, None)
    if bench is not None and call.excinfo is not None and call.when != "teardown":
        bench.failed = True
        if not call.excinfo.errisinstance(pytest.skip.Exception):
            item.add_report_section(str(call.when), _TOLD, _section(bench, call.excinfo.value))
    if call.when == "teardown":
        of_session: list[tuple[str, object]] = item.session.stash.get(_OF_SESSION, [])
        item.user_properties += of_session
    return (yield)


def _section(bench: Bench, error: BaseException) -> str:
    try:
        return bench.section(error)
    except Exception:  # a bug of ours here would end the whole session
        return f"mockpilot broke while it told of this test:\n{traceback.format_exc()}"


def _told(bench: Bench) -> list[tuple[str, object]]:
    note, warnings = bench.time_words(), bench.warnings()
    if note and not warnings:
        return [(_TOLD, f"in {note}")]
    return [(_TOLD, f"{line}{f' · {note}' if note else ''}") for line in warnings]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what did not hold and failed nothing, and which tests ran in another time than the product's."""
    lines = [
        f"{report.nodeid}: {told}"
        for reports in terminalreporter.stats.values() for report in reports
        if getattr(report, "when", "") == "teardown"
        for name, told in report.user_properties if name == _TOLD
    ]  # fmt: skip
    if lines:
        terminalreporter.section("mockpilot")
        for line in lines:
            terminalreporter.line(line)
