"""Progress of a run: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from mockpilot.cli.progress import Lines, Live, show
from mockpilot.history.events import WaitEnded, WaitStarted
from mockpilot.history.recorder import Recorder
from mockpilot.report.text import scenario_line
from mockpilot.results import ScenarioResult
from mockpilot.scenario.catalogue import load_catalogue
from running import DEMO, EXEMPLARY, OUTER_S, environment

CATALOGUE = load_catalogue()
AREAS = {one.name: one.group for one in CATALOGUE.values()}
COLOUR = re.compile(r"\x1b\[3[0-9]m")


def result(name: str, outcome: str = "passed") -> ScenarioResult:
    """A scenario that ended."""
    return ScenarioResult(name=name, outcome=outcome, duration_s=1.0)


def test_an_area_is_named_when_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    """Once, as scenarios follow one another."""
    lines = Lines("head", areas=AREAS)
    for name in ("boot_accepted", "boot_rejected", "boot_unanswered"):
        lines.scenario_started(CATALOGUE[name], Recorder(lambda: 0.0, lambda: ""))
        lines.scenario_ended(result(name))
    said = capsys.readouterr().err.splitlines()
    assert said[:2] == ["head", "Connecting"]
    assert said[3] == "Booting"
    assert len(said) == 6


def test_areas_are_left_out_where_scenarios_run_beside_one_another(capsys: pytest.CaptureFixture[str]) -> None:
    """They would jump."""
    Lines("").scenario_ended(result("boot_accepted"))
    assert capsys.readouterr().err == scenario_line(result("boot_accepted")) + "\n"


def test_quiet_says_only_what_nobody_could_connect_without(capsys: pytest.CaptureFixture[str]) -> None:
    """The address, the authority, the password that was made up."""
    lines = Lines("head", quiet=True)
    lines.run_started("wss://lab", Path("ca.pem"), "acme", "made up")
    lines.scenario_ended(result("boot_accepted"))
    said = capsys.readouterr().err
    assert "listening   wss://lab\n" in said
    assert "password made up" in said
    assert "boot_accepted" not in said


@pytest.mark.parametrize(("awaited", "within_s", "said"), [
    ("a boot", 90.0, "1 min 30 s of 1 min 30 s left · waiting for the product: a boot"),
    ("haste", 3.0, "3 s of 3 s left · holding an answer back, to see who cannot wait"),
    ("a person", float("inf"), "as long as it takes · waiting for the product: a person"),
])  # fmt: skip
def test_a_live_line_tells_who_is_awaited_and_how_long(awaited: str, within_s: float, said: str) -> None:
    """One for each running scenario, gone when it ends."""
    live, recorder = Live("head"), Recorder(lambda: 0.0, lambda: "")
    live.scenario_started(CATALOGUE["boot_accepted"], recorder)
    recorder.record(WaitStarted(awaited=awaited, within_s=within_s))
    assert str(live._render()) == f"  … boot_accepted   {said}"
    recorder.record(WaitEnded(awaited=awaited, ran_out=False))
    assert str(live._render()) == "  … boot_accepted"
    live.scenario_ended(result("boot_accepted"))
    assert str(live._render()) == ""


def test_a_summary_is_plain_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """As in a file or a log."""
    show("✗ FAILED")
    assert capsys.readouterr().out == "✗ FAILED\n"


def on_a_terminal(folder: Path, **more: str) -> str:
    """What a person sees of a run that fails."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["mockpilot", "certify", "information_confirmed", "--profile", str(DEMO), "--out", str(folder), "--",
         *EXEMPLARY, "--offend", "correlation.echoes-message-id"],
        env=environment(TERM="xterm", COLUMNS="100", **more), stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:
        pass  # the other end is closed: how a terminal says that it is over
    finally:
        os.close(ours)
    assert process.wait(OUTER_S) == 1
    return said.decode()


def test_a_terminal_shows_what_is_awaited_in_colours(tmp_path: Path) -> None:
    """With marks and words beside them; the finding stands at the end."""
    said = on_a_terminal(tmp_path)
    assert re.search(r"… information_confirmed +\d+ m?s of \d+ s left · waiting for the product: ", said), said
    assert COLOUR.search(said)
    last = said[said.rindex("✗ information_confirmed") :]
    assert "expected" in last
    assert "again      mockpilot again" in last


def test_no_color_is_honoured(tmp_path: Path) -> None:
    """The marks stay."""
    said = on_a_terminal(tmp_path, NO_COLOR="1")
    assert not COLOUR.search(said)
    assert "✗ failed" in said
