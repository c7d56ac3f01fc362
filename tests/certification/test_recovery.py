"""What a killed run still tells."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from made_run import known_run, made, write_trace, written
from mockpilot.certification.recovery import read_run
from mockpilot.certification.run_folder import RunFolder
from mockpilot.errors import MockpilotError
from mockpilot.history.events import ScenarioEnded
from mockpilot.history.recorder import History
from mockpilot.history.trace import to_line
from mockpilot.results import About, RunResult, encode_result, not_selected

RUNNING = "boot_confirmation_held"
ABOUT = About("Booting", ("B-04",), "It holds the confirmation.", "It must wait.")


def killed(path: Path, recording: bytes) -> tuple[RunFolder, RunResult, dict[str, History]]:
    """A run of which one scenario had ended and another had this recording."""
    result, histories = known_run()
    ended = result.scenarios[0]
    folder = made(path)
    write_trace(folder, ended.name, histories[ended.name])
    (folder.path / folder.trace_name(RUNNING)).write_bytes(recording)
    waiting = [not_selected(name, "not begun", ABOUT) for name in (RUNNING, "boot_rejected")]
    folder.write_result(encode_result(replace(result, scenarios=(ended, *waiting), finished=False)))
    return folder, *read_run(folder)


def lines(history: History, count: int | None = None) -> bytes:
    """A recording, or its beginning, as it stands in a file."""
    return b"".join(to_line(event) for event in list(history)[:count])


def test_a_finished_run_is_read_as_it_is(tmp_path: Path) -> None:
    """Nothing is judged anew."""
    result, histories = known_run()
    found, recordings = read_run(written(tmp_path / "run", result, histories))
    assert found == result
    assert {name: len(one) for name, one in recordings.items()} == {name: len(one) for name, one in histories.items()}


def test_the_running_scenario_is_judged_as_interrupted(tmp_path: Path) -> None:
    """What its recording seems to show does not count, and what it says of itself is kept."""
    history = known_run()[1]["boot_accepted"]
    _, result, histories = killed(tmp_path / "run", lines(history, 9) + b'{"index": 9, "at"')
    running = result.scenario(RUNNING)
    assert (running.outcome, running.cause) == ("inconclusive", "interrupted")
    assert running.detail == "the run was killed; the recording ends after 9 events"
    assert running.about == ABOUT
    assert running.trace == f"traces/{RUNNING}.jsonl"
    assert len(histories[RUNNING]) == 9
    assert (result.finished, result.counts["not_selected"]) == (False, 1)


def test_what_had_finished_stays_as_it_was(tmp_path: Path) -> None:
    """Outcome and findings."""
    before, histories = known_run()
    _, result, _ = killed(tmp_path / "run", lines(histories["boot_accepted"], 9))
    assert result.scenarios[0] == before.scenarios[0]


def test_a_scenario_that_had_only_to_be_judged_is_judged(tmp_path: Path) -> None:
    """Its recording has its end."""
    history = known_run()[1]["boot_accepted"]
    assert history.of(ScenarioEnded)
    _, result, _ = killed(tmp_path / "run", lines(history))
    assert result.scenario(RUNNING).cause != "interrupted"
    assert result.scenario(RUNNING).selected


def test_a_recording_without_its_first_line_is_none(tmp_path: Path) -> None:
    """The writer died in the middle of it."""
    for number, start in enumerate((b"", b'{"index": 0, "at"')):
        _, result, histories = killed(tmp_path / str(number), start)
        assert result.scenario(RUNNING).reason == "not begun"
        assert RUNNING not in histories


def test_a_damaged_recording_spoils_no_other(tmp_path: Path) -> None:
    """It is named, and left out."""
    result, histories = known_run()
    folder = written(tmp_path / "run", result, histories)
    path = folder.path / folder.trace_name("boot_accepted")
    path.write_bytes(path.read_bytes().replace(b'"mark"', b'"murk"'))
    damages: list[MockpilotError] = []
    _, found = read_run(folder, damages.append)
    assert found.keys() == histories.keys() - {"boot_accepted"}
    assert ["line 8: an event of mockpilot.trace/1 is expected" in str(one) for one in damages] == [True]


def test_nothing_on_disk_is_changed(tmp_path: Path) -> None:
    """Evidence stays what it is."""
    folder, _, _ = killed(tmp_path / "run", lines(known_run()[1]["boot_accepted"], 5))
    before = (folder.path / "result.json").read_bytes()
    read_run(folder)
    assert (folder.path / "result.json").read_bytes() == before
