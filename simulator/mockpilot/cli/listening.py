"""A CMS for people: listens until interrupted, hands every event to somebody. Shared by ``serve`` and ``check``."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click
import trio

from mockpilot.certification.setting import certificates_for, check_host, passwords, server_for, url_of
from mockpilot.clock import RunClock
from mockpilot.cms.server import Server
from mockpilot.errors import UsageError
from mockpilot.history.events import Event
from mockpilot.history.recorder import Recorder
from mockpilot.profile import Profile

CA_FILE = "ca.pem"


@dataclass(frozen=True, slots=True)
class Listening:
    """A CMS that listens."""

    server: Server
    ca_file: Path


async def listen(
    profile: Profile, on_event: Callable[[Event], None], until: Callable[[Listening], Awaitable[None]]
) -> bool:
    """Listen until ``until`` returns or somebody interrupts; answers whether it was an interrupt.

    Raises:
        UsageError: the set-up cannot work.
    """
    check_host(profile)
    certificates, secrets = certificates_for(profile), passwords(profile.presystems)
    clock = RunClock()
    server = server_for(profile, certificates, secrets, clock)
    server.world.recorder = Recorder(clock.now, clock.wall, keeps=False)
    server.world.recorder.subscribe(on_event)
    server.world.release_pushes.set()
    interrupted = False
    with ExitStack() as stack:
        ca_file = _ca_file(profile, stack, certificates.ca_pem)
        async with trio.open_nursery() as nursery:
            with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                port = await nursery.start(server.serve)
                _introduce(profile, port, ca_file, secrets)

                async def stop() -> None:
                    nonlocal interrupted
                    async for _ in signals:
                        interrupted = True
                        waiting.cancel()

                nursery.start_soon(stop)
                with trio.CancelScope() as waiting:
                    await until(Listening(server, ca_file))
                await server.end_links()
                nursery.cancel_scope.cancel()
    return interrupted


def _ca_file(profile: Profile, stack: ExitStack, pem: bytes) -> Path:
    if profile.cms.certs is not None:
        return profile.cms.certs / CA_FILE
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mockpilot-")))
    try:
        (folder / CA_FILE).write_bytes(pem)
    except OSError as error:
        raise UsageError(f"{folder}: the trust anchor must be written there: {error.strerror}") from error
    return folder / CA_FILE


def _introduce(profile: Profile, port: int, ca_file: Path, secrets: dict[str, str]) -> None:
    for presystem in profile.presystems:
        click.echo(f"listening   {url_of(profile, presystem.id, port)}")
        known = presystem.password_env or ("the profile" if presystem.password else "")
        password = f"password from {known}" if known else f"password {secrets[presystem.id]}"
        click.echo(f"log in as   user {presystem.user}, {password}")
    click.echo(f"give this   {ca_file} to the product as trusted CA")
