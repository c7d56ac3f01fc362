"""Progress of a run: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path
from typing import Literal

import pytest
from msgspec.structs import replace

from mockpilot.cli.colours import show
from mockpilot.cli.progress import Lines, Live
from mockpilot.history.events import HASTE, UpgradeAnswered, UpgradeRequested, WaitEnded, WaitStarted
from mockpilot.history.recorder import Recorder
from mockpilot.report.text import scenario_line
from mockpilot.results import ScenarioResult
from mockpilot.scenario.catalogue import load_catalogue
from running import DEMO, EXEMPLARY, OUTER_S, environment
from sample_run import recording, sample_run

CATALOGUE = load_catalogue()
MADE_UP_CA = ("give this   ca.pem to the product as trusted CA; it is this run's alone, "
              "'mockpilot certs' makes one that lasts")
COLOUR = re.compile(r"\x1b\[3[0-9]m")


def a_recorder() -> Recorder:
    """A recording that begins."""
    recorder = Recorder(lambda: 0.0, lambda: "")
    recorder.record(recording()[0])
    return recorder


def result(name: str, outcome: str = "passed") -> ScenarioResult:
    """A scenario that ended."""
    return ScenarioResult(name=name, outcome=outcome, duration_s=1.0)


def test_scenarios_are_lines_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """The head stands before the first; with several at a time it looks no different."""
    lines = Lines("head")
    for name in ("boot_accepted", "boot_rejected"):
        lines.scenario_started(CATALOGUE[name], a_recorder())
        lines.scenario_ended(result(name))
    said = capsys.readouterr().err.splitlines()
    assert said == ["head", scenario_line(result("boot_accepted")), scenario_line(result("boot_rejected"))]


def refuse(recorder: Recorder, credentials: Literal["none", "wrong password"], times: int = 1) -> None:
    """A product comes with these credentials."""
    for _ in range(times):
        recorder.record(UpgradeRequested(link=1, method="GET", target="/", headers=(), credentials=credentials))
        recorder.record(UpgradeAnswered(link=1, status=401))


def test_whoever_is_turned_away_is_told_at_once_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Not in every scenario again; and a client that waits to be asked for credentials is none of them."""
    lines = Lines("")
    for name in ("boot_accepted", "boot_rejected"):
        recorder = a_recorder()
        lines.scenario_started(CATALOGUE[name], recorder)
        refuse(recorder, "none", 2)
        refuse(recorder, "wrong password", 3)
    assert capsys.readouterr().err == "  … boot_accepted: refused with 401: the password was wrong\n"
    refuse(recorder, "none")
    assert capsys.readouterr().err == "  … boot_rejected: refused with 401: no credentials came with it\n"


def test_outcomes_that_the_whole_run_changed_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With what they were and why; where none changed nothing is said."""
    whole, _ = sample_run()
    lines = Lines("")
    for one in whole.scenarios:
        lines.scenario_ended(one)
    capsys.readouterr()
    lines.run_ended(whole)
    assert capsys.readouterr().err == ""
    was = whole.scenario("confirmation_twice")
    lines.scenario_ended(replace(was, outcome="failed", cause=None, detail=""))
    capsys.readouterr()
    lines.run_ended(whole)
    assert capsys.readouterr().err.splitlines() == [
        "1 outcome changed at the end, with the whole run in sight",
        "  ? confirmation_twice: failed → inconclusive; fault never fired: again, armed at 2.1 s",
    ]


@pytest.mark.parametrize(("lab_ca", "said"), [
    (None, MADE_UP_CA),
    (Path("certs/ca.pem"), "trusted CA  certs/ca.pem, the lab's: the product needs it once"),
])  # fmt: skip
def test_the_authority_to_trust_is_the_labs_where_there_is_one(
    lab_ca: Path | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy in a run folder is for runs without one."""
    Lines("", lab_ca=lab_ca).run_started("wss://lab", Path("ca.pem"), "acme", None)
    assert capsys.readouterr().err.splitlines() == [
        "listening   wss://lab", "log in as   user acme, the password that the profile names", said
    ]


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
    (HASTE, 3.0, "3 s of 3 s left · holding an answer back, to see who cannot wait"),
    ("a person", float("inf"), "as long as it takes · waiting for the product: a person"),
])  # fmt: skip
def test_a_live_line_tells_who_is_awaited_and_how_long(awaited: str, within_s: float, said: str) -> None:
    """One for each running scenario, gone when it ends."""
    live, recorder = Live("head"), a_recorder()
    live.scenario_started(CATALOGUE["boot_accepted"], recorder)
    recorder.record(WaitStarted(awaited=awaited, within_s=within_s))
    assert str(live._render()) == f"  … boot_accepted   {said}"
    recorder.record(WaitEnded(awaited=awaited, ran_out=False))
    assert str(live._render()) == "  … boot_accepted"
    refuse(recorder, "wrong password", 3)
    assert str(live._render()) == "  … boot_accepted   refused 3 times with 401: the password was wrong"
    recorder.record(WaitStarted(awaited="a boot", within_s=0.4))
    assert str(live._render()) == (
        "  … boot_accepted   0 s of 400 ms left · refused 3 times with 401: the password was wrong"
        " · waiting for the product: a boot"
    )
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
