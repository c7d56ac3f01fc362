"""The depot and its time by ``ctl``, and beginning afresh."""

from __future__ import annotations

import click

from mockpilot.cli.ctl.answers import Spoken, console, done_lines, json_option, tell
from mockpilot.cli.ctl.words import depot_lines


@click.command()
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


@click.command()
@click.argument("by", type=Spoken(), metavar="DURATION")
@json_option
def advance(by: str) -> int:
    """Let simulated time jump forward."""
    return tell(console().ask("POST", "/clock", {"advance": by}), done_lines)


@click.command()
@click.argument("what", nargs=-1, type=click.Choice(["links", "faults", "depot", "pushes", "history"]))
@json_option
def reset(what: tuple[str, ...]) -> int:
    """Begin afresh: all of it, or what is named; `history` takes links, faults and depot with it."""
    return tell(console().ask("POST", "/reset", {"what": list(what)} if what else {}), done_lines)


COMMANDS = (depot, advance, reset)
