"""``serve`` as its users run it: options, a short night at a thousand times its pace, what it leaves behind."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import pytest

from mockpilot.cli import lab_bench
from mockpilot.cli.listening import _introduce, recorder_for
from mockpilot.cli.main import main
from mockpilot.clock import RunClock
from mockpilot.history.events import Event, MessageReceived
from mockpilot.profile import Profile
from mockpilot.profile.settings import CmsSettings
from mockpilot.protocol.envelope import parse_timestamp
from running import OUTER_S, environment, events, mockpilot, wait_until

YARD = """
[depot]
id = "yard"
grid_limit_kw = 140
jitter = "1 min"
[[station]]
id = "s"
point = [{ id = "1" }, { id = "2" }, { id = "3" }, { id = "4" }]
[[vehicle]]
id = "early"
[[vehicle]]
id = "hasty"
[[visit]]
vehicle = "early"
arrives = "2 min"
departs = "50 min"
soc_percent = 75
[[visit]]
vehicle = "hasty"
arrives = "10 min"
departs = "20 min"
soc_percent = 10
"""
"""One of its vehicles can be ready; there is room for two more."""


@pytest.mark.parametrize(("words", "named"), [
    (["--time-factor", "0"], "--time-factor: a number above 0 and at most 1000 is expected, found '0'"),
    (["--time-factor", "1001"], "a night of ten hours takes a minute with 600"),
    (["--time-factor", "nan"], "found 'nan'"),
    (["--time-factor", "fast"], "found 'fast'"),
    (["--trace", "no/where"], "--trace no/where: a file that can be written is expected"),
    (["--plan", "no/where"], "no/where: a plan's file or one of confirmation_lost_then_reset, "),
    (["--report", "no/where"], "--report no/where: a file that can be written is expected"),
])  # fmt: skip
def test_option_that_cannot_work_is_named(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, before anything listens."""
    monkeypatch.chdir(tmp_path)
    status = main(["serve", *words])
    said = capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (3, "", 1)
    assert named in said.err


@pytest.mark.parametrize(("certs", "said"), [
    (None, ("give this   ca.pem to the product as trusted CA; it is this run's alone, "
            "'mockpilot certs' makes one that lasts")),
    (Path("lab"), "trusted CA  ca.pem, the lab's: the product needs it once"),
])  # fmt: skip
def test_authority_is_introduced_as_a_run_does(
    certs: Path | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that lasts has been given to the product already, perhaps."""
    profile = Profile(cms=CmsSettings(certs=certs))
    _introduce(profile, 4711, Path("ca.pem"), {profile.presystem.id: "secret"})
    assert capsys.readouterr().out.splitlines()[-1] == said


class Serving:
    """A CMS that serves, and what it has written so far; at the block's end it is gone in any case."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.trace, self.page, self._out = folder / "trace.jsonl", folder / "page.html", folder / "out"
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                ["mockpilot", "serve", *words, "--trace", str(self.trace), "--report", str(self.page)],
                env=environment(PYTHONUNBUFFERED="1"), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.process.kill()
        self.process.wait(OUTER_S)

    @property
    def said(self) -> str:
        """Its terminal."""
        return self._out.read_text(encoding="utf-8")

    def wait_listening(self) -> None:
        """Wait until it says how to connect."""
        wait_until(lambda: "Ctrl-C ends it" in self.said or self.process.poll() is not None)

    @contextmanager
    def presystem(self) -> Iterator[None]:
        """Connect the exemplary presystem as serve says, until the block ends."""
        self.wait_listening()
        found = re.search(r"listening +(\S+)\nlog in as +user (\S+), password (\S+)\ngive this +(\S+)", self.said)
        assert found is not None
        url, user, password, ca = found.groups()
        process = subprocess.Popen(
            ["mockpilot", "presystem", "--quick", "--url", url, "--user", user, "--ca", ca],
            env=environment(MOCKPILOT_PASSWORD=password), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            process.wait(OUTER_S)

    def end(self, number: signal.Signals) -> int:
        """Interrupt it; answers its exit status."""
        self.process.send_signal(number)
        return self.process.wait(OUTER_S)


def test_short_night_is_summed_up_drawn_and_can_be_judged(tmp_path: Path) -> None:
    """Fifty minutes in three seconds, summed up when the last visit is over."""
    yard = tmp_path / "yard.toml"
    yard.write_text(YARD)
    pace = ["--time-factor", "1000", "--push-interval", "200 ms", "--seed", "7"]
    with (
        Serving(tmp_path, "--depot", str(yard), *pace) as serving,
        serving.presystem(),
    ):
        wait_until(lambda: "kWh delivered" in serving.said)
        assert serving.end(signal.SIGTERM) == 130
    assert "runs 1000 times as fast" in serving.said
    assert "1 of 2 vehicles left ready, 2 still plugged in\n  hasty  " in serving.said
    assert re.search(r"\n\d+ kWh delivered, peak 140 kW, grid limit 140 kW\n", serving.said)
    page = serving.page.read_text(encoding="utf-8")
    assert ("<svg" in page, "hasty" in page) == (True, True)
    first, *rest = events(serving.trace)
    assert (first["event"], first["time_factor"], first["seed"]) == ("scenario_started", 1000.0, 7)
    assert all("simulated" in event for event in rest)
    chance = random.Random(7)
    comes_early_s, comes_hasty_s = (minutes * 60.0 + 60.0 * (2.0 * chance.random() - 1.0) for minutes in (2, 10))
    between = _plugged_in(rest, "hasty") - _plugged_in(rest, "early")
    assert between.total_seconds() == pytest.approx(comes_hasty_s - comes_early_s, abs=0.1)
    judged = mockpilot("judge", str(serving.trace))
    assert (judged.returncode, "passed" in judged.stdout) == (0, True), judged.stdout


def _plugged_in(recorded: list[dict[str, Any]], vehicle_id: str) -> datetime:
    """When a vehicle's process began, as the first push that shows it says."""
    told = re.compile(rf'"vehicleId":"{vehicle_id}".*?"startTime":"([^"]+)"')
    sent = (told.search(event.get("text", "")) for event in recorded if event["event"] == "message_sent")
    return _instant(next(found for found in sent if found).group(1))


def _instant(text: str) -> datetime:
    read = parse_timestamp(text)
    assert read is not None
    return read


def test_nothing_is_summed_up_where_nothing_charges(tmp_path: Path) -> None:
    """And the page stays empty, which is said."""
    bare = tmp_path / "bare.toml"
    bare.write_text(YARD[: YARD.index("[[vehicle]]")])
    with Serving(tmp_path, "--depot", str(bare)) as serving:
        serving.wait_listening()
        assert serving.end(signal.SIGINT) == 130
    assert "vehicles left ready" not in serving.said
    assert "--report: the file stays empty" in serving.said
    assert serving.page.read_bytes() == b""


async def test_password_in_a_message_is_not_recorded() -> None:
    """Not on the page, not in the trace: whoever subscribes gets it hidden."""
    recorder, seen = recorder_for(RunClock(), ["a-long-password", "schlüssel-und-wort"]), list[Event]()
    recorder.subscribe(seen.append)
    for text in ("my a-long-password", json.dumps("schlüssel-und-wort")):
        recorder.record(MessageReceived(link=1, text=text))
    assert [getattr(one, "text", "").count("word") + getattr(one, "text", "").count("wort") for one in seen] == [0, 0]


def test_console_that_is_not_installed_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With how to get it."""
    monkeypatch.setattr(lab_bench, "NEEDS", ("json", "no_such_framework"))
    assert main(["serve", "--console"]) == 3
    assert "pip install \"mockpilot[console]\"\n" in capsys.readouterr().err
