"""A CMS in a trio test's own loop, with the exemplary presystem in the same loop."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing

from mockpilot import faults
from mockpilot.clock import ScaledClock
from mockpilot.errors import UsageError
from mockpilot.presystem.conduct import Conduct
from mockpilot.presystem.offences import conduct_for
from mockpilot.presystem.run import presystem_for, utc_now
from mockpilot.presystem.settings import settings_from
from mockpilot.presystem.transport import Dialler
from mockpilot.testing import Authority, ConformanceFailure, TrioCms, WaitFailure, open_cms

LISTS = "ProvideChargingRequests"


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    """One CA for all of these."""
    with Authority() as made:
        yield made


@asynccontextmanager
async def connected(cms: TrioCms, offence: str | None = None) -> AsyncIterator[None]:
    """A presystem of this CMS."""
    settings, conduct = settings_from({}, cms.environment, quick=True), conduct_for(offence)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_keep_linked, cms, settings, conduct)
        yield
        nursery.cancel_scope.cancel()


async def _keep_linked(cms: TrioCms, settings: object, conduct: Conduct) -> None:
    presystem = presystem_for(settings, conduct, wall=utc_now, chance=random.Random(7), log=lambda line: None)  # type: ignore[arg-type]
    await presystem.keep_linked(Dialler(settings, conduct, cms.ssl_context(), trio.open_tcp_stream))  # type: ignore[arg-type]


async def test_test_and_product_share_a_loop(authority: Authority) -> None:
    """Nothing blocks, no thread is needed."""
    async with open_cms(authority=authority) as cms, connected(cms):
        await cms.wait_exchange(within=10)
        message = await cms.wait_for(LISTS, within=10)
        vehicle = message.payload["chargingRequestList"][0]["vehicleId"]
        assert (await cms.wait_request(vehicle, within=10)).id in message.request_ids
        assert set(message.request_ids) == set(cms.requests)
    assert cms.findings == []


async def test_fault_is_armed_and_its_evidence_told(authority: Authority) -> None:
    """The list comes again."""
    async with open_cms(authority=authority) as cms:
        lost = cms.arm(faults.lose("confirmation", LISTS, nth=1, applied=False))
        async with connected(cms):
            first, second = await cms.wait_for(LISTS, count=2, within=10)
        assert first.request_ids == second.request_ids
        assert lost.fired == 1
        assert lost.fired_at is not None


def test_vehicle_of_a_request_can_be_made_to_charge(authority: Authority) -> None:
    """It is plugged in by hand, and the next push tells it; preparing takes a minute of the depot's time."""

    async def conversation() -> str:
        async with open_cms(authority=authority, push_interval="5 s") as cms, connected(cms):
            await cms.reach("charging", within=20)
            return cms.history.sent("ProvideChargingInformation")[-1].text

    assert '"chargingProcessInfo"' in trio.run(conversation, clock=ScaledClock(100))


async def test_violation_fails_at_the_end(authority: Authority) -> None:
    """As it is, not wrapped into a group."""
    with pytest.raises(ConformanceFailure, match="correlation"):
        async with open_cms(authority=authority) as cms, connected(cms, "correlation.echoes-message-id"):
            await cms.wait_exchange(within=10)


async def test_failure_of_the_test_comes_out_as_it_is(authority: Authority) -> None:
    """Not wrapped into a group either."""
    with pytest.raises(ZeroDivisionError):
        async with open_cms(authority=authority):
            raise ZeroDivisionError


async def test_cancelled_test_ends_in_order(authority: Authority) -> None:
    """The scope that was cancelled takes it."""
    with trio.move_on_after(0.05) as scope:
        async with open_cms(authority=authority) as cms:
            await cms.wait_exchange()
    assert scope.cancelled_caught
    assert "scenario_ended" in [event.kind for event in cms.history]


async def test_wait_in_vain_fails(authority: Authority) -> None:
    """With what came instead."""
    async with open_cms(authority=authority) as cms:
        with pytest.raises(WaitFailure, match="nobody has connected"):
            await cms.wait_exchange(within=0.01)
        await cms.never(LISTS, during=0.01)


async def test_outage_ends_with_its_block(authority: Authority) -> None:
    """By an HTTP status, too."""
    async with open_cms(authority=authority) as cms, connected(cms):
        await cms.wait_exchange(within=10)
        with cms.outage(how="close", refuse=503):
            await cms.wait_for("attempt", within=10)
            await cms.wait_for("attempt", within=10)
        await cms.wait_exchange(within=10)


async def test_catalogue_scenario_plays_in_the_loop(authority: Authority) -> None:
    """Set up with it, or later."""
    async with open_cms(authority=authority, scenario="boot_accepted") as cms, connected(cms):
        assert (await cms.run()).outcome == "passed"
        assert (await cms.run("link_closed_politely")).outcome == "passed"


async def test_time_is_the_loop_s_own(authority: Authority) -> None:
    """Another one cannot be wished for."""
    with pytest.raises(UsageError, match="time is that of the loop"):
        async with open_cms(authority=authority, time="manual"):
            pass


async def test_clock_that_jumps_is_refused(authority: Authority, autojump_clock: trio.testing.MockClock) -> None:
    """It does not see bytes on their way: waits would end before anybody could answer."""
    with pytest.raises(UsageError, match="found a MockClock"):
        async with open_cms(authority=authority):
            pass


def test_scaled_loop_bounds_waits_by_real_time(authority: Authority) -> None:
    """The mode is the loop's, and the recording says so."""

    async def conversation() -> str:
        async with open_cms(authority=authority) as cms:
            with pytest.raises(WaitFailure, match="time scaled by 1000"):
                await cms.wait_exchange(within=0.05)
        return cms.time

    begun = time.monotonic()
    assert trio.run(conversation, clock=ScaledClock(1000)) == "scaled:1000"
    assert time.monotonic() - begun >= 0.05
