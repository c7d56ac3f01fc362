"""``mockpilot presystem``: the exemplary presystem, or with ``--offend`` an offender."""

from __future__ import annotations

import os

import click


@click.command()
@click.option("--url", metavar="URL", help="wss://HOST:PORT/PATH of the CMS [MOCKPILOT_URL]")
@click.option("--ca", metavar="FILE", help="PEM file with the trust anchor [MOCKPILOT_CA_FILE; else the system's]")
@click.option("--user", metavar="NAME", help="user name [MOCKPILOT_USER; else after the id]")
@click.option("--password-env", metavar="VARIABLE", help="variable with the password [default: MOCKPILOT_PASSWORD]")
@click.option("--id", metavar="ID", help="presystem id [MOCKPILOT_PRESYSTEM_ID; else as the dialect has it]")
@click.option("--kind", metavar="KIND", help="BMS or ITCS [MOCKPILOT_PRESYSTEM_KIND; else BMS]")
@click.option("--dialect", metavar="NAME",
              help="chargepilot, vdv-1.0, vdv-1.1 or vdv-2.0-rc1 [MOCKPILOT_DIALECT; else chargepilot]")
@click.option("--requests", metavar="FILE", help="JSON array of charging requests [default: two buses]")
@click.option("--back-off", metavar="FIRST..CAP", help="pauses between attempts [default: 15 s..5 min]")
@click.option("--silence-after", metavar="DURATION", help="so long without a push: reconnect [default: three missed]")
@click.option("--quick", is_flag=True, help="back-off of 200 ms..2 s and short time-outs")
@click.option("--offend", metavar="RULE", help="break one rule; `mockpilot list offenders` names them")
def presystem(quick: bool, offend: str | None, **options: str | None) -> None:
    """Be a conforming upstream system that connects to any CMS.

    Reads steps from standard input, one JSON object a line: {"step": "create-request"}, change-request,
    cancel-request or cancel-all-requests, with charging_point_id and charging_request_id where wanted.
    """
    from mockpilot.presystem.offences import conduct_for
    from mockpilot.presystem.settings import settings_from

    settings = settings_from(options, os.environ, quick=quick)
    conduct = conduct_for(offend)

    import trio

    from mockpilot.presystem.run import run

    raise SystemExit(trio.run(run, settings, conduct))
