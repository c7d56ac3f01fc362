"""``mockpilot ctl``: drives a running ``serve --console`` from a shell; thin over the control API.

Its commands stand in the modules of this folder, by what they are about.
"""

from __future__ import annotations

from typing import Any

import click

from mockpilot.cli.ctl import breaking, depot, looking, runs, saying, waiting
from mockpilot.cli.ctl.answers import CONSOLE, JSON, NOT_DONE, NOTHING_THERE
from mockpilot.cli.ctl.call import NotDoneError, NothingThereError


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


for _module in (looking, breaking, saying, waiting, depot, runs):
    for _command in _module.COMMANDS:
        ctl.add_command(_command)
