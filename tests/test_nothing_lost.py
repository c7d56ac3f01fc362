"""Whatever happens to mockpilot, what was recorded before can be read, and ``report`` renders it."""

from __future__ import annotations

import json
import os
import random
import re
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mockpilot.certification.recovery import read_run
from mockpilot.certification.run_folder import RunFolder
from mockpilot.errors import StorageError
from mockpilot.history.events import ScenarioEnded
from running import DEMO, EXEMPLARY, OUTER_S, environment, events, mockpilot, wait_until

SCENARIOS = ("boot_accepted", "information_repeated", "link_closed_politely")
MOST_EVENTS = 125
"""What these scenarios record, about."""
LOGGED = 'echo $$ > "{folder}/$MOCKPILOT_SCENARIO.pid"; (sleep 100; kill -9 -$$) & exec mockpilot presystem --quick'
"""Whoever cannot be ended by what stands there ends by itself."""


# -- kill --------------------------------------------------------------------------------------------------------------


class Killed:
    """A run that is killed with SIGKILL once so many events stand on disk."""

    def __init__(self, folder: Path, after: int) -> None:
        self.out, self._pids = folder / "runs", folder / "pids"
        self._pids.mkdir()
        process = subprocess.Popen(
            ["mockpilot", "certify", *SCENARIOS, "--profile", str(DEMO), "--out", str(self.out), "--jobs", "2",
             "--", "sh", "-c", LOGGED.format(folder=self._pids)],
            env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_until(lambda: self.written() >= after or process.poll() is not None, OUTER_S)
        finally:
            process.kill()
            process.wait()
            self._end_products()

    def written(self) -> int:
        """Events on disk."""
        folders = [path for path in self.out.glob("2*") if not path.is_symlink()]
        return sum(path.read_bytes().count(b"\n") for one in folders for path in one.glob("traces/*.jsonl"))

    @property
    def folder(self) -> Path:
        """Of the run."""
        return self.out / "latest"

    def _end_products(self) -> None:
        for file in self._pids.iterdir():
            with suppress(ProcessLookupError, ValueError):
                os.killpg(int(file.read_text()), signal.SIGKILL)


def moments(seed: int, count: int) -> Iterator[int]:
    """Random moments, counted in events on disk."""
    chance = random.Random(seed)
    yield from (chance.randrange(MOST_EVENTS) for _ in range(count))


@pytest.mark.parametrize("after", [
    *moments(seed=1, count=3),
    *(pytest.param(after, marks=pytest.mark.slow) for after in moments(seed=2, count=20)),
])  # fmt: skip
def test_a_kill_loses_nothing(after: int, tmp_path: Path) -> None:
    """At any moment: finished scenarios are in the result, every frame is readable, and pages can be made."""
    run = Killed(tmp_path, after)
    if not run.folder.exists():
        assert run.written() == 0, "something was recorded before there was a result"
        return
    result = json.loads((run.folder / "result.json").read_bytes())
    names = {one["name"]: one for one in result["scenarios"]}
    for name, one in names.items():
        if one["outcome"] != "not_selected":
            kinds = [event["event"] for event in events(run.folder / "traces" / f"{name}.jsonl")]
            assert "scenario_ended" in kinds
        elif one["reason"] != "filter":
            assert (name in SCENARIOS, one["reason"]) == (True, "not begun")
    _, histories = read_run(RunFolder(run.folder))
    assert sum(map(len, histories.values())) == run.written()
    for number, history in enumerate(histories.values()):
        assert [event.index for event in history] == list(range(len(history))), number
    done = mockpilot("report", str(run.folder))
    assert done.returncode == 0, done.stderr
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    for name, history in histories.items():
        assert f'id="{name}"' in page
        finished = bool(history.of(ScenarioEnded))
        assert finished or f"the recording ends after {len(history)} events" in page


# -- a full disk -------------------------------------------------------------------------------------------------------


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    """Exit status 3, the file and the way on; what was recorded before is there, whole lines only."""
    points = ", ".join(f'{{ id = "point {number}" }}' for number in range(3000))
    (tmp_path / "big.toml").write_text(f'[depot]\nid = "big"\n[[station]]\nid = "s"\npoint = [{points}]\n')
    profile = tmp_path / "lab.toml"
    text = DEMO.read_text(encoding="utf-8").replace('depot = "small"', 'depot = "big.toml"')
    profile.write_text(text.replace('push_interval = "1 s"', 'push_interval = "200 ms"'), encoding="utf-8")
    most = 1_200_000

    def no_bigger_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    done = subprocess.run(
        ["mockpilot", "certify", "confirmation_late", "--profile", str(profile), "--out", str(tmp_path / "runs"),
         "--", *EXEMPLARY],
        env=environment(), stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=OUTER_S,
        check=False, preexec_fn=no_bigger_files,
    )  # fmt: skip
    last = done.stderr.splitlines()[-1]
    wanted = (r"mockpilot: \S+/traces/confirmation_late\.jsonl: cannot be written: File too large; what was "
              r"recorded before is safe in (\S+), make room and 'mockpilot report \1' shows it")  # fmt: skip
    assert re.fullmatch(wanted, last), done.stderr
    assert (done.returncode, done.stdout) == (3, "")
    assert "Traceback" not in done.stderr
    folder = tmp_path / "runs" / "latest"
    kept = events(folder / "traces" / "confirmation_late.jsonl")
    assert [event["index"] for event in kept] == list(range(len(kept)))
    assert json.loads((folder / "result.json").read_bytes())["finished"] is False
    again = mockpilot("report", str(folder))
    assert again.returncode == 0, again.stderr
    assert not [path for path in folder.iterdir() if path.name.endswith(".new")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_disk_that_is_full_at_the_end_is_one_sentence(tmp_path: Path) -> None:
    """A page that cannot be written leaves no half of it, and the old one stays."""
    folder = RunFolder(tmp_path)
    folder.write_page("report.html", "old")
    (tmp_path / ".report.html.new").symlink_to("/dev/full")
    with pytest.raises(StorageError, match=r"report\.html: cannot be written: No space left on device; what was"):
        folder.write_page("report.html", "new" * 9_000)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"report.html": "old"}
