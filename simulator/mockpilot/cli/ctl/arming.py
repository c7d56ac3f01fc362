"""``ctl arm``: a command for each verb of the fault vocabulary, with what its constructor takes."""

from __future__ import annotations

from typing import Any

import click

from mockpilot.cli.ctl.answers import console, done_lines, json_option, tell
from mockpilot.faults.asking import Asked, as_value, asked_of
from mockpilot.faults.verbs import VERBS


@click.group()
def arm() -> None:
    """Arm a fault: `ctl arm VERB …`, in the words of a plan."""


def _arming(verb: str) -> click.Command:
    asked = asked_of(verb)

    def arm_it(**given: Any) -> int:
        values = {one.name: as_value(one, given[one.name]) for one in asked if given.get(one.name) is not None}
        answer = console().ask("POST", "/faults", {"do": verb} | values)
        return tell(answer, done_lines)

    command = click.Command(verb, callback=arm_it, params=[_option(one) for one in asked], help=VERBS[verb])
    return _json_option_on(command)


def _json_option_on(command: click.Command) -> click.Command:
    @json_option
    def bearer() -> None:
        """Bears the option."""

    command.params += bearer.__click_params__  # type: ignore[attr-defined]
    return command


def _option(one: Asked) -> click.Parameter:
    # A refusal takes any HTTP status, not only those that are offered.
    closed = one.kind == "choice" and not any(word.isdecimal() for word in one.choices)
    kind: click.ParamType | None = click.Choice(one.choices) if closed else None  # type: ignore[type-arg]
    if one.required and one.first:
        return click.Argument([one.name], type=kind, required=True)
    if one.kind == "flag":
        flag = f"--{one.name}/--not-{one.name}"
        return click.Option([flag, one.name], default=None, callback=_flag)
    return click.Option([f"--{one.name}", one.name], type=kind, required=one.required, metavar=None if closed else
                        one.kind.upper(), help=f"else {one.default}" if one.default else None)  # fmt: skip


def _flag(_ctx: click.Context, _param: click.Parameter, value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


for _verb in VERBS:
    arm.add_command(_arming(_verb))
