"""``mockpilot diff``: what changed from one run to another."""

from __future__ import annotations

from pathlib import Path

import click

from mockpilot.counts import counted

_HEADS = {
    "new": "new failures",
    "unclear": "passed before, inconclusive now",
    "healed": "healed",
    "not_shown": "neither new nor healed: not shown now",
    "timings": "changed timings",
    "shapes": "changed payload shapes",
}


@click.command()
@click.argument("before", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("now", metavar="RUN", type=click.Path(path_type=Path))
def diff(before: Path, now: Path) -> int:
    """Compare two runs: new failures, healed ones, changed timings and payload shapes, nothing else.

    Healed is what was put to the test again and held. What failed before and is inconclusive or was not run now is
    neither healed nor new, and told apart. Timings and shapes are compared over the scenarios that both runs have.

    Exit status 1 if something got worse: it fails now and did not before, or it passed and is inconclusive now.
    """
    from mockpilot.certification.recovery import read_run
    from mockpilot.cli.run_argument import opened
    from mockpilot.report.changes import changes, in_both
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
        number = counted(in_both(first, second), "scenario")
        click.echo(f"nothing changed in the {number} that both runs have")
    return 1 if found.worse else 0
