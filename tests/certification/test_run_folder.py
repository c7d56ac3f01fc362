"""The run folder: whole files only, and a trace that is there as soon as the event is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from mockpilot.certification.run_folder import RunFolder
from mockpilot.errors import StorageError, UsageError
from mockpilot.history.events import Mark, Presystem, ScenarioStarted
from mockpilot.history.recorder import Recorder
from mockpilot.history.trace import from_lines
from mockpilot.results import encode_result
from sample_run import sample_run

WALL = datetime(2027, 1, 14, 9, 12, 31, 500_000, tzinfo=UTC)
STARTED = ScenarioStarted(
    scenario="boot_accepted", exercises=(), dialect="chargepilot", push_interval_s=15.0, limits={}, seed=1,
    presystem=Presystem(id="a", kind="BMS", user="a", path="/"), mockpilot="0.1.0", catalogue="1",
)  # fmt: skip


def test_the_folder_is_named_after_the_time_in_utc(tmp_path: Path) -> None:
    """Missing parents are made, and ``latest`` points there."""
    out = tmp_path / "deep" / "runs"
    folder = RunFolder.start(out, WALL.astimezone(timezone(timedelta(hours=2))))
    folder.publish()
    assert folder.path == out / "2027-01-14T09-12-31Z"
    assert (out / "latest").resolve() == folder.path.resolve()
    assert not (out / "latest").readlink().is_absolute()


def test_runs_of_one_second_get_folders_of_their_own(tmp_path: Path) -> None:
    """A name that is taken gets a number, and ``latest`` follows."""
    folders = [RunFolder.start(tmp_path, WALL) for _ in range(3)]
    for folder in folders:
        folder.publish()
    names = [folder.path.name for folder in folders]
    assert names == ["2027-01-14T09-12-31Z", "2027-01-14T09-12-31Z-2", "2027-01-14T09-12-31Z-3"]
    assert (tmp_path / "latest").readlink() == Path(names[-1])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names, "latest"])


def test_nothing_is_made_before_the_start(tmp_path: Path) -> None:
    """A run that fails in its set-up leaves no trace."""
    RunFolder(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_mistake_of_use(tmp_path: Path) -> None:
    """The option is named."""
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError, match=r"--out .*: a folder that can be written is expected"):
        RunFolder.start(tmp_path / "runs", WALL)


def test_a_trace_line_is_on_disk_at_once(tmp_path: Path) -> None:
    """Also what was recorded before the file was opened."""
    recorder = Recorder(lambda: 1.0, lambda: "now")
    folder = RunFolder.start(tmp_path, WALL)
    recorder.record(STARTED)
    with folder.trace("boot_accepted", recorder) as trace:
        recorder.record(Mark(text="here"))
        on_disk = trace.path.read_bytes()
    recorder.record(Mark(text="after"))
    trace.close()
    assert list(from_lines(on_disk)) == list(recorder.history)[:2]
    assert trace.path.read_bytes() == on_disk
    assert trace.path == folder.path / folder.trace_name("boot_accepted")


def test_files_are_replaced_whole(tmp_path: Path) -> None:
    """No draft stays behind."""
    folder = RunFolder.start(tmp_path, WALL)
    folder.write_result(b"{}")
    folder.write_result(b'{"finished": true}')
    folder.write_profile('[presystem]\nid = "ä"\n')
    folder.write_anchor(b"PEM")
    folder.write_page("summary.md", "# Summary")
    folder.write_page("report.html", "<html>")
    assert (folder.path / "result.json").read_bytes() == b'{"finished": true}'
    assert (folder.path / "run.toml").read_text(encoding="utf-8") == '[presystem]\nid = "ä"\n'
    assert folder.anchor.read_bytes() == b"PEM"
    names = {path.name for path in folder.path.iterdir()}
    assert names == {"result.json", "run.toml", "ca.pem", "summary.md", "report.html", "traces"}


def test_a_run_is_read_again(tmp_path: Path) -> None:
    """Its result, and the recordings that are there; a run that died has not all of them."""
    folder = RunFolder.start(tmp_path, WALL)
    result, _ = sample_run()
    folder.write_result(encode_result(result))
    recorder = Recorder(lambda: 1.0, lambda: "now")
    recorder.record(STARTED)
    folder.trace("boot_accepted", recorder).close()
    folder.publish()
    again = RunFolder(tmp_path / "latest")
    assert again.result() == result
    assert {name: list(one) for name, one in again.histories(result).items()} == {
        "boot_accepted": list(recorder.history)
    }


def test_a_folder_without_a_result_is_no_run(tmp_path: Path) -> None:
    """The missing file is named."""
    with pytest.raises(UsageError, match=r"result\.json: the result of a run is expected: No such file"):
        RunFolder(tmp_path).result()


def test_a_trace_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """With what to do."""
    folder = RunFolder(tmp_path / "gone")
    with pytest.raises(StorageError, match=r"one\.jsonl: cannot be written: No such file or directory; what"):
        folder.trace("one", Recorder(lambda: 1.0, lambda: "now"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_trace_on_a_full_disk_stops(tmp_path: Path) -> None:
    """Whoever plays is told once, and what is recorded afterwards raises nothing."""
    folder = RunFolder.start(tmp_path, WALL)
    (folder.path / "traces" / "one.jsonl").symlink_to("/dev/full")
    troubles: list[StorageError] = []
    recorder = Recorder(lambda: 1.0, lambda: "now")
    with folder.trace("one", recorder, troubles.append):
        recorder.record(STARTED)
        recorder.record(Mark(text="here"))
    assert [str(one).partition(";")[0].partition("cannot")[2] for one in troubles] == [
        " be written: No space left on device"
    ]
    assert len(recorder.history) == 2


def test_a_recording_without_a_whole_line_is_none(tmp_path: Path) -> None:
    """Nor is one that is not there."""
    folder = RunFolder.start(tmp_path, WALL)
    (folder.path / "traces" / "cut.jsonl").write_bytes(b'{"index"')
    assert folder.recorded() == ["cut"]
    assert folder.history("cut") is None
    assert folder.history("nowhere") is None
