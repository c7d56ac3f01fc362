"""Whether a run folder is whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made_run import known_run, written
from mockpilot.certification.digests import digest_lines, digests_of
from mockpilot.certification.run_folder import RunFolder
from mockpilot.certification.verification import verify


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run as it ended."""
    return written(tmp_path / "run", *known_run())


def test_a_run_as_it_ended_is_whole(folder: RunFolder) -> None:
    """Every digest holds."""
    found = verify(folder)
    assert found.problems == ()
    assert (found.digests, found.catalogue) == (len(digests_of(folder.path)), "1")


def test_every_changed_byte_is_found(folder: RunFolder) -> None:
    """Whichever file it is in, that one is named and no other."""
    for path in [one for one in folder.path.rglob("*") if one.is_file() and one.name != "digests.txt"]:
        data = path.read_bytes()
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        name = path.relative_to(folder.path).as_posix()
        if name != "result.json":  # of which half a word may no longer be a result at all
            changed = [one for one in verify(folder).problems if "changed since the run ended" in one]
            assert [one.partition(":")[0] for one in changed] == [name]
        path.write_bytes(data)
    assert verify(folder).problems == ()


@pytest.mark.parametrize(("change", "problem"), [
    (lambda path: (path / "run.toml").unlink(), "run.toml: missing"),
    (lambda path: (path / "extra").write_text("x"), "extra: was not there when the run ended"),
    (lambda path: (path / "digests.txt").unlink(),
     "digests.txt: missing, as in a run that did not end by itself; whether a file changed is not known"),
])  # fmt: skip
def test_a_file_too_few_or_too_many_is_named(
    change: Callable[[Path], object], problem: str, folder: RunFolder
) -> None:
    """With what is wrong with it."""
    change(folder.path)
    assert problem in verify(folder).problems


def changed(folder: RunFolder, change: Callable[[Any], object]) -> tuple[str, ...]:
    """Problems after somebody changed the result and its digest."""
    path = folder.path / "result.json"
    result = json.loads(path.read_bytes())
    change(result)
    path.write_text(json.dumps(result), encoding="utf-8")
    (folder.path / "digests.txt").write_text(digest_lines(digests_of(folder.path)), encoding="utf-8")
    return verify(folder).problems


@pytest.mark.parametrize(("change", "problem"), [
    (lambda it: it.update(finished=False), "result.json: the run did not finish"),
    (lambda it: it.update(catalogue="99"), "catalogue 99: not known to this mockpilot, whose catalogue is 1"),
    (lambda it: it["counts"].update(passed=9), "result.json: counts say 9 passed, found 2"),
    (lambda it: it["scenarios"].append(it["scenarios"][0] | {"outcome": "not_selected"}),
     "result.json: told more than once: boot_accepted"),
    (lambda it: it["scenarios"][5].update(name="no_such"), "scenarios that no catalogue has: no_such"),
    (lambda it: it["scenarios"][0].update(exercised_rules=["no.rule"]),
     "rules that this mockpilot does not know: no.rule"),
    (lambda it: it["requirements"].update({"Z-01": it["requirements"]["L-03"]}),
     "requirements that this mockpilot does not know: Z-01"),
    (lambda it: it["scenarios"][0].update(outcome="not_selected"),
     "traces/boot_accepted.jsonl: of a scenario that the result does not tell"),
])  # fmt: skip
def test_a_result_that_does_not_add_up_is_named(
    change: Callable[[Any], object], problem: str, folder: RunFolder
) -> None:
    """Digests alone would not notice, since whoever changes a file can change its digest."""
    assert problem in changed(folder, change)


@pytest.mark.parametrize(("change", "problem"), [
    (lambda data: b"", "missing, although boot_accepted was run"),
    (lambda data: data[: data.index(b"\n") + 1], "the recording stops before the scenario's end"),
    (lambda data: data.replace(b'"boot_accepted"', b'"another"'), "the recording of boot_accepted is expected"),
    (lambda data: b"\n".join(data.split(b"\n")[:3] + data.split(b"\n")[4:]), "event 3 is missing"),
    (lambda data: data.replace(b'"mark"', b'"murk"'), "line 8: an event of mockpilot.trace/1 is expected"),
])  # fmt: skip
def test_a_recording_with_a_gap_is_named(change: Callable[[bytes], bytes], problem: str, folder: RunFolder) -> None:
    """It must be that of its scenario, from its beginning to its end."""
    path = folder.path / "traces" / "boot_accepted.jsonl"
    path.write_bytes(change(path.read_bytes()))
    assert any(problem in one for one in verify(folder).problems), verify(folder).problems
