"""The pytest plugin as other projects meet it: in pytest runs of its own, other async plugins off unless meant."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from running import environment
from running import mockpilot as command
from test_architecture import HEAVY

pytest_plugins = ["pytester"]

TESTS = Path(__file__).parent
QUIET = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:trio", "-p", "no:anyio", "-p", "no:hypothesispytest",
         "-W", "error")  # fmt: skip
PRODUCT = dedent("""
    import pytest
    from example_project.depot_app.threaded import ThreadedApp
    from mockpilot import faults

    BUG = ""

    @pytest.fixture
    def product(mockpilot):
        app = ThreadedApp(mockpilot.url, str(mockpilot.ca_file), mockpilot.user, mockpilot.password, BUG)
        yield app
        app.stop()
""")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project without a conftest whose tests can import the depot app."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.delenv("CI", raising=False)  # pytest says more there
    return pytester


def run(project: pytest.Pytester, source: str, *options: str) -> pytest.RunResult:
    """Run one file of tests behind a product fixture."""
    project.makepyfile(PRODUCT + dedent(source))
    return project.runpytest_subprocess(*QUIET, *options, timeout=120)


def test_fixture_is_there_without_any_conftest(project: pytest.Pytester) -> None:
    """A conforming product is no failure, and nothing is written about it."""
    done = run(project, """
    def test_boots(mockpilot, product):
        mockpilot.wait_exchange()

    def test_again(mockpilot, product):
        mockpilot.wait_exchange()
        assert len(mockpilot.history.received("BootNotification")) == 1
    """)
    done.assert_outcomes(passed=2)
    assert "mockpilot" not in done.stdout.str().partition("collected")[2]


def test_violation_fails_at_teardown(project: pytest.Pytester) -> None:
    """With findings, the end of the history and what was kept, without a traceback."""
    done = run(project, """
    BUG = "answers-with-new-ids"

    def test_boots(mockpilot, product):
        mockpilot.wait_exchange()
    """)
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines([
        "*ERROR at teardown of test_boots*", "*1 finding of level must*", "✗ I-02 *", "*correlation.echoes-message-id*",
        "*the last 20 lines of the history:*", "*← ProvideChargingInformation confirmed*", "kept  *",
    ])
    done.stdout.no_fnmatch_line("*pytest_plugin.py*")
    kept = Path(next(line for line in done.outlines if line.startswith("kept  ")).removeprefix("kept  "))
    assert json.loads((kept / "result.json").read_text())["outcome"] == "failed"
    assert (kept / "report.html").is_file()
    assert (kept / "traces" / "test_boots.jsonl").is_file()


def test_failed_body_is_told_more_and_hidden_by_nothing(project: pytest.Pytester) -> None:
    """What the product did wrong stands in a section beside it; the teardown adds no error."""
    done = run(project, """
    BUG = "answers-with-new-ids"

    def test_boots(mockpilot, product):
        mockpilot.wait_exchange()
        assert 1 == 2, "the test's own"
    """)
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*AssertionError: the test's own*", "*Captured mockpilot call*", "✗ I-02 *"])


def test_failed_setup_is_told_more_too(project: pytest.Pytester) -> None:
    """A product fixture may wait."""
    done = run(project, """
    @pytest.fixture
    def ready(mockpilot):
        mockpilot.wait_exchange(within=0.01)

    def test_boots(ready):
        pass
    """)
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*WaitFailure*", "*nobody has connected*", "*Captured mockpilot setup*"])


def test_unfired_fault_fails_unless_it_is_optional(project: pytest.Pytester) -> None:
    """By its name."""
    done = run(project, """
    def test_for_nothing(mockpilot):
        mockpilot.arm(faults.lose("error", name="nothing"))

    def test_perhaps(mockpilot):
        mockpilot.arm(faults.lose("error", optional=True))
    """)
    done.assert_outcomes(passed=2, errors=1)
    done.stdout.fnmatch_lines(["*a fault was armed and never fired: lose error “nothing”*"])


def test_marker_wins_over_options_and_profile(project: pytest.Pytester) -> None:
    """The nearest marker first; fixtures of the project say the rest."""
    done = run(project, """
    from mockpilot.profile import PresystemSettings, Profile

    pytestmark = pytest.mark.mockpilot(push_interval="2 s", seed=1)

    @pytest.fixture
    def mockpilot_profile():
        return Profile(presystem=PresystemSettings(id="acme", dialect="vdv-1.1"))

    @pytest.fixture
    def mockpilot_depot():
        return "edge_cases"

    @pytest.mark.mockpilot(seed=2, dialect="vdv-2.0-rc1")
    def test_marked(mockpilot):
        assert (mockpilot.dialect, mockpilot.seed, mockpilot.presystem_id) == ("vdv-2.0-rc1", 2, "acme")
        assert mockpilot.environment["MOCKPILOT_PUSH_INTERVAL_S"] == "2"
        assert len(mockpilot.depot.points) != 4

    def test_optioned(mockpilot):
        assert (mockpilot.dialect, mockpilot.seed) == ("vdv-1.0", 1)
    """, "--mockpilot-dialect=vdv-1.0", "--mockpilot-seed=7")
    done.assert_outcomes(passed=2)


@pytest.mark.parametrize(("marker", "sentence"), [
    ('tyme="manual"', "mockpilot: one of * is expected, found 'tyme' — did you mean 'time'?"),
    ('"manual"', "@pytest.mark.mockpilot takes names such as time=*, found 'manual'"),
    ('scenario="boot_acepted"', "scenario: the name of one is expected, found 'boot_acepted'*"),
    ('dialect="klingon"', "dialect: one of chargepilot, * is expected, found 'klingon'"),
])  # fmt: skip
def test_mistake_of_the_user_is_one_sentence(project: pytest.Pytester, marker: str, sentence: str) -> None:
    """No traceback through mockpilot."""
    done = run(project, f"""
    @pytest.mark.mockpilot({marker})
    def test_marked(mockpilot):
        pass
    """)
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines([sentence])
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*pytest_plugin.py*")


SHOULD = """
    from mockpilot.limits import Limits
    from mockpilot.profile import Profile

    @pytest.fixture
    def mockpilot_profile():
        return Profile(limits=Limits(boot_within=1e-6))

    def test_late(mockpilot, product):
        mockpilot.wait_exchange()

    @pytest.mark.mockpilot(judge=False)
    def test_unjudged(mockpilot, product):
        mockpilot.wait_exchange()
"""


def test_should_that_did_not_hold_is_told_at_the_end(project: pytest.Pytester) -> None:
    """Nothing stays silent, though nothing fails."""
    done = run(project, SHOULD)
    done.assert_outcomes(passed=2)
    done.stdout.fnmatch_lines(["*= mockpilot =*", "*::test_late: B-02 SHOULD *(boot.comes-promptly)"])
    done.stdout.no_fnmatch_line("*::test_unjudged: *")


def test_strict_makes_a_failure_of_it(project: pytest.Pytester) -> None:
    """Where the test is judged at all."""
    done = run(project, SHOULD, "--mockpilot-strict")
    done.assert_outcomes(passed=2, errors=1)
    done.stdout.fnmatch_lines(["*1 finding of level should*", "! B-02 *"])


def test_time_that_is_not_the_products_is_told(project: pytest.Pytester) -> None:
    """Wherever a result stands; what came late is a remark then."""
    done = run(project, """
    BUG = "answers-with-new-ids"

    @pytest.mark.mockpilot(time="manual")
    def test_manual(mockpilot, product):
        mockpilot.wait_exchange()
    """)
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(["*chargepilot · seed * · manual time*", "*::test_manual: in manual time"])


def test_scenario_that_does_not_suit_is_skipped(project: pytest.Pytester) -> None:
    """With the reason; one that suits is played."""
    done = run(project, """
    from mockpilot.profile import PresystemSettings, Profile

    @pytest.fixture
    def mockpilot_profile():
        return Profile(presystem=PresystemSettings(sends_requests=False))

    @pytest.mark.parametrize("mockpilot_scenario", ["confirmation_missing", "boot_accepted"])
    def test_catalogue(mockpilot, product, mockpilot_scenario):
        mockpilot.run()
    """, "-rs")
    done.assert_outcomes(passed=1, skipped=1)
    done.stdout.fnmatch_lines(["*confirmation_missing is not selected: receive-only*"])


def test_scenario_that_was_never_run_fails(project: pytest.Pytester) -> None:
    """No green without evidence."""
    done = run(project, """
    @pytest.mark.mockpilot(scenario="boot_accepted")
    def test_forgotten(mockpilot):
        pass
    """)
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(["*inconclusive, *"])


def test_factory_makes_several(project: pytest.Pytester) -> None:
    """Each with its own history; all are judged."""
    done = run(project, """
    BUG = "answers-with-new-ids"

    def test_two(mockpilot_factory):
        one, other = mockpilot_factory(), mockpilot_factory(dialect="vdv-1.1")
        assert (one.dialect, other.dialect) == ("chargepilot", "vdv-1.1")
        app = ThreadedApp(one.url, str(one.ca_file), one.user, one.password, BUG)
        one.wait_exchange()
        app.stop()
        assert other.history.received() == []
    """)
    done.assert_outcomes(passed=1, errors=1)
    assert done.stdout.str().count("the last 20 lines of the history") == 1


SHARED = """
@pytest.fixture(scope="session")
def shared(mockpilot_session_factory):
    cms = mockpilot_session_factory(JUDGED)
    app = ThreadedApp(cms.url, str(cms.ca_file), cms.user, cms.password, "answers-with-new-ids")
    yield cms
    app.stop()

def test_one(shared):
    shared.wait_exchange()
    assert len(shared.history.received("BootNotification")) == 1

def test_other(shared):
    FIRST
    shared.mark("the same link")
    shared.wait_exchange()
    assert len(shared.history.received("BootNotification")) == 1
"""


def shared(judged: str = "", first: str = "") -> str:
    """Two tests with one CMS and a product that is wrong."""
    return SHARED.replace("JUDGED", judged).replace("FIRST", first)


def test_session_s_cms_is_judged_as_the_session_ends(project: pytest.Pytester) -> None:
    """Once, at the last test; what it did is kept."""
    done = run(project, shared("time='scaled:2'"))
    done.assert_outcomes(passed=2, errors=1)
    done.stdout.fnmatch_lines([
        "*ERROR at teardown of test_other*", "*correlation.echoes-message-id*", "kept  *session-*",
        "*test_other: in time scaled by 2",
    ])
    done.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_session_s_cms_is_judged_by_hand(project: pytest.Pytester) -> None:
    """In the test that asks for it, and then nowhere else."""
    done = run(project, shared("judge=False", "shared.judge()"))
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*correlation.echoes-message-id*", "FAILED *::test_other *"])


def test_session_s_cms_hides_no_failure_that_ended_it(project: pytest.Pytester) -> None:
    """With -x no test is left that could fail for it."""
    done = run(project, shared(first="assert 1 == 2") + "\n\ndef test_last():\n    pass\n", "-x")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*assert 1 == 2*", "FAILED *::test_other *"])
    assert "ConformanceFailure" not in done.stdout.str() + done.stderr.str()


@pytest.mark.parametrize("wish", ["dialekt='vdv-1.1'", "depot='nowhere'"])
def test_session_s_cms_tells_mistakes_plainly(project: pytest.Pytester, wish: str) -> None:
    """Without a traceback through mockpilot."""
    done = run(project, shared(wish))
    done.assert_outcomes(errors=2)
    done.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_profile_with_a_host_of_its_own_gets_certificates_for_it(project: pytest.Pytester) -> None:
    """The session's are for the loopback address."""
    done = run(project, """
    from mockpilot.profile import CmsSettings, Profile

    @pytest.fixture
    def mockpilot_profile():
        return Profile(cms=CmsSettings(host="localhost"))

    def test_boots(mockpilot, mockpilot_authority, product):
        assert mockpilot.url.startswith("wss://localhost:")
        assert mockpilot.ca_file != mockpilot_authority.ca_file
        mockpilot.wait_exchange()
    """)
    done.assert_outcomes(passed=1)


def test_reports_of_many_workers_become_one(project: pytest.Pytester) -> None:
    """No two tests share a file, whichever process they ran in."""
    done = run(project, """
    @pytest.mark.parametrize("number", range(6))
    def test_boots(mockpilot, product, number):
        mockpilot.wait_exchange()
    """, "-n", "2", "--mockpilot-report=reports", "--mockpilot-keep=none")
    done.assert_outcomes(passed=6)
    assert not list(project.path.glob("reports/*/report.html"))
    told = command("report", str(project.path / "reports"))
    assert told.returncode == 0
    assert "6 selected · 6 passed" in told.stdout
    assert (project.path / "reports" / "report.html").is_file()


def test_everything_can_be_kept(project: pytest.Pytester) -> None:
    """Also of tests that passed."""
    done = run(project, """
    def test_boots(mockpilot, product):
        mockpilot.wait_exchange()
    """, "--mockpilot-keep=all", "--basetemp=kept")
    done.assert_outcomes(passed=1)
    (page,) = project.path.glob("kept/mockpilot/*/report.html")
    assert "<html" in page.read_text()


def test_trio_test_waits_in_a_thread(project: pytest.Pytester) -> None:
    """Or opens the CMS in its own loop; both beside pytest-trio."""
    project.makepyfile(PRODUCT + dedent("""
    import trio
    from mockpilot.testing import open_cms

    @pytest.mark.trio
    async def test_in_a_thread(mockpilot, product):
        await trio.to_thread.run_sync(mockpilot.wait_exchange)

    @pytest.mark.trio
    async def test_in_its_loop():
        async with open_cms() as cms:
            await cms.never("BootNotification", during=0.01)
    """))
    done = project.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", timeout=120)
    done.assert_outcomes(passed=2)


def test_nothing_is_left_behind(project: pytest.Pytester) -> None:
    """No thread, no open file, no warning, also when a product hangs or ends with the process."""
    done = run(project, """
    import os, socket, threading

    hung = []

    def left():
        return {thread.name for thread in threading.enumerate()}, len(os.listdir("/proc/self/fd")) - len(hung)

    def test_first(mockpilot):
        pass

    @pytest.mark.parametrize("time", ["real", "manual"])
    def test_hangs(mockpilot_factory, time):
        cms = mockpilot_factory(time=time)
        port = int(cms.url.partition("wss://127.0.0.1:")[2].partition("/")[0])
        hung.append(socket.create_connection(("127.0.0.1", port)))
        cms.wait_for("tcp_accepted")

    def test_last():
        assert left()[0] == {"MainThread"}
        before = left()
        for connection in hung:
            connection.close()
        hung.clear()
        assert left()[1] <= before[1]
    """)
    done.assert_outcomes(passed=4)


def test_run_that_needs_no_cms_loads_nothing_heavy(project: pytest.Pytester) -> None:
    """Neither trio nor ssl, whoever installed the plugin."""
    project.makepyfile(f"""
    import sys

    def test_modules():
        heavy = set({HEAVY!r}) - {{"pytest"}}
        assert {{name for name in sys.modules if name.partition(".")[0] in heavy}} == set()
    """)
    done = project.runpytest_subprocess(
        *QUIET, "-p", "no:xdist", "-p", "no:xdist.looponfail", "-p", "no:schemathesis", "-p", "no:faker", timeout=120
    )
    done.assert_outcomes(passed=1)


def test_plugin_module_is_light() -> None:
    """What is imported beside pytest is a handful of small modules of ours."""
    code = ("import sys, pytest; before = set(sys.modules); import mockpilot.testing.pytest_plugin; "
            "print(sorted(set(sys.modules) - before))")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['mockpilot', 'mockpilot.testing', 'mockpilot.testing.pytest_plugin']"


def test_options_and_fixtures_are_documented(project: pytest.Pytester) -> None:
    """Where users of pytest look for them."""
    told = project.runpytest_subprocess(*QUIET, "--help").stdout.str()
    for option in ("seed", "dialect", "report", "strict", "keep"):
        assert f"--mockpilot-{option}" in told
    assert "@pytest.mark.mockpilot(" in project.runpytest_subprocess(*QUIET, "--markers").stdout.str()
    fixtures = project.runpytest_subprocess(*QUIET, "--fixtures").stdout.str()
    for name in ("mockpilot", "mockpilot_factory", "mockpilot_session_factory [session scope]", "mockpilot_profile",
                 "mockpilot_depot", "mockpilot_scenario"):  # fmt: skip
        assert f"\n{name} -- " in fixtures


def examples_of(document: str) -> dict[str, str]:
    """The Python of a document, by the file name that it begins with."""
    text = (TESTS.parent / document).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return {block.partition("\n")[0].removeprefix("# ").removesuffix(".py"): block for block in blocks}


STARTS = dedent("""
    import builtins
    from example_project.depot_app.threaded import ThreadedApp

    builtins.start_product = lambda url, ca, user, password: ThreadedApp(url, str(ca), user, password)
""")


STARTS_WITH_PLANS = dedent("""
    import builtins
    from example_project.depot_app.threaded import ThreadedApp

    def start(url, ca, user, password):
        app = ThreadedApp(url, str(ca), user, password)
        app.plan_bus("4700", leave="05:10", soc=60)
        return app

    builtins.start_product = start
""")


def test_examples_of_the_page_run(project: pytest.Pytester) -> None:
    """As they stand there; of the catalogue a part, or it would take minutes."""
    examples = examples_of("simulator/mockpilot/testing/README.md")
    project.makeconftest(STARTS + examples.pop("conftest"))
    some = examples["test_catalogue"].replace("scenario_names()", "scenario_names()[:1]")
    project.makepyfile(**(examples | {"test_catalogue": some}))
    files = [f"{name}.py" for name in examples]
    done = project.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", *files, timeout=120)
    done.assert_outcomes(passed=8)


@pytest.mark.parametrize("has_plans", [False, True])
def test_example_of_the_first_page_runs(project: pytest.Pytester, has_plans: bool) -> None:
    """As it stands there; also for a product that has a list of its own to send after the first push."""
    (example,) = examples_of("README.md").values()
    starts = STARTS_WITH_PLANS if has_plans else STARTS
    project.makeconftest(starts + examples_of("simulator/mockpilot/testing/README.md")["conftest"])
    project.makepyfile(example)
    project.runpytest_subprocess(*QUIET, timeout=120).assert_outcomes(passed=1)
