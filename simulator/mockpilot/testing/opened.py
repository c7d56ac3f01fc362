"""A CMS that is opened in the present trio loop, and judged and closed with its block.

What can be done with it is not known here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import trio

from mockpilot.clock import REAL, ManualClock
from mockpilot.errors import UsageError
from mockpilot.profile import Profile
from mockpilot.testing.arranging import arrange
from mockpilot.testing.authority import Authority
from mockpilot.testing.episodes import Episodes
from mockpilot.testing.trio_cms import TrioCms
from mockpilot.testing.wishes import Wishes


@asynccontextmanager
async def open_cms(
    *, profile: Profile | Path | str | None = None, depot: Path | str | None = None, strict: bool = False,
    authority: Authority | None = None, name: str = "test", **wishes: Any,
) -> AsyncIterator[TrioCms]:  # fmt: skip
    """A CMS in the present loop, judged when the block ends well.

    Args:
        profile: of the product, or its file.
        depot: the name of a bundled depot, or a file.
        strict: findings of level should count, too.
        authority: whose certificates it shows; one of its own if it is left out.
        name: of the test, for the recording.
        wishes: see ``Wishes``; time is the loop's own.

    Raises:
        ConformanceFailure: the product did something that it must not.
    """
    __tracebackhide__ = True
    wished = Wishes().changed(wishes)
    _check_time(wished)
    with _authority(authority) as lent:
        cms = TrioCms(Episodes(arrange(wished, profile, depot, lent, name)), strict=strict)
        failure: BaseException | None = None
        async with trio.open_nursery() as nursery:
            try:
                await nursery.start(cms.serve)
                yield cms
            except BaseException as error:
                if _is_cancelled(error):
                    raise
                failure = error  # raised behind the nursery, which would wrap it into a group
            finally:
                with trio.CancelScope(shield=True):
                    await cms.close()
        if failure is not None:
            raise failure
        if wished.judge:
            cms.judge()


def _check_time(wishes: Wishes) -> None:
    if wishes.time != REAL:
        raise UsageError("open_cms: time is that of the loop; give trio.run a ScaledClock, or use running(time=…)")
    clock = trio.lowlevel.current_clock()
    if isinstance(clock, ManualClock) or type(clock).__name__ == "MockClock":
        # Such a clock does not see bytes that are on their way, and jumps to the end of whatever waits for them.
        raise UsageError(f"open_cms: a loop in real or scaled time is expected, found a {type(clock).__name__}; "
                         "running(time=\"manual\") has a CMS whose time can be moved")  # fmt: skip


@contextmanager
def _authority(lent: Authority | None) -> Iterator[Authority]:
    if lent is not None:
        yield lent
        return
    with Authority() as own:
        yield own


def _is_cancelled(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return error.split(trio.Cancelled)[0] is not None
    return isinstance(error, trio.Cancelled)
