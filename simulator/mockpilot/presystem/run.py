"""The presystem as a process: made from its settings, with steps from standard input, until a signal ends it."""

from __future__ import annotations

import random
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import trio

from mockpilot.presystem.conduct import CONFORMING, Conduct
from mockpilot.presystem.desk import Log, Memory
from mockpilot.presystem.letters import Scribe
from mockpilot.presystem.links import Presystem
from mockpilot.presystem.requests import RequestBook, read_requests
from mockpilot.presystem.rhythm import Rhythm
from mockpilot.presystem.settings import Settings
from mockpilot.presystem.standard_input import standard_input
from mockpilot.presystem.transport import Dialler, tls_context

INTERRUPTED = 130
_FAREWELL_S = 0.8

Wall = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def log_to_stderr(line: str) -> None:
    """One line on standard error, with the time."""
    sys.stderr.write(f"{utc_now():%H:%M:%S.%f}"[:-3] + f" {line}\n")
    sys.stderr.flush()


def presystem_for(
    settings: Settings, conduct: Conduct = CONFORMING, *, wall: Wall = utc_now, chance: random.Random | None = None,
    log: Log = log_to_stderr,
) -> Presystem:
    """A presystem that plans its first charging requests with the first push: those of its file, or two buses.

    Raises:
        UsageError: the requests file does not say what it should.
    """
    chance = chance or random.Random()
    outset = None if settings.requests_file is None else read_requests(settings.requests_file)
    book = RequestBook(settings.wording, lambda: uuid.UUID(int=chance.getrandbits(128), version=4), conduct, outset)
    scribe = Scribe(settings, conduct, wall, chance)
    return Presystem(scribe, book, Memory(Rhythm(settings.push_interval_s)), log)


async def run(settings: Settings, conduct: Conduct = CONFORMING) -> int:
    """Be that presystem until SIGTERM (exit status 0) or Ctrl-C (130).

    Raises:
        UsageError: the CA file or the requests file cannot work.
    """
    presystem = presystem_for(settings, conduct)
    dial = Dialler(settings, conduct, tls_context(settings, conduct))
    presystem.log(f"presystem {settings.presystem_id} ({settings.kind}, {settings.dialect}) for {settings.url}")
    status = 0
    with _signals() as signals:
        async with trio.open_nursery() as nursery:

            async def end_on_signal() -> None:
                nonlocal status
                async for number in signals:
                    presystem.log(f"ending: {signal.Signals(number).name}")
                    status = INTERRUPTED if number == signal.SIGINT else 0
                    presystem.stop()
                    nursery.cancel_scope.deadline = trio.current_time() + (_FAREWELL_S if presystem.linked else 0)

            nursery.start_soon(end_on_signal)
            nursery.start_soon(presystem.follow, standard_input())
            status = await presystem.keep_linked(dial) or status
            nursery.cancel_scope.cancel()
    return status


def _signals() -> AbstractContextManager[AsyncIterator[int]]:
    return trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM)
