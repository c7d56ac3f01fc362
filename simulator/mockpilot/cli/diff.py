"""``mockpilot diff``: what changed from one run to another."""

from __future__ import annotations

from pathlib import Path

import click

_HEADS = {"new": "new failures", "healed": "healed", "timings": "changed timings", "shapes": "changed payload shapes"}


@click.command()
@click.argument("before", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("now", metavar="RUN", type=click.Path(path_type=Path))
def diff(before: Path, now: Path) -> int:
    """Compare two runs: new failures, healed ones, changed timings and payload shapes, nothing else.

    Timings and shapes are compared over the scenarios that both runs have. Exit status 1 if something fails now that
    did not before.
    """
    from mockpilot.certification.recovery import read_run
    from mockpilot.cli.run_argument import opened
    from mockpilot.report.changes import changes
    from mockpilot.report.wording import visible

    with opened(before) as one, opened(now) as other:
        first, old = read_run(one)
        second, new = read_run(other)
    found = changes(first, second, old, new)
    for name, head in _HEADS.items():
        lines: tuple[str, ...] = getattr(found, name)
        if lines:
            click.echo("\n".join([head, *(f"  {visible(line)}" for line in lines)]))
    if not any(getattr(found, name) for name in _HEADS):
        click.echo("nothing changed")
    return 1 if found.new else 0
