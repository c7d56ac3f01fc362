"""``mockpilot ctl`` against a running ``serve --console``, as a shell uses it."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from console.serving import Bench, presystem, serving
from mockpilot.cli.ctl import ctl
from mockpilot.cli.ctl.arming import arm
from mockpilot.cli.ctl.newest import newest, newest_found
from mockpilot.faults.plan import parameters
from mockpilot.faults.verbs import VERBS
from mockpilot.scenario.planned import load_plan
from running import environment, events, mockpilot, wait_until

if TYPE_CHECKING:
    from mockpilot.cli.ctl.call import Console

LIST = "ProvideChargingRequests"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A console with a presystem in exchange."""
    with serving(tmp_path_factory.mktemp("bench")) as running, presystem(running):
        assert running.ctl("wait", "answer", "--within", "20 s").returncode == 0
        yield running


def said(done: subprocess.CompletedProcess[str]) -> str:
    """What it printed, if it worked."""
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_links_are_told(bench: Bench) -> None:
    """With their state and what they count."""
    assert "Presystem1  BMS  exchange" in said(bench.ctl("links"))
    assert bench.told("links")["links"][0]["presystem_id"] == "Presystem1"


def test_fault_is_armed_seen_and_disarmed(bench: Bench) -> None:
    """In the words of a plan."""
    bench.ctl("mark", "here")
    armed = said(bench.ctl("arm", "lose", "confirmation", "--action", LIST, "--nth", "1", "--name", "mine"))
    assert armed.startswith("mine · event ")
    assert "armed            mine  lose  type confirmation" in said(bench.ctl("faults"))
    assert said(bench.ctl("disarm", "mine")).startswith("disarmed mine")
    again = bench.ctl("disarm", "mine")
    assert (again.returncode, again.stderr) == (1, "mockpilot: fault mine is disarmed already\n")
    assert bench.ctl("disarm", "nobody").returncode == 4


def test_link_is_dropped_and_comes_back(bench: Bench) -> None:
    """The command answers when the link has ended; what follows can be waited for, however fast it was."""
    assert "dropped link" in said(bench.ctl("drop", "--how", "reset"))
    assert "came after" in said(bench.ctl("wait", "accepted", "--within", "30 s"))
    assert bench.told("wait", "answer", "--within", "30 s")["came"]


def test_word_that_nobody_knows_is_usage(bench: Bench) -> None:
    """With the one that may be meant, or else all of them."""
    done = bench.ctl("wait", "fault_fird")
    assert (done.returncode, done.stderr.endswith("found 'fault_fird' — did you mean 'fault_fired'?\n")) == (3, True)
    done = bench.ctl("wait", "foo")
    assert (done.returncode, "accepted" in done.stderr, "link_ended" in done.stderr) == (3, True, True)


def test_durations_and_links_are_checked_before_anybody_is_asked() -> None:
    """In the words of the command line."""
    for words in (["advance", "5"], ["drop", "--down", "5"], ["wait", "link", "--within", "5"]):
        done = mockpilot("ctl", "--address", "http://127.0.0.1:1", "--key", "x", *words)
        assert (done.returncode, "a duration such as" in done.stderr) == (3, True), done.stderr
    done = mockpilot("ctl", "--address", "http://127.0.0.1:1", "--key", "x", "drop", "first")
    assert (done.returncode, "'first' is not a valid integer" in done.stderr) == (3, True)


def test_wait_that_ends_in_vain_tells_what_came_instead(bench: Bench) -> None:
    """With status 1."""
    bench.ctl("push")
    done = bench.ctl("wait", "BootNotification", "--within", "50 ms")
    assert done.returncode == 1
    assert "did not come" in done.stdout
    assert "ProvideChargingInformation" in done.stdout


def test_pushes_are_paused_pushed_and_resumed(bench: Bench) -> None:
    """What is so already is status 1."""
    assert "pushes paused" in said(bench.ctl("pause"))
    assert "pushes are paused" in said(bench.ctl("links"))
    assert bench.ctl("pause").returncode == 1
    assert "pushed to 1 link" in said(bench.ctl("push"))
    assert "pushes resumed" in said(bench.ctl("resume"))


def test_message_is_held_edited_and_let_go(bench: Bench) -> None:
    """The name of the hold is what is needed afterwards."""
    name = bench.told("hold", "request")["did"]
    bench.ctl("push")
    [held] = [one for one in bench.told("holds") if one["id"] == name]
    slots = json.loads(held["text"])
    other = json.dumps([*slots[:6], {"depotInfoList": []}])
    assert "let go what" in said(bench.ctl("let-go", name, "--text", other))
    assert bench.ctl("discard", name).returncode == 1


def test_message_is_said_by_hand(bench: Bench) -> None:
    """As it is; from standard input with -."""
    link = str(bench.told("links")["links"][0]["id"])
    assert f"said it on link {link}" in said(bench.ctl("say", link, "anything"))
    told = [line["text"] for line in bench.told("messages", "--text", "anything")["lines"]]
    assert "no envelope: anything" in told


def test_depot_is_told_and_changed(bench: Bench) -> None:
    """A point gets a vehicle, and the depot says so."""
    point = next(one["id"] for station in bench.told("depot")["stations"] if not station["is_default"]
                 for one in station["points"])  # fmt: skip
    said(bench.ctl("depot", "plug-in", point, "--vehicle", "a-bus", "--soc", "33"))
    assert "a-bus 33 %" in said(bench.ctl("depot"))
    said(bench.ctl("depot", "unplug", point))


def test_stretch_is_saved_as_a_plan_that_can_be_read(bench: Bench, tmp_path: Path) -> None:
    """And loaded again, in place of all faults."""
    mark = str(bench.told("mark", "a stretch")["events"][0])
    bench.ctl("arm", "delay", "confirmation", "--action", LIST, "--by", "2 s", "--nth", "1")
    file = tmp_path / "saved.toml"
    assert f"{file}: 1 fault\n" == said(bench.ctl("save", str(file), "--since", mark, "--title", "late"))
    plan = load_plan(file)
    assert (plan.title, [fault.do for fault in plan.faults]) == ("late", ["delay"])
    assert "armed 1 fault in place" in said(bench.ctl("load", str(file)))
    said(bench.ctl("disarm", "all"))
    assert bench.ctl("save", "--since", "999999").returncode == 1


def test_findings_are_told(bench: Bench) -> None:
    """Nothing is judged here; the rules are."""
    assert "judged until event" in said(bench.ctl("findings"))


def test_search_in_vain_tells_what_came_closest(bench: Bench) -> None:
    """With what does not fit."""
    told = said(bench.ctl("messages", "--text", "ProvideChargingInformatoin"))
    assert told.startswith("nothing found; what came closest:\n")
    assert "(provideCharginginformation for providecharginginformatoin)".lower() in told


def test_newest_messages_are_told_and_how_to_see_the_earlier_ones(bench: Bench) -> None:
    """Also those in which a text stands."""
    for text in ("first note", "second note", "third note"):
        bench.ctl("mark", text)
    first, last = said(bench.ctl("messages", "--most", "2", "--text", " note")).splitlines()[::2]
    found = bench.told("messages", "--most", "2")
    begin = found["first"]
    assert (len(found["lines"]), found["earlier"]) == (2, found["lines"][0]["index"] - begin)
    assert first == f"… 1 earlier line; --since {begin} shows them from the first one on, --most more at once"
    assert last.endswith("third note")
    from_the_first = said(bench.ctl("messages", "--since", "0", "--most", "2")).splitlines()
    assert [line.split()[0] for line in from_the_first[:2]] == [f"{begin}", f"{begin + 1}"]
    assert from_the_first[2].endswith(f" more events; go on with --since {begin + 2}")


def test_newest_lines_are_found_over_many_pages() -> None:
    """In an API that answers a page at a time; what came closest is told only where nothing is found at all."""
    def answer(_method: str, _path: str, *, since: int, most: int, text: str = "") -> dict[str, Any]:
        found = [{"index": index} for index in range(max(since, 7), 2507)][:most] if text != "nowhere" else []
        next_ = found[-1]["index"] + 1 if len(found) == most else 2507
        return {"lines": found, "first": 7, "next": next_, "end": 2507, "near": [] if found else ["close"]}

    console = cast("Console", SimpleNamespace(ask=answer))
    for found in (newest_found(console, 3, "x"), newest(console, 3)):
        assert [one["index"] for one in found["lines"]] == [2504, 2505, 2506]
        assert (found["earlier"], found["near"]) == (2497, [])
    assert newest_found(console, 3, "nowhere") == answer("", "", since=0, most=3, text="nowhere") | {"earlier": 0}
    assert newest(console, 9999)["earlier"] == 0


def test_recording_begins_anew(bench: Bench) -> None:
    """The presystem comes back and is judged from there on."""
    assert said(bench.ctl("reset", "history")).startswith("reset history, and with it links, faults and depot")
    assert bench.told("wait", "answer", "--within", "30 s")["came"]
    first = bench.told("messages")["first"]
    assert first > 0
    wait_until(lambda: bench.told("findings")["judged_until"] > first)
    found = bench.told("findings")
    assert (found["why_not"], found["findings"]) == ("", [])


def test_selection_is_run_against_who_is_connected(bench: Bench, tmp_path: Path) -> None:
    """Judged and written down as certify does it; afterwards the bench is its own again, and convicts nobody for it."""
    said(bench.ctl("reset"))
    said(bench.ctl("wait", "answer", "--within", "30 s"))
    before = bench.told("links")["links"][0]["id"]
    told = bench.told("run", "boot_accepted", "boot_unanswered", "--seed", "7")
    assert (told["state"], told["outcome"], told["done"], told["of"]) == ("finished", "passed", 2, 2)
    assert [(one["name"], one["outcome"]) for one in told["scenarios"]] == [
        ("boot_accepted", "passed"), ("boot_unanswered", "passed"),
    ]  # fmt: skip
    assert mockpilot("verify", told["folder"]).returncode == 0
    assert f"{told['id']}  finished: passed, 2 of 2  boot_accepted boot_unanswered" in said(bench.ctl("runs"))
    page = tmp_path / "report.html"
    said(bench.ctl("runs", told["id"], "--report", str(page)))
    assert page.read_bytes() == (Path(told["folder"]) / "report.html").read_bytes()
    assert bench.told("wait", "answer", "--within", "30 s")["came"]
    assert bench.told("links")["links"][0]["id"] > before
    end = bench.get("/health")["next_event"]
    wait_until(lambda: bench.told("findings")["judged_until"] >= end)
    assert bench.told("findings")["findings"] == []


def test_trace_stays_whole_over_a_reset_and_a_run(tmp_path: Path) -> None:
    """Every event in order, with one beginning and one end; the rules have nothing to say of what the bench did."""
    trace = tmp_path / "trace.jsonl"
    with serving(tmp_path, "--trace", str(trace)) as bench, presystem(bench):
        said(bench.ctl("wait", "answer", "--within", "20 s"))
        said(bench.ctl("reset"))
        said(bench.ctl("wait", "answer", "--within", "20 s"))
        said(bench.ctl("run", "boot_accepted"))
        said(bench.ctl("wait", "answer", "--within", "20 s"))
    kept = events(trace)
    assert [one["index"] for one in kept] == list(range(len(kept)))
    kinds = [one["event"] for one in kept]
    assert [kinds.count(one) for one in ("scenario_started", "scenario_ended")] == [1, 1]
    judged = mockpilot("judge", str(trace))
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_run_is_alone_and_can_be_stopped(bench: Bench) -> None:
    """Nobody meddles with it; what was not played is named in a folder that is complete."""
    begun = bench.told("run", "--no-wait")[0]
    other = bench.ctl("run", "boot_accepted")
    assert (other.returncode, "one run at a time" in other.stderr) == (1, True)
    meddled = bench.ctl("pause")
    assert (meddled.returncode, f"run {begun['id']}" in meddled.stderr) == (1, True)
    assert f"to be through: run {begun['id']}" in said(bench.ctl("links"))
    said(bench.ctl("runs", begun["id"], "--stop"))
    wait_until(lambda: bench.told("runs")[0]["state"] != "goes on")
    told = bench.told("runs", begun["id"])
    assert (told["state"], told["trouble"]) == ("stopped", "")
    assert mockpilot("verify", told["folder"]).returncode == 0
    assert bench.told("wait", "answer", "--within", "30 s")["came"]


def test_run_that_cannot_be_says_why(bench: Bench) -> None:
    """As certify says it."""
    done = bench.ctl("run", "doomsday")
    assert (done.returncode, "'mockpilot list' names them" in done.stderr) == (3, True)
    assert bench.ctl("runs", "doomsday").returncode == 4


def test_address_and_key_lead_to_it_too(bench: Bench) -> None:
    """By options, by the environment, by the link as it is shown."""
    nowhere = {"XDG_RUNTIME_DIR": "/nonexistent"}
    assert said(mockpilot("ctl", "--address", bench.address, "--key", bench.key, "links", **nowhere))
    assert said(mockpilot("ctl", "--address", bench.link, "links", **nowhere))
    by_environment = {"MOCKPILOT_CONTROL_URL": bench.address, "MOCKPILOT_CONTROL_KEY": bench.key}
    assert said(mockpilot("ctl", "links", **nowhere, **by_environment))
    wrong = mockpilot("ctl", "--address", bench.address, "--key", "wrong", "links")
    assert (wrong.returncode, "Bearer KEY" in wrong.stderr) == (3, True)


def test_read_only_key_only_looks(bench: Bench) -> None:
    """And says so."""
    key = bench.read_only_link.partition("key=")[2]
    assert said(bench.ctl("--key", key, "links"))
    done = bench.ctl("--key", key, "push")
    assert (done.returncode, "may only look" in done.stderr) == (3, True)


def test_nobody_there_is_said(tmp_path: Path) -> None:
    """With the next step."""
    done = mockpilot("ctl", "links", XDG_RUNTIME_DIR=str(tmp_path))
    assert (done.returncode, "start 'mockpilot serve --console'" in done.stderr) == (4, True)
    done = mockpilot("ctl", "--address", "http://127.0.0.1:1", "--key", "x", "links")
    assert (done.returncode, "a running console is expected there" in done.stderr) == (3, True)


def test_console_over_tls_is_found_with_what_to_trust(tmp_path: Path) -> None:
    """Nobody has to say which authority signed its certificate."""
    certs = tmp_path / "certs"
    assert mockpilot("certs", str(certs), "--host", "localhost", "--host", "127.0.0.1").returncode == 0
    with serving(tmp_path, "--console-certs", str(certs)) as bench:
        assert bench.address.startswith("https://127.0.0.1:")
        assert "waiting for product: to connect" in said(bench.ctl("links"))


@pytest.mark.parametrize(("words", "named"), [
    (["--console-listen", "127.0.0.1:0"], "--console-listen: goes with --console"),
    (["--console", "--console-listen", "nowhere"], "--console-listen: HOST:PORT"),
    (["--console", "--console-listen", "0.0.0.0:0"], "--console-certs FOLDER"),
    (["--console", "--console-certs", "no/where"], "server.pem and server.key are expected"),
    (["--console", "--console-listen", "192.0.2.7:0", "--console-certs", "x"], "MOCKPILOT_CONSOLE_PASSWORD"),
])  # fmt: skip
def test_console_that_cannot_be_says_why(words: list[str], named: str) -> None:
    """In one sentence."""
    done = mockpilot("serve", *words)
    assert (done.returncode, done.stderr.count("\n"), named in done.stderr) == (3, 1, True), done.stderr


def test_several_consoles_are_listed(bench: Bench) -> None:
    """Which one is meant, somebody has to say; when one has ended, nobody has to any more."""
    with serving_beside(bench) as other:
        done = bench.ctl("links")
        assert done.returncode == 3
        assert all(f"--address {one}" in done.stderr for one in (bench.address, other.address))
        assert said(bench.ctl("--address", bench.address, "links"))
        other.process.send_signal(signal.SIGKILL)
        other.process.wait()
        assert said(bench.ctl("links"))


def serving_beside(bench: Bench):  # type: ignore[no-untyped-def]
    """Another console of the same user."""
    (bench.folder / "beside").mkdir()
    return serving(bench.folder / "beside", runtime=bench.folder)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_what_a_plan_takes(verb: str) -> None:
    """Neither more nor less."""
    taken = {one.name for one in arm.commands[verb].params}
    assert taken == {*parameters(verb), "json"}


def test_every_command_answers_in_json() -> None:
    """Scripts need no other form."""
    commands = {name: one for name, one in ctl.commands.items() if name != "arm"} | dict(arm.commands)
    assert [name for name, one in commands.items() if "json" not in {param.name for param in one.params}] == []


def test_shell_completes_commands_choices_and_what_is_armed(bench: Bench) -> None:
    """By click's own means."""
    bench.ctl("arm", "lose", "error", "--name", "completed")

    def completed(words: str, place: int) -> str:
        more = {"_MOCKPILOT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(place)}
        return subprocess.run(["mockpilot"], env=environment(**more, **bench.environment), capture_output=True,
                              text=True, check=True).stdout  # fmt: skip

    assert "plain,lose" in completed("mockpilot ctl arm lo", 3)
    assert "plain,tls-cut" in completed("mockpilot ctl arm drop tls-", 4)
    assert "plain,completed" in completed("mockpilot ctl disarm comp", 3)
    bench.ctl("disarm", "completed")
