"""Plays a plan at the terminal: what ``certify`` and ``again`` have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mockpilot.certification.run import Outcome, Plan


def played(plan: Plan, *, quiet: bool) -> Outcome:
    """Run a plan and show how it goes on; quiet says only what nobody could connect without."""
    import trio

    from mockpilot.certification.runner import certify
    from mockpilot.cli.progress import progress_for

    with progress_for(plan, quiet=quiet) as progress:
        outcome = trio.run(certify, plan, progress)
        progress.run_ended(outcome.result)
    if outcome.nobody_connected and outcome.stopped_by is None:
        click.echo(f"mockpilot: nobody ever connected; {_where_to_look(plan, outcome)}", err=True)
    return outcome


def _where_to_look(plan: Plan, outcome: Outcome) -> str:
    if not plan.command:
        return ("check the address, that the product was started, and its log — 'mockpilot check' explains a first "
                "connection step by step")  # fmt: skip
    from mockpilot.certification.run_folder import OUTPUT

    output = outcome.folder / OUTPUT
    wrote = any(file.stat().st_size for file in output.glob("*.log"))
    said = f"what it wrote stands in {output}" if wrote else "it wrote nothing"
    return f"COMMAND has to connect to {{url}} or MOCKPILOT_URL; {said}"


def checked(command: Sequence[str]) -> None:
    """Make sure that COMMAND can be started, and warn of names in braces that look like ours.

    Raises:
        UsageError: there is no such program.
    """
    from mockpilot.certification.command import check_command, near_misses

    check_command(command)
    for name, meant in near_misses(command):
        click.echo(f"mockpilot: COMMAND: {{{name}}} is passed on as it stands; did you mean {{{meant}}}?", err=True)


def status_of(outcome: Outcome, *, strict: bool = False) -> int:
    """The exit status of a run."""
    import signal

    from mockpilot.results import exit_status

    return exit_status(
        outcome.result, strict=strict, nobody_connected=outcome.nobody_connected,
        interrupted=outcome.stopped_by is signal.SIGINT, terminated=outcome.stopped_by is signal.SIGTERM,
    )  # fmt: skip
