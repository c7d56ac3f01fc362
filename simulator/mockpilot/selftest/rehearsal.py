"""One scenario played against one presystem, both in one trio loop, on a clock that jumps to the next deadline.

Minutes of protocol time take milliseconds, with the limits that real products get. The presystem is the exemplary one
with whatever conduct and settings it is given; the CMS, the script and the recording are those of a real run.
"""

from __future__ import annotations

import random
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import trio
import trio.testing

from mockpilot.certification.episode import play
from mockpilot.certification.episode_set import Set
from mockpilot.certification.product import Surroundings
from mockpilot.certification.setting import server_for, url_of
from mockpilot.clock import RunClock
from mockpilot.history.events import ProductExited, ProductStarted
from mockpilot.history.recorder import History, Recorder
from mockpilot.presystem.conduct import CONFORMING, Conduct
from mockpilot.presystem.run import presystem_for
from mockpilot.presystem.settings import Settings, settings_from
from mockpilot.presystem.transport import Dialler, OpenTcp, adapt_context
from mockpilot.profile import Profile, Provoke
from mockpilot.scenario.catalogue import load_catalogue
from mockpilot.scenario.definition import Scenario
from mockpilot.selftest.memory import EPOCH, VirtualClock, certificates, opener

PROFILE = Profile(provoke=Provoke(stdin=True))
"""A presystem with default limits that can be provoked."""
PASSWORD = "a password for rehearsals"
LONGEST_S = 24 * 3600.0


@cache
def catalogue() -> dict[str, Scenario]:
    """The shipped scenarios, loaded once."""
    return dict(load_catalogue())


@dataclass(eq=False)
class MemoryProduct:
    """The exemplary presystem as the product of an episode."""

    settings: Settings
    conduct: Conduct
    clock: RunClock
    open_tcp: OpenTcp
    recorder: Recorder
    seed: int = 7
    ending: bool = False

    def __post_init__(self) -> None:
        self.gone = trio.Event()
        self.gone.set()
        self._lines_in, self._lines = trio.open_memory_channel[str](100)

    async def start(self, nursery: trio.Nursery) -> None:
        self.gone, self._scope = trio.Event(), trio.CancelScope()
        self.recorder.record(ProductStarted(command=("in-memory",)))
        nursery.start_soon(self._run)

    async def _run(self) -> None:
        status = 0
        presystem = presystem_for(
            self.settings, self.conduct, wall=self.clock.instant, chance=random.Random(self.seed), log=lambda line: None
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        adapt_context(context, self.conduct)
        if self.conduct.trusts_handed_authority:
            context.load_verify_locations(cadata=certificates().ca_pem.decode())
        dial = Dialler(self.settings, self.conduct, context, self.open_tcp)
        with self._scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(presystem.follow, self._steps())
                status = await presystem.keep_linked(dial)
                nursery.cancel_scope.cancel()
        self.recorder.record(ProductExited(status=status, by_us=self.ending))
        self.gone.set()

    async def _steps(self) -> AsyncIterator[str]:
        async for line in self._lines:
            yield line

    async def write_line(self, line: str) -> str | None:
        await self._lines_in.send(line)
        return None

    async def stop(self) -> None:
        self.ending = True
        if not self.gone.is_set():
            self._scope.cancel()
        with trio.CancelScope(shield=True):
            await self.gone.wait()


Adjust = Callable[[Settings], Settings]


def as_told(settings: Settings) -> Settings:
    """Settings as the environment says them."""
    return settings


def perform(
    scenario: Scenario, conduct: Conduct = CONFORMING, profile: Profile = PROFILE, adjust: Adjust = as_told
) -> History:
    """Play a scenario against a presystem with that conduct and those settings, and return the recording."""
    clock = trio.testing.MockClock(autojump_threshold=0)
    return trio.run(_perform, scenario, conduct, profile, adjust, clock=clock)


async def _perform(scenario: Scenario, conduct: Conduct, profile: Profile, adjust: Adjust) -> History:
    clock = VirtualClock(EPOCH)
    server = server_for(profile, certificates(), {profile.presystem.id: PASSWORD}, clock)
    with trio.fail_after(LONGEST_S):
        async with trio.open_nursery() as nursery:
            set_ = Set(
                profile=profile, clock=clock, server=server, surroundings=surroundings(profile), seed=7,
                can_stall=False, ask=_nobody, launch=_launcher(conduct, adjust, clock, opener(server, nursery)),
            )  # fmt: skip
            history = await play(scenario, set_, trio.lowlevel.checkpoint)
            nursery.cancel_scope.cancel()
    return history


async def _nobody(_question: str) -> bool:
    await trio.lowlevel.checkpoint()
    return False


def _launcher(
    conduct: Conduct, adjust: Adjust, clock: RunClock, open_tcp: OpenTcp
) -> Callable[[Set, Recorder], MemoryProduct]:
    def launch(set_: Set, recorder: Recorder) -> MemoryProduct:
        told = set_.surroundings.environment()
        options = {"url": told["MOCKPILOT_URL"], "ca": ""}
        told["MOCKPILOT_CA_FILE"] = ""
        settings = adjust(settings_from(options, told, quick=False))
        return MemoryProduct(settings, conduct, clock, open_tcp, recorder)

    return launch


def surroundings(profile: Profile) -> Surroundings:
    presystem = profile.presystem
    return Surroundings(
        url=url_of(profile, presystem.id, 443), ca_file=Path("unused"), user=presystem.user,
        password=PASSWORD, presystem_id=presystem.id, kind=presystem.kind, dialect=presystem.dialect,
        subprotocol="v1.463.vdv.de", push_interval_s=profile.cms.push_interval_s,
    )  # fmt: skip
