"""Many small run folders as one."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from mockpilot.certification.gathering import OF_TESTS, gather, is_gathering
from mockpilot.certification.run_folder import RunFolder
from mockpilot.errors import MockpilotError
from mockpilot.results import encode_result
from sample_run import facts, sample_run


def left_behind(path: Path, **changes: str) -> Path:
    """A run folder of one test."""
    result, _ = sample_run()
    scenario = replace(result.scenario("boot_accepted"), trace="traces/boot_accepted.jsonl")
    path.mkdir(parents=True)
    (path.parent / OF_TESTS).touch()
    RunFolder(path).write_result(encode_result(replace(result, scenarios=(scenario,), facts=facts(**changes))))
    return path


def test_folder_of_runs_is_told_from_a_run(tmp_path: Path) -> None:
    """A run's own result wins; a folder of runs that no tests left is none."""
    left_behind(tmp_path / "one")
    assert is_gathering(tmp_path)
    assert not is_gathering(tmp_path / "one")
    (tmp_path / OF_TESTS).unlink()
    assert not is_gathering(tmp_path)


def test_runs_stand_side_by_side(tmp_path: Path) -> None:
    """Two of one name are told apart, traces are found where they lie, and every time mode is named."""
    for name, time in (("one", "real"), ("three", "manual"), ("two", "real")):
        left_behind(tmp_path / name, time=time)
    result = gather(tmp_path)
    names = ["boot_accepted (one)", "boot_accepted, manual time", "boot_accepted (two)"]
    assert [one.name for one in result.scenarios] == names
    assert result.scenarios[0].trace == "one/traces/boot_accepted.jsonl"
    assert (result.counts["passed"], result.outcome, result.facts.time) == (3, "passed", "real, manual")


def test_broken_result_is_named(tmp_path: Path) -> None:
    """By its path; and where there is none, that is said."""
    with pytest.raises(MockpilotError, match="there are none"):
        gather(tmp_path)
    (left_behind(tmp_path / "one") / "result.json").write_text("{}")
    with pytest.raises(MockpilotError, match=r"one/result\.json"):
        gather(tmp_path)
