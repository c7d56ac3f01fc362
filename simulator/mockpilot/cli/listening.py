"""A CMS for people: listens until interrupted, hands every event to somebody. Shared by ``serve`` and ``check``.

The events begin and end as those of a scenario do, one that claims nothing: what was recorded can be judged.
"""

from __future__ import annotations

import functools
import json
import math
import random
import signal
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click
import trio

from mockpilot import __version__
from mockpilot.certification.heartbeat import heartbeat
from mockpilot.certification.setting import (
    certificates_for,
    check_host,
    passwords,
    server_for,
    tells_its_password,
    url_of,
)
from mockpilot.clock import RunClock
from mockpilot.cms.server import Server
from mockpilot.errors import UsageError
from mockpilot.history.events import Event, Presystem, ScenarioEnded, ScenarioStarted
from mockpilot.history.recorder import Recorder
from mockpilot.profile import Profile
from mockpilot.protocol.handshake import mask_secret
from mockpilot.scenario.catalogue import VERSION

CA_FILE = "ca.pem"


@dataclass(frozen=True, slots=True)
class Listening:
    """A CMS that listens."""

    server: Server
    ca_file: Path


def _nothing(_listening: Listening) -> None:
    """Nothing has to be concluded."""


async def listen(
    profile: Profile, on_event: Callable[[Event], None], until: Callable[[Listening], Awaitable[None]], *,
    time_factor: float = 1.0, seed: int = 0, conclude: Callable[[Listening], None] = _nothing,
) -> bool:  # fmt: skip
    """Listen until ``until`` returns or somebody interrupts; answers whether it was an interrupt.

    Args:
        profile: what to be; with several presystems the recording is about the first one.
        on_event: called with every event.
        until: runs beside the CMS once it listens.
        time_factor: seconds of simulated time per second.
        seed: for what the depot leaves to chance.
        conclude: called at the end, when all links have ended.

    Raises:
        UsageError: the set-up cannot work.
    """
    check_host(profile)
    certificates, secrets = certificates_for(profile), passwords(profile.presystems)
    clock = RunClock(factor=time_factor)
    server = server_for(profile, certificates, secrets, clock, chance=random.Random(seed).random)
    recorder = server.world.recorder = recorder_for(clock, secrets.values())
    recorder.subscribe(on_event)
    recorder.record(first_line(profile, server, seed))
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

                listening = Listening(server, ca_file)
                nursery.start_soon(stop)
                nursery.start_soon(heartbeat, profile.limits.own_stall, recorder)
                with trio.CancelScope() as waiting:
                    await until(listening)
                recorder.record(ScenarioEnded(why="done"))
                await server.end_links()
                conclude(listening)
                nursery.cancel_scope.cancel()
    return interrupted


def recorder_for(clock: RunClock, passwords: Iterable[str] = ()) -> Recorder:
    """A recorder that keeps nothing, tells simulated time where there is some, and hides what is secret."""
    simulated = clock.stamp if clock.is_simulated else None
    return Recorder(clock.now, clock.wall, keeps=False, simulated=simulated, mask=_hiding(list(passwords)))


def _hiding(passwords: list[str]) -> Callable[[str], str]:
    spelled = [*passwords, *(json.dumps(one)[1:-1] for one in passwords)]  # as JSON may spell what is not ASCII
    return lambda text: functools.reduce(mask_secret, spelled, text)


def first_line(profile: Profile, server: Server, seed: int = 0) -> ScenarioStarted:
    """What judging has to know: nobody claims anything, and the product is somebody else's."""
    presystem, world, grid_kw = profile.presystem, server.world, server.world.site.depot.grid_limit_kw
    return ScenarioStarted(
        scenario="serve", exercises=(), dialect=world.dialect.name,
        presystem=Presystem(
            id=presystem.id, kind=presystem.kind, user=presystem.user, path=profile.cms.target(presystem.id),
            name=presystem.name, version=presystem.version, sends_requests=presystem.sends_requests,
            supervised=presystem.supervised, provoked=profile.provoke is not None,
            telling_password=tells_its_password(server, presystem.id),
        ),
        push_interval_s=world.push_interval_s, limits=profile.limits.as_seconds(), seed=seed, mockpilot=__version__,
        catalogue=VERSION, time_factor=world.clock.factor, grid_limit_kw=None if math.isinf(grid_kw) else grid_kw,
    )  # fmt: skip


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
        known = presystem.password_env or ("the profile" if presystem.password else "")
        password = f"password from {known}" if known else f"password {secrets[presystem.id]}"
        click.echo(address_words(url_of(profile, presystem.id, port), presystem.user, password))
    click.echo(authority_words(ca_file, of_lab=profile.cms.certs is not None))


def address_words(url: str, user: str, password: str) -> str:
    """The lines about where to connect to and as whom.

    Args:
        url: where the CMS listens.
        user: of the presystem.
        password: its password, or who knows it, in words.
    """
    return f"listening   {url}\nlog in as   user {user}, {password}"


def authority_words(ca_file: Path, *, of_lab: bool) -> str:
    """The line about the CA that the product has to trust.

    Args:
        ca_file: the CA, as a file in PEM.
        of_lab: it lasts, so the product may trust it already; else it was made up for this run.
    """
    if of_lab:
        return f"trusted CA  {ca_file}, the lab's: the product needs it once"
    return (f"give this   {ca_file} to the product as trusted CA; it is this run's alone, "
            f"'mockpilot certs' makes one that lasts")  # fmt: skip
