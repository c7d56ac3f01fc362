"""What one waits for by ``ctl``, and takes home from what came."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mockpilot.cli.ctl.answers import DONE, NOT_DONE, Spoken, console, json_option, tell, write_text
from mockpilot.cli.ctl.call import PATIENCE_S
from mockpilot.cli.ctl.words import event_words, line_lines
from mockpilot.counts import counted
from mockpilot.durations import format_duration, parse_duration


def _words(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    from mockpilot.scenario.matching import EVENT_NAMES, WORDS

    return [one for one in (*WORDS, *sorted(EVENT_NAMES)) if one.startswith(begun)]


@click.command()
@click.argument("what", shell_complete=_words)
@click.option("--count", type=int, default=1, show_default=True)
@click.option("--within", type=Spoken(), metavar="DURATION", default="30 s", show_default=True)
@click.option("--since", type=int, help="index of the first event that counts; left out: the first of the newest "
              "command that did something, or what follows a mark")
@click.option("--link", type=int, help="only events of this link")
@click.option("--fault", metavar="NAME", help="only events of this fault")
@json_option
def wait(what: str, count: int, within: str, since: int | None, link: int | None, fault: str | None) -> int:
    """Wait for an action, `link`, `attempt`, `accepted`, `answer` or an event's name; status 1 if it does not come.

    What the newest command brought about counts, however fast it came: `ctl drop && ctl wait accepted` misses nothing.
    """
    asked = {"what": what, "count": count, "within": within, "since": since, "link": link, "fault": fault}
    answer = console().ask("POST", "/wait", asked, within_s=parse_duration(within) + PATIENCE_S)
    tell(answer, _waited)
    return DONE if answer["came"] else NOT_DONE


def _waited(answer: Any) -> list[str]:
    if answer["came"]:
        return [f"came after {format_duration(answer['waited_s'])} · {event_words(answer['events'])}"]
    instead = line_lines({"lines": answer["instead"]})
    return [f"did not come in {format_duration(answer['waited_s'])}, from event {answer['since']} on; in its place: "
            f"{'' if instead else 'nothing'}".rstrip(), *instead]  # fmt: skip


@click.command()
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
        write_text(file, answer["toml"])
    return tell(answer, lambda made: _saved(made, file))


def _saved(made: Any, file: Path | None) -> list[str]:
    if file is None:
        return [made["toml"].rstrip("\n")]
    left_out = f"; not repeated: {', '.join(made['left_out'])}" if made["left_out"] else ""
    return [f"{file}: {counted(made['faults'], 'fault')}{left_out}"]


COMMANDS = (wait, save)
