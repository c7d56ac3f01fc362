"""Whether a wait blocks a loop in its own thread, in which the product may live and cannot answer then."""

from __future__ import annotations

import sys
from contextlib import suppress

import trio

_BLOCKED = "this wait blocked a running {} loop; if the product lives in it, {}"


def hints() -> list[str]:
    """What is to be said of a wait in vain; nothing where no loop runs in this thread."""
    if _in_asyncio():
        return [_BLOCKED.format("asyncio", "wait in a thread: await asyncio.to_thread(mockpilot.wait_exchange)")]
    if trio.lowlevel.in_trio_run():
        return [_BLOCKED.format("trio", "open the CMS in it: async with mockpilot.testing.open_cms()")]
    return []


def _in_asyncio() -> bool:
    asyncio = sys.modules.get("asyncio")  # whoever has not imported it runs no loop of it
    if asyncio is None:
        return False
    with suppress(RuntimeError):
        asyncio.get_running_loop()
        return True
    return False
