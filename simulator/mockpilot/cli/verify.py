"""``mockpilot verify``: is a run what it was when it ended, and whole?"""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
def verify(run: Path) -> int:
    """Check that the digests of a run hold, its catalogue is known and its counts are complete.

    Exit status 1 and a line for each problem if not. Nothing is signed: whoever changes a file can change its digest.
    """
    from mockpilot.certification.verification import verify as check
    from mockpilot.cli.run_argument import opened

    with opened(run) as folder:
        found = check(folder)
    for problem in found.problems:
        click.echo(problem)
    if found.problems:
        return 1
    click.echo(f"complete · catalogue {found.catalogue} known · {found.digests} digests hold · not signed")
    return 0
