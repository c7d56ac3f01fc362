"""``mockpilot ctl``: drives a running ``serve --console`` from a shell; thin over the control API."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from mockpilot.cli.control_call import Console, NotDoneError, NothingThereError
from mockpilot.cli.control_words import (
    depot_lines,
    fault_lines,
    finding_lines,
    found_lines,
    hold_lines,
    line_lines,
    link_lines,
    run_lines,
    told_lines,
)
from mockpilot.cli.ctl_answers import (
    CONSOLE,
    DONE,
    JSON,
    NOT_DONE,
    NOTHING_THERE,
    console,
    done_lines,
    json_option,
    known,
    tell,
)
from mockpilot.cli.ctl_arming import arm
from mockpilot.durations import parse_duration
from mockpilot.errors import UsageError
from mockpilot.faults.words import DROP_HOWS
from mockpilot.protocol.envelope import Action

LOOKS_EVERY_S = 0.5


class _Ctl(click.Group):
    """Says in one sentence why something was not done."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (NotDoneError, NothingThereError) as error:
            click.echo(f"mockpilot: {error}", err=True)
            return NOT_DONE if isinstance(error, NotDoneError) else NOTHING_THERE


@click.group(cls=_Ctl)
@click.option("--address", metavar="URL", help="also MOCKPILOT_CONTROL_URL; left out: the console that runs")
@click.option("--key", metavar="KEY", help="also MOCKPILOT_CONTROL_KEY; left out: the running console's own")
@click.option("--json", "as_json", is_flag=True, help="answer in JSON")
@click.pass_context
def ctl(ctx: click.Context, address: str | None, key: str | None, as_json: bool) -> None:
    """Drive a running `mockpilot serve --console`.

    Exit status: 0 done, 1 not done (it says why), 3 usage or no answer, 4 no console runs or no such thing.
    """
    ctx.meta[CONSOLE] = address, key
    ctx.meta[JSON] = as_json


# -- looking -----------------------------------------------------------------------------------------------------------


@ctl.command()
@json_option
def links() -> int:
    """Who is connected, in which state, and whom everybody waits for."""
    state = console().ask("GET", "/state")
    found = {"links": state["links"], "awaited": state["awaited"], "pushes": state["pushes"]}
    return tell(found, link_lines)


@ctl.command()
@json_option
def faults() -> int:
    """All faults with their evidence, the newest first."""
    return tell(console().ask("GET", "/faults"), fault_lines)


@ctl.command()
@json_option
def findings() -> int:
    """What the rules say of the recording so far."""
    return tell(console().ask("GET", "/findings"), finding_lines)


@ctl.command()
@click.option("--since", type=int, default=0, help="index of the first event")
@click.option("--most", type=int, default=200, help="lines")
@click.option("--text", default="", help="only lines or messages in which it stands")
@json_option
def messages(since: int, most: int, text: str) -> int:
    """The conversation; where --text is found nowhere, what came closest."""
    return tell(console().ask("GET", "/messages", since=since, most=most, text=text), found_lines)


# -- faults ------------------------------------------------------------------------------------------------------------


ctl.add_command(arm)


@ctl.command()
@click.argument("name", shell_complete=known("/faults", "name"))
@json_option
def disarm(name: str) -> int:
    """Take a fault out, or `all`; the evidence stays."""
    if name == "all":
        return tell(console().ask("POST", "/reset", {"what": ["faults"]}), done_lines)
    return tell(console().ask("DELETE", f"/faults/{_path(name)}"), done_lines)


@ctl.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def load(file: Path) -> int:
    """Arm a whole plan in place of all faults that are armed."""
    return tell(console().ask("PUT", "/faults", {"toml": _read(file)}), done_lines)


# -- links, pushes and messages ----------------------------------------------------------------------------------------


@ctl.command()
@click.argument("link", required=False, shell_complete=known("/links", "id"))
@click.option("--how", type=click.Choice(DROP_HOWS), default="close")
@click.option("--code", type=int, help="close code")
@click.option("--down", metavar="DURATION", help="for so long TCP is refused afterwards")
@json_option
def drop(link: str | None, how: str, code: int | None, down: str | None) -> int:
    """End a link and see it end; without LINK the only one there is."""
    asked = console()
    number = link or _only_link(asked)
    return tell(asked.ask("DELETE", f"/links/{_path(number)}", how=how, code=code, down=down), done_lines)


def _only_link(asked: Console) -> str:
    live = [str(one["id"]) for one in asked.ask("GET", "/links")]
    if len(live) != 1:
        raise NotDoneError(f"drop: LINK is expected unless there is just one; there are {', '.join(live) or 'none'}")
    return live[0]


@ctl.command()
@json_option
def push() -> int:
    """Push now, to every link that has booted."""
    return tell(console().ask("POST", "/push"), done_lines)


@ctl.command()
@json_option
def pause() -> int:
    """Keep pushes back."""
    return tell(console().ask("PUT", "/push", {"paused": True}), done_lines)


@ctl.command()
@json_option
def resume() -> int:
    """Let pushes out again."""
    return tell(console().ask("PUT", "/push", {"paused": False}), done_lines)


@ctl.command()
@click.argument("type", type=click.Choice(["request", "confirmation", "error"]), default="request")
@click.option("--action", type=click.Choice([str(one) for one in Action]))
@click.option("--link", type=int)
@json_option
def hold(type: str, action: str | None, link: int | None) -> int:  # noqa: A002 - the word of the vocabulary
    """Hold the next message of ours that is meant; it says under which name."""
    return tell(console().ask("POST", "/holds", {"type": type, "action": action, "link": link}), done_lines)


@ctl.command()
@json_option
def holds() -> int:
    """Messages that are held, and holds that wait for one."""
    return tell(console().ask("GET", "/holds"), hold_lines)


@ctl.command("let-go")
@click.argument("name", shell_complete=known("/holds", "id"))
@click.option("--text", help="say this in its place")
@click.option("--file", type=click.Path(path_type=Path), help="say what stands there in its place; - is standard input")
@json_option
def let_go(name: str, text: str | None, file: Path | None) -> int:
    """Let a held message go, as it is or with another text."""
    said = _read(file) if file is not None else text
    return tell(console().ask("PUT", f"/holds/{_path(name)}", {"do": "let-go", "text": said}), done_lines)


@ctl.command()
@click.argument("name", shell_complete=known("/holds", "id"))
@json_option
def discard(name: str) -> int:
    """Never let a held message go."""
    return tell(console().ask("PUT", f"/holds/{_path(name)}", {"do": "discard"}), done_lines)


@ctl.command()
@click.argument("link", type=int)
@click.argument("text")
@json_option
def say(link: int, text: str) -> int:
    """Send a message by hand, as it is; - takes it from standard input."""
    said = sys.stdin.read() if text == "-" else text
    return tell(console().ask("POST", "/messages", {"link": link, "text": said}), done_lines)


# -- notes, waiting, the depot, plans ----------------------------------------------------------------------------------


@ctl.command()
@click.argument("text")
@json_option
def mark(text: str) -> int:
    """Write a note into the recording; waits and plans can begin there."""
    return tell(console().ask("POST", "/marks", {"text": text}), done_lines)


@ctl.command()
@click.argument("what")
@click.option("--count", type=int, default=1)
@click.option("--within", metavar="DURATION", default="30 s", show_default=True)
@click.option("--since", type=int, help="index of the first event that counts; left out: what follows the newest mark")
@click.option("--link", type=int)
@click.option("--fault", metavar="NAME", help="only events of this fault")
@json_option
def wait(what: str, count: int, within: str, since: int | None, link: int | None, fault: str | None) -> int:
    """Wait for an action, `link`, `attempt`, `accepted`, `answer` or an event's name; status 1 if it does not come."""
    asked = {"what": what, "count": count, "within": within, "since": since, "link": link, "fault": fault}
    answer = console().ask("POST", "/wait", asked, within_s=_seconds("--within", within) + 30.0)
    tell(answer, _waited)
    return DONE if answer["came"] else NOT_DONE


def _waited(answer: Any) -> list[str]:
    if answer["came"]:
        return [f"came after {answer['waited_s']:g} s · events {', '.join(map(str, answer['events']))}"]
    return [f"did not come in {answer['waited_s']:g} s; in its place:", *line_lines({"lines": answer["instead"]})]


@ctl.command()
@click.argument("do", required=False,
                type=click.Choice(["plug-in", "unplug", "fault", "mend", "offline", "online", "forget"]))
@click.argument("target", default="")
@click.option("--vehicle", default="")
@click.option("--soc", type=float, default=40.0, help="percent, of who is plugged in")
@click.option("--error", default="OtherError", help="an error code of OCPP")
@json_option
def depot(do: str | None, target: str, vehicle: str, soc: float, error: str) -> int:
    """The depot as it is; or do something to a point, a station or a vehicle."""
    if do is None:
        return tell(console().ask("GET", "/depot"), depot_lines)
    asked = {"do": do, "target": target, "vehicle": vehicle, "soc_percent": soc, "error": error}
    return tell(console().ask("PATCH", "/depot", asked), done_lines)


@ctl.command()
@click.argument("by", metavar="DURATION")
@json_option
def advance(by: str) -> int:
    """Let simulated time jump forward."""
    return tell(console().ask("POST", "/clock", {"advance": by}), done_lines)


@ctl.command()
@click.argument("what", nargs=-1, type=click.Choice(["links", "faults", "depot", "pushes", "history"]))
@json_option
def reset(what: tuple[str, ...]) -> int:
    """Begin afresh: all of it, or what is named; `history` takes links, faults and depot with it."""
    return tell(console().ask("POST", "/reset", {"what": list(what)} if what else {}), done_lines)


@ctl.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--since", type=int, default=0, help="index of the first event")
@click.option("--until", type=int, help="index of the first event that is left out")
@click.option("--title", default="from the lab bench", show_default=True)
@click.option("--exercises", multiple=True, metavar="REQUIREMENT")
@json_option
def save(file: Path | None, since: int, until: int | None, title: str, exercises: tuple[str, ...]) -> int:
    """Save what was armed in a stretch as a plan for `certify --plan`, into FILE or to standard output."""
    asked = {"title": title, "since": since, "until": until, "exercises": list(exercises)}
    answer = console().ask("POST", "/plans", asked)
    if file is not None:
        _write(file, answer["toml"])
    return tell(answer, lambda made: _saved(made, file))


def _saved(made: Any, file: Path | None) -> list[str]:
    if file is None:
        return [made["toml"].rstrip("\n")]
    left_out = f"; not repeated: {', '.join(made['left_out'])}" if made["left_out"] else ""
    return [f"{file}: {made['faults']} faults{left_out}"]


# -- runs --------------------------------------------------------------------------------------------------------------


@ctl.command()
@click.argument("selection", nargs=-1)
@click.option("--skip", multiple=True, metavar="SELECTION", help="leave these out; repeatable")
@click.option("--seed", type=int, help="for whatever is left to chance")
@click.option("--no-wait", is_flag=True, help="answer once it has begun")
@json_option
def run(selection: tuple[str, ...], skip: tuple[str, ...], seed: int | None, no_wait: bool) -> int:
    """Certify the product that is connected: SELECTION as `certify` takes it; status 1 unless all of it passed."""
    asked = console()
    begun = asked.ask("POST", "/runs", {"selection": list(selection), "skip": list(skip), "seed": seed})
    if no_wait:
        return tell([begun], run_lines)
    told = _when_over(asked, begun["id"])
    tell(told, told_lines)
    return DONE if (told["state"], told["outcome"]) == ("finished", "passed") else NOT_DONE


def _when_over(asked: Console, run: str) -> Any:
    while (told := asked.ask("GET", f"/runs/{_path(run)}"))["state"] == "goes on":
        time.sleep(LOOKS_EVERY_S)
    return told


@ctl.command()
@click.argument("run", required=False, shell_complete=known("/runs", "id"))
@click.option("--stop", is_flag=True, help="end it; what was played is kept")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="write its report page there")
@json_option
def runs(run: str | None, stop: bool, report: Path | None) -> int:
    """Runs that were started at this console; or one with its results."""
    asked = console()
    if run is None:
        return tell(asked.ask("GET", "/runs"), run_lines)
    if stop:
        return tell([asked.ask("DELETE", f"/runs/{_path(run)}")], run_lines)
    if report is not None:
        _write(report, asked.ask_text(f"/runs/{_path(run)}/report"))
    return tell(asked.ask("GET", f"/runs/{_path(run)}"), told_lines)


# -- small things ------------------------------------------------------------------------------------------------------


def _path(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _seconds(option: str, text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: a file with text in UTF-8 is expected: {error}") from error


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: a file that can be written is expected: {error.strerror}") from error
