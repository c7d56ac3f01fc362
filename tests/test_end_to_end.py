"""Whole runs over real TLS sockets: what a run leaves behind, products that do not come far, interrupts."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import jsonschema_rs
import pytest

from mockpilot.results.records import schema_text
from running import (
    DEMO,
    EXEMPLARY,
    INDEPENDENT,
    OUTER_S,
    Certified,
    certify,
    environment,
    events,
    mockpilot,
    wait_until,
)

PASSWORD = "grüne-Wagenhalle-4711"
FEW = ("boot_accepted", "confirmation_missing", "request_changed", "link_closed_politely")
GREETING = "echo the password is $MOCKPILOT_PASSWORD; exec mockpilot presystem --quick"


@pytest.fixture(scope="module")
def exemplary(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """A run of the exemplary presystem with a password of ours, which the product writes into its log."""
    folder = tmp_path_factory.mktemp("exemplary")
    profile = folder / "lab.toml"
    text = DEMO.read_text(encoding="utf-8")
    profile.write_text(text.replace("[cms]", 'password_env = "LAB_PASSWORD"\n[cms]'), encoding="utf-8")
    return certify(folder / "runs", *FEW, "--jobs", "4", "--seed", "7", command=["sh", "-c", GREETING],
                   profile=profile, LAB_PASSWORD=PASSWORD)  # fmt: skip


def test_one_process_for_the_whole_run(tmp_path: Path) -> None:
    """With ``--start once`` scenarios follow one another on one listener, and nothing secret is shown."""
    starts = tmp_path / "starts"
    presystem = f'exec "{sys.executable}" "{INDEPENDENT / "websockets_presystem.py"}"'
    done = certify(tmp_path / "runs", *FEW, "--start", "once", command=["sh", "-c", f'echo >> "{starts}"; {presystem}'])
    assert done.outcomes == dict.fromkeys(FEW, "passed"), done.stdout
    assert starts.read_text() == "\n"
    assert "password" not in done.stderr
    assert (done.folder / "output" / "once.log").is_file()


# -- what a run leaves behind ------------------------------------------------------------------------------------------


def test_exemplary_presystem_passes(exemplary: Certified) -> None:
    """In the catalogue's order, whatever the number of jobs."""
    assert exemplary.status == 0, exemplary.stdout
    assert exemplary.outcomes == dict.fromkeys(FEW, "passed")
    assert exemplary.result["finished"] is True
    assert (exemplary.result["seed"], exemplary.result["counts"]["passed"]) == (7, 4)


def test_run_folder_is_complete(exemplary: Certified) -> None:
    """Every file of the contract that this version writes is there, and every trace."""
    names = {path.name for path in exemplary.folder.iterdir()}
    written = {"result.json", "report.html", "junit.xml", "summary.md", "run.toml", "ca.pem", "digests.txt"}
    assert {*written, "traces"} <= names
    assert {path.stem for path in (exemplary.folder / "traces").iterdir()} == set(FEW)
    assert jsonschema_rs.validator_for(json.loads(schema_text())).is_valid(exemplary.result)
    assert mockpilot("verify", str(exemplary.folder)).returncode == 0
    assert not [name for name in names if name.endswith(".new")]


def test_no_file_of_a_run_tells_the_password(exemplary: Certified) -> None:
    """Neither as it is, nor as the header has it, although the product wrote it into its log."""
    forms = [PASSWORD.encode(), b64encode(f"Presystem1:{PASSWORD}".encode()), PASSWORD.encode("latin-1")]
    for file in exemplary.folder.rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        assert not [form for form in forms if form in data], file
    assert PASSWORD not in exemplary.stdout + exemplary.stderr


def test_traces_are_judged_as_the_run_was(exemplary: Certified) -> None:
    """``judge`` needs nothing but the trace."""
    traces = sorted((exemplary.folder / "traces").glob("*.jsonl"))
    done = mockpilot("judge", *map(str, traces))
    assert done.returncode == 0
    assert [line.split()[1:3] for line in done.stdout.splitlines()] == [["passed", trace.stem] for trace in traces]


def test_pages_are_rendered_again(exemplary: Certified) -> None:
    """``report`` writes the same pages from what lies in the folder."""
    pages = {name: (exemplary.folder / name).read_bytes() for name in ("summary.md", "junit.xml", "report.html")}
    for name in pages:
        (exemplary.folder / name).unlink()
    done = mockpilot("report", str(exemplary.folder))
    assert done.returncode == 0
    assert {name: (exemplary.folder / name).read_bytes() for name in pages} == pages
    assert "4 passed" in done.stdout


def test_offender_is_convicted_with_the_two_frames(tmp_path: Path) -> None:
    """Exit status 1, the requirement in the result, the push's id and the wrong one in the report; judge agrees."""
    done = certify(tmp_path, "boot_accepted", command=[*EXEMPLARY, "--offend", "correlation.echoes-message-id"])
    assert done.status == 1
    finding = done.scenario("boot_accepted")["findings"][0]
    assert (finding["rule"], finding["requirement"]) == ("correlation.echoes-message-id", "I-02")
    page = (done.folder / "report.html").read_text(encoding="utf-8")
    frames = [event for event in done.trace("boot_accepted") if event["index"] in finding["events"]]
    ids = {kind: {json.loads(frame["text"])[4] for frame in frames if frame["event"] == kind}
           for kind in ("message_sent", "message_received")}  # fmt: skip
    assert ids["message_sent"].isdisjoint(ids["message_received"])
    for kind in ids:
        assert ids[kind], kind
        assert all(one in page for one in ids[kind])
    assert "I-02" in done.stdout
    judged = mockpilot("judge", str(done.folder / "traces" / "boot_accepted.jsonl"))
    assert judged.returncode == 1
    assert "correlation.echoes-message-id" in judged.stdout


# -- again -------------------------------------------------------------------------------------------------------------


BREAKS_UNTIL_MENDED = (
    'if [ -e "{mended}" ]; then exec mockpilot presystem --quick; '
    "else exec mockpilot presystem --quick --offend correlation.echoes-message-id; fi"
)


def test_again_says_still_until_it_is_fixed(tmp_path: Path) -> None:
    """With the seed, the limits and the COMMAND of the run, nothing of which is said anew."""
    mended = tmp_path / "mended"
    command = ["sh", "-c", BREAKS_UNTIL_MENDED.format(mended=mended), "{url}", "{password}"]
    first = certify(tmp_path / "runs", "boot_accepted", "--seed", "11", "--limit", "hold=1200 ms", command=command)
    assert first.outcomes == {"boot_accepted": "failed"}
    run = first.folder.resolve()
    still = mockpilot("again", str(run))
    assert (still.returncode, still.stdout.split()[:3]) == (1, ["still", "boot_accepted", "I-02"]), still.stderr
    mended.touch()
    fixed = mockpilot("again", str(run), "boot_accepted")
    assert (fixed.returncode, fixed.stdout.split()[:2]) == (0, ["fixed", "boot_accepted"]), fixed.stderr
    result = json.loads((tmp_path / "runs" / "latest" / "result.json").read_bytes())
    assert (result["seed"], result["facts"]["limits"]["hold"]) == (11, 1.2)
    assert result["facts"]["product"]["command"] == command
    assert len([path for path in (tmp_path / "runs").iterdir() if not path.is_symlink()]) == 3
    changed = mockpilot("diff", str(run), str(tmp_path / "runs" / "latest"))
    assert (changed.returncode, changed.stdout.splitlines()[0]) == (0, "healed")


def test_again_takes_another_command_and_profile(tmp_path: Path) -> None:
    """A run that came by mail was started on a machine where other programs lie."""
    first = certify(tmp_path / "runs", "boot_accepted", command=[*EXEMPLARY, "--offend", "boot.comes-first"])
    profile = tmp_path / "mine.toml"
    profile.write_text('[presystem]\nid = "mine"\n', encoding="utf-8")
    done = mockpilot("again", str(first.folder), "B-01", "--profile", str(profile), "--out", str(tmp_path / "mine"),
                     "--", *EXEMPLARY)  # fmt: skip
    assert (done.returncode, done.stdout.split()[:2]) == (0, ["fixed", "boot_accepted"]), done.stderr
    result = json.loads((tmp_path / "mine" / "latest" / "result.json").read_bytes())
    assert result["facts"]["product"]["id"] == "mine"
    assert result["facts"]["limits"] == first.result["facts"]["limits"]


def test_again_says_when_it_was_not_reached(tmp_path: Path) -> None:
    """A product that does not connect has shown nothing."""
    first = certify(tmp_path / "runs", "boot_accepted", "--limit", "connect_within=1 s", "--limit", "boot_never=1 s",
                    command=[*EXEMPLARY, "--offend", "correlation.echoes-message-id"])  # fmt: skip
    done = mockpilot("again", str(first.folder), "--", "sh", "-c", "exit 0")
    assert (done.returncode, done.stdout.split()[:3]) == (4, ["not", "reached", "boot_accepted"]), done.stderr
    assert "product left" in done.stdout


LOSES_ONE = """\
title = "A confirmation is lost"
lasts = "20 s"
provoke = "create-request"
exercises = ["L-03"]

[[fault]]
do = "lose"
type = "confirmation"
action = "ProvideChargingRequests"
nth = 1
applied = false
"""


def test_again_repeats_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found wherever the call comes from; the same fault strikes, and what was broken is put to the test anew."""
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    (here / "one_lost.toml").write_text(LOSES_ONE, encoding="utf-8")
    monkeypatch.chdir(here)
    first = certify(tmp_path / "runs", "--plan", "one_lost.toml",
                    command=[*EXEMPLARY, "--offend", "correlation.echoes-message-id"])  # fmt: skip
    assert first.outcomes == {"one_lost": "failed"}, first.stderr
    run = first.folder.resolve()
    monkeypatch.chdir(elsewhere)
    still = mockpilot("again", str(run))
    assert (still.returncode, still.stdout.split()[:3]) == (1, ["still", "one_lost", "I-02"]), still.stderr
    fixed = mockpilot("again", str(run), "I-02", "--", *EXEMPLARY)
    assert (fixed.returncode, fixed.stdout.split()[:2]) == (0, ["fixed", "one_lost"]), fixed.stderr
    repeated = json.loads((tmp_path / "runs" / "latest" / "result.json").read_bytes())
    assert repeated["seed"] == first.result["seed"]
    scenario = next(one for one in repeated["scenarios"] if one["name"] == "one_lost")
    assert [(fault["do"], fault["seen"]) for fault in scenario["faults"]] == [("lose", True)]
    (here / "one_lost.toml").unlink()
    gone = mockpilot("again", str(run))
    assert (gone.returncode, f"{here / 'one_lost.toml'}: a plan's file or one of" in gone.stderr) == (3, True)


# -- products that do not come far -------------------------------------------------------------------------------------


def test_wrong_password_is_a_finding(tmp_path: Path) -> None:
    """It weighs more than the start state that was never reached."""
    done = certify(tmp_path, "boot_accepted", "--limit", "connect_within=1 s", "--limit", "boot_never=1 s",
                   command=["env", "MOCKPILOT_PASSWORD=another", "mockpilot", "presystem", "--quick"])  # fmt: skip
    scenario = done.scenario("boot_accepted")
    assert (done.status, scenario["outcome"]) == (1, "failed")
    assert [finding["requirement"] for finding in scenario["findings"]] == ["C-02"]


def test_clear_text_is_a_finding(tmp_path: Path) -> None:
    """A product that speaks ws:// to the TLS port violates C-01."""
    code = "import os, websocket; websocket.create_connection(os.environ['MOCKPILOT_URL'].replace('wss', 'ws'))"
    done = certify(tmp_path, "boot_accepted", command=[sys.executable, "-c", code])
    requirements = [finding["requirement"] for finding in done.scenario("boot_accepted")["findings"]]
    assert (done.status, requirements) == (1, ["C-01"])


def test_product_that_never_connects(tmp_path: Path) -> None:
    """Inconclusive, exit status 4, and the next step is named."""
    done = certify(tmp_path, "boot_accepted", "--limit", "connect_within=1 s", "--limit", "boot_never=1 s", "--limit",
                   "confirm_within=1 s", command=["sleep", "120"])  # fmt: skip
    assert (done.status, done.scenario("boot_accepted")["cause"]) == (4, "start state not reached")
    assert "nobody ever connected; COMMAND has to connect to {url} or MOCKPILOT_URL; it wrote nothing" in done.stderr


@pytest.mark.parametrize(("connects", "status"), [(False, 4), (True, 2)])
def test_product_that_ends_at_once(connects: bool, status: int, tmp_path: Path) -> None:
    """Inconclusive with its last lines, secrets masked; whether it connected before makes the exit status."""
    code = "import os, socket, urllib.parse as u; p = u.urlsplit(os.environ['MOCKPILOT_URL']);"
    code += "socket.create_connection((p.hostname, p.port)).close();" if connects else ""
    code += "print('no licence for', os.environ['MOCKPILOT_PASSWORD']); raise SystemExit(7)"
    done = certify(tmp_path, "boot_accepted", command=[sys.executable, "-c", code])
    scenario = done.scenario("boot_accepted")
    assert (done.status, scenario["outcome"], scenario["cause"]) == (status, "inconclusive", "product left")
    exit_ = next(event for event in done.trace("boot_accepted") if event["event"] == "product_exited")
    assert (exit_["status"], exit_["output"]) == (7, ["no licence for ***"])


# -- provoking ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("way", "happened"), [
    ('command = ["sh", "-c", "echo $MOCKPILOT_STEP at $MOCKPILOT_CHARGING_POINT_ID of $MOCKPILOT_URL"]', True),
    ('command = ["sh", "-c", "echo no bus is free; exit 5"]', False),
    ('ask = "Plan a bus"', False),
])  # fmt: skip
def test_step_that_leads_to_nothing_leaves_the_scenario_undecided(way: str, happened: bool, tmp_path: Path) -> None:
    """Whether the step was done or not, a product that sends no list was never exercised; what came is recorded."""
    profile = tmp_path / "mute.toml"
    text = DEMO.read_text(encoding="utf-8").replace("stdin = true", way)
    profile.write_text(text.replace('provoke_within = "5 s"', 'provoke_within = "1 s"'), encoding="utf-8")
    done = certify(tmp_path, "request_changed", profile=profile,
                   command=[sys.executable, str(INDEPENDENT / "websocket_client_presystem.py")])  # fmt: skip
    scenario = done.scenario("request_changed")
    assert (done.status, scenario["outcome"], scenario["cause"]) == (2, "inconclusive", "never exercised")
    trace = done.trace("request_changed")
    step = next(event for event in trace if event["event"] == "step_provoked")
    ended = next(event for event in trace if event["event"] == "step_ended")
    assert (step["step"], ended["happened"]) == ("create-request", happened)
    if happened:
        wanted = rf"create-request at {step['charging_point_id']} of wss://127\.0\.0\.1:\d+/vdv463/Presystem1"
        assert re.fullmatch(wanted, ended["detail"])


# -- interrupts --------------------------------------------------------------------------------------------------------


class Interrupted:
    """A run that is in the middle of ``link_goes_silent``, with ``outage_503`` still to come."""

    def __init__(self, folder: Path) -> None:
        self.out, self._pid = folder / "runs", folder / "pid"
        limits = ("silence_within=10 min", "connect_within=1 min")
        command = ["sh", "-c", f'echo $$ > "{self._pid}"; exec mockpilot presystem --quick']
        self.process = subprocess.Popen(
            ["mockpilot", "certify", "boot_accepted", "link_goes_silent", "outage_503",
             "--profile", str(DEMO), "--out", str(self.out), "--push-interval", "10 min",
             *(word for limit in limits for word in ("--limit", limit)), "--", *command],
            env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            encoding="utf-8",
        )  # fmt: skip

    @property
    def product(self) -> int:
        """Process id of the product."""
        return int(self._pid.read_text())

    def wait_for_the_middle(self) -> None:
        """Wait until the link has gone silent."""
        trace = self.out / "latest" / "traces" / "link_goes_silent.jsonl"
        wait_until(lambda: any(event["event"] == "fault_fired" for event in events(trace)))

    def end(self, number: signal.Signals) -> Certified:
        """Send the signal, and wait for the end."""
        self.process.send_signal(number)
        stdout, stderr = self.process.communicate(timeout=OUTER_S)
        return Certified(self.process.returncode, stdout, stderr, self.out / "latest")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupt_leaves_a_complete_folder(number: signal.Signals, status: int, tmp_path: Path) -> None:
    """What has ended stays, what ran is undecided, what would have come is named; the product is gone."""
    run = Interrupted(tmp_path)
    run.wait_for_the_middle()
    done = run.end(number)
    assert done.status == status
    assert "Traceback" not in done.stderr
    assert done.result["finished"] is True
    assert done.outcomes == {"boot_accepted": "passed", "link_goes_silent": "inconclusive"}
    assert done.scenario("link_goes_silent")["cause"] == "interrupted"
    assert done.scenario("outage_503")["reason"] == "interrupted"
    assert "link_goes_silent" in (done.folder / "report.html").read_text(encoding="utf-8")
    with pytest.raises(ProcessLookupError):
        os.kill(run.product, 0)


def test_kill_leaves_what_was_there(tmp_path: Path) -> None:
    """The result says that it is not finished, every frame of the running scenario is there, and pages can be made."""
    run = Interrupted(tmp_path)
    run.wait_for_the_middle()
    done = run.end(signal.SIGKILL)
    os.killpg(run.product, signal.SIGKILL)
    assert done.result["finished"] is False
    assert done.outcomes["boot_accepted"] == "passed"
    kinds = [event["event"] for event in done.trace("link_goes_silent")]
    assert (kinds[0], kinds.count("message_received") >= 2) == ("scenario_started", True)
    assert not (done.folder / "report.html").exists()
    assert mockpilot("report", str(done.folder)).returncode == 0
    assert "boot_accepted" in (done.folder / "report.html").read_text(encoding="utf-8")
