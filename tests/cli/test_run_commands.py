"""Commands that take a RUN: ``report``, ``diff``, ``verify``, ``again``."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from msgspec.structs import replace

from made_run import known_run, made, write_trace, written
from mockpilot.certification.digests import read_digests
from mockpilot.cli.main import main
from mockpilot.conformance.levels import Cause
from mockpilot.profile import RunSettings
from mockpilot.results import encode_result, not_selected

Says = Callable[..., tuple[int, str, str]]


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Says:
    """Run a command in a folder with a run in ``runs/one``; answers exit status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    written(Path("runs/one"), *known_run())

    def run(*words: str) -> tuple[int, str, str]:
        status = main(words)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def killed(path: Path) -> None:
    """A run that was killed while its second scenario was running."""
    result, histories = known_run()
    folder = made(path)
    first, second = result.scenarios[0], result.scenarios[1].name
    for name in (first.name, second):
        write_trace(folder, name, histories[name])
    trace = path / folder.trace_name(second)
    trace.write_bytes(b"\n".join(trace.read_bytes().split(b"\n")[:9]))
    folder.write_result(encode_result(
        replace(result, scenarios=(first, not_selected(second, "not begun")), finished=False)
    ))  # fmt: skip


# -- report ------------------------------------------------------------------------------------------------------------


def test_report_writes_the_pages_anew(says: Says) -> None:
    """And shows the summary; digests hold afterwards."""
    page = Path("runs/one/report.html")
    page.write_text("lost", encoding="utf-8")
    status, out, _ = says("report", "runs/one")
    assert status == 0
    assert "✗ FAILED" in out
    assert "again      mockpilot again runs/one " in out
    assert "What to repair first" in page.read_text(encoding="utf-8")
    assert says("verify", "runs/one")[0] == 0


@pytest.mark.parametrize("form", ["html", "junit", "markdown", "json"])
def test_report_writes_one_form_to_stdout_and_nothing_to_disk(form: str, says: Says) -> None:
    """So that it can be piped, also from a folder that nobody may write."""
    before = {path: path.read_bytes() for path in Path("runs/one").rglob("*") if path.is_file()}
    status, out, err = says("report", "runs/one", f"--{form}")
    assert (status, err) == (0, "")
    assert {path: path.read_bytes() for path in Path("runs/one").rglob("*") if path.is_file()} == before
    match form:
        case "html":
            assert out.startswith("<!doctype html>")
        case "junit":
            assert Xml.fromstring(out.partition("\n")[2]).tag == "testsuites"
        case "markdown":
            assert out.startswith("## ✗ Failed")
        case "json":
            assert json.loads(out)["schema"] == "mockpilot.result/1"


def test_report_renders_a_killed_run(says: Says) -> None:
    """What had ended, and what the recording of the running scenario shows."""
    killed(Path("runs/two"))
    status, out, _ = says("report", "runs/two")
    assert status == 0
    assert "interrupted: the run was killed; the recording ends after 8 events" in out
    assert "the run did not finish" in out
    assert "The run did not finish." in Path("runs/two/report.html").read_text(encoding="utf-8")
    assert read_digests(Path("runs/two")) is None
    assert json.loads(Path("runs/two/result.json").read_bytes())["finished"] is False


def test_a_run_comes_as_a_zip_too(says: Says) -> None:
    """As by mail; nothing is unpacked beside it."""
    shutil.make_archive("from-customer", "zip", "runs", "one")
    shutil.rmtree("runs/one")
    assert says("verify", "from-customer.zip")[0] == 0
    assert says("report", "from-customer.zip", "--markdown")[1].startswith("## ✗ Failed")
    assert {path.name for path in Path().iterdir()} == {"from-customer.zip", "runs"}


@pytest.mark.parametrize(("name", "named"), [
    ("nowhere", "nowhere: a run folder, or a ZIP file of one, is expected"),
    ("runs", "runs: a run folder with result.json is expected; 'mockpilot certify' writes one"),
    ("runs/one/run.toml", "runs/one/run.toml: a run folder, or a ZIP file of one, is expected"),
    ("other.zip", "other.zip: a ZIP file with result.json of a run is expected"),
])  # fmt: skip
@pytest.mark.parametrize("command", ["report", "verify", "again", "diff"])
def test_what_is_no_run_is_named(command: str, name: str, named: str, says: Says) -> None:
    """In one sentence, by every command."""
    Path("empty").mkdir()
    shutil.make_archive("other", "zip", "empty")
    status, out, err = says(command, *([name] * (2 if command == "diff" else 1)))
    assert (status, out, err) == (3, "", f"mockpilot: {named}\n")


# -- verify ------------------------------------------------------------------------------------------------------------


def test_verify_says_that_a_run_is_whole(says: Says) -> None:
    """With how many digests hold, and that nothing is signed."""
    count = len(read_digests(Path("runs/one")) or {})
    assert says("verify", "runs/one") == (0, f"complete · catalogue 1 known · {count} digests hold · not signed\n", "")


def test_verify_names_a_changed_byte(says: Says) -> None:
    """By its file, with exit status 1."""
    trace = Path("runs/one/traces/boot_accepted.jsonl")
    trace.write_bytes(trace.read_bytes().replace(b'"acme"', b'"acmf"', 1))
    status, out, _ = says("verify", "runs/one")
    assert status == 1
    assert out.startswith("traces/boot_accepted.jsonl: changed since the run ended (SHA-256 was ")
    assert out.count("\n") == 1


def test_verify_says_that_a_killed_run_is_not_whole(says: Says) -> None:
    """It has no digests and did not finish."""
    killed(Path("runs/two"))
    status, out, _ = says("verify", "runs/two")
    assert status == 1
    assert "digests.txt: missing" in out
    assert "result.json: the run did not finish" in out


# -- diff --------------------------------------------------------------------------------------------------------------


def test_diff_of_a_run_with_itself_says_that_nothing_changed(says: Says) -> None:
    """In one line."""
    number = sum(one.selected for one in known_run()[0].scenarios)
    assert says("diff", "runs/one", "runs/one") == (
        0, f"nothing changed in the {number} scenarios that both runs have\n", "",
    )  # fmt: skip


def test_diff_tells_new_failures_and_healed_ones(says: Says) -> None:
    """Exit status 1 only for the former."""
    result, histories = known_run()
    failed = next(one for one in result.scenarios if one.outcome == "failed")
    held = replace(failed, outcome="passed", findings=(), exercised_rules=(failed.findings[0].rule,))
    better = replace(result, scenarios=tuple(held if one is failed else one for one in result.scenarios))
    written(Path("runs/two"), better, histories)
    told = f"{failed.name}: L-03 MUST  {failed.findings[0].message}"
    assert says("diff", "runs/one", "runs/two") == (0, f"healed\n  ✓ {told}\n", "")
    assert says("diff", "runs/two", "runs/one") == (1, f"new failures\n  ✗ {told}\n", "")


def test_diff_tells_what_is_only_not_shown_any_more(says: Says) -> None:
    """Status 1 where that was shown to hold; 0 where it had failed, which is no repair."""
    result, histories = known_run()
    failed = next(one for one in result.scenarios if one.outcome == "failed")
    passed = next(one for one in result.scenarios if one.outcome == "passed")
    for name, scenario in (("was_failed", failed), ("was_passed", passed)):
        left = replace(scenario, outcome="inconclusive", cause=Cause.PRODUCT_LEFT, findings=(), exercised_rules=())
        other = tuple(left if one is scenario else one for one in result.scenarios)
        written(Path("runs") / name, replace(result, scenarios=other), histories)
    told = f"  ? {failed.name}: L-03 MUST  {failed.findings[0].message} · inconclusive now, product left\n"
    assert says("diff", "runs/one", "runs/was_failed") == (0, f"neither new nor healed: not shown now\n{told}", "")
    told = f"  ? {passed.name}: inconclusive, product left; was passed\n"
    assert says("diff", "runs/one", "runs/was_passed") == (1, f"passed before, inconclusive now\n{told}", "")


# -- again -------------------------------------------------------------------------------------------------------------


def test_again_has_nothing_to_do_where_all_passed(says: Says) -> None:
    """Exit status 4, and what to do instead."""
    result, histories = known_run()
    held = tuple(one for one in result.scenarios if one.outcome == "passed")
    passed = replace(result, outcome="passed", scenarios=held)
    written(Path("runs/two"), passed, histories)
    status, out, err = says("again", "runs/two")
    assert (status, out) == (4, "")
    assert "all that was run passed; name a SCENARIO" in err


def test_again_refuses_what_was_not_run(says: Says) -> None:
    """By its name."""
    status, _, err = says("again", "runs/one", "no_such")
    assert status == 3
    assert "SCENARIO: one that was run, or the rule or requirement of a finding, is expected, found 'no_such'" in err


def test_again_needs_a_command_that_is_there(says: Says) -> None:
    """That of the run stood on another machine."""
    status, _, err = says("again", "runs/one")
    assert status == 3
    assert "COMMAND: a program that can be started is expected, './acme' is not found" in err


def test_again_needs_to_know_how_the_run_was_started(says: Says) -> None:
    """An older mockpilot did not write that down."""
    written(Path("runs/two"), *known_run(), run=RunSettings())
    profile = Path("runs/two/run.toml")
    profile.write_text(profile.read_text(encoding="utf-8").partition("[run]")[0], encoding="utf-8")
    status, _, err = says("again", "runs/two")
    assert status == 3
    assert "run.toml: [run] is expected, with the run's seed and COMMAND" in err
