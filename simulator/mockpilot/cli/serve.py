"""``mockpilot serve``: a well-behaved CMS for manual work, until interrupted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from mockpilot.cli.options import profile_options, read_profile_options
from mockpilot.profile import Profile


@click.command()
@profile_options
@click.option("--depot", metavar="NAME|FILE", help="a bundled depot (list depots) or a depot file")
@click.option("--trace", type=click.Path(path_type=Path), metavar="FILE", help="write every event there as a JSON line")
def serve(
    profile_file: Path | None, dialect: str | None, listen: str | None, push_interval: float | None,
    depot: str | None, trace: Path | None,
) -> int:  # fmt: skip
    """Be a well-behaved CMS until interrupted, and tell what happens, a line each."""
    import trio

    from mockpilot.cli.happenings import tell
    from mockpilot.cli.listening import Listening
    from mockpilot.cli.listening import listen as listen_until
    from mockpilot.errors import UsageError
    from mockpilot.history.events import Event
    from mockpilot.history.trace import to_line

    profile = with_depot(read_profile_options(profile_file, dialect, listen, push_interval, several=True), depot)
    try:
        file = trace.open("wb") if trace else None
    except OSError as error:
        raise UsageError(f"--trace {trace}: a file that can be written is expected: {error.strerror}") from error

    def on_event(event: Event) -> None:
        if file is not None:
            file.write(to_line(event))
            file.flush()
        told = tell(event)
        if told is not None:
            click.echo(f"{event.wall[11:23]}  {event.link or '–':>3}  {told}")

    async def for_ever(_listening: Listening) -> None:
        click.echo("Ctrl-C ends it\n")
        await trio.sleep_forever()

    try:
        interrupted = trio.run(listen_until, profile, on_event, for_ever)
    finally:
        if file is not None:
            file.close()
    return 130 if interrupted else 0


def with_depot(profile: Profile, depot: str | None) -> Profile:
    """The profile with another depot: a name if it looks like one, else a path."""
    if depot is None:
        return profile
    chosen: str | Path = Path(depot) if "/" in depot or depot.endswith(".toml") else depot
    return replace(profile, cms=replace(profile.cms, depot=chosen))
