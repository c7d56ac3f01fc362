"""The depot app in a test's own asyncio loop: what blocks waits in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from example_project.depot_app.on_asyncio import AsyncApp
from mockpilot import faults
from mockpilot.testing import Cms


def test_boots_and_confirms(mockpilot: Cms, asyncio_app: Callable[[], AsyncApp]) -> None:
    """Three pushes are answered as they must be."""

    async def conversation() -> None:
        async with asyncio_app():
            await asyncio.to_thread(mockpilot.wait_exchange)
            for _ in range(3):
                mockpilot.push()
                await asyncio.to_thread(mockpilot.wait_for, "answer")

    asyncio.run(conversation())


def test_late_confirmation_does_no_harm(mockpilot: Cms, asyncio_app: Callable[[], AsyncApp]) -> None:
    """The app goes on although the CMS was slow."""

    async def conversation() -> None:
        async with asyncio_app() as app:
            await asyncio.to_thread(mockpilot.wait_exchange)
            late = mockpilot.arm(faults.delay("confirmation", "ProvideChargingRequests", nth=1, by=0.3))
            app.conversation.plan_bus("4711", leave="05:40", soc=80)
            await asyncio.to_thread(mockpilot.depot.requests.vehicle, "4711")
            await asyncio.to_thread(mockpilot.wait_for, "pong_received")
            assert late.seen

    asyncio.run(conversation())
