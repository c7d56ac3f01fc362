"""For other projects' tests: a CMS that misbehaves on request, as a fixture, as a block, or in a trio loop.

Importing this costs next to nothing: what needs trio and TLS is loaded when it is used first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockpilot.testing.authority import Authority as Authority
    from mockpilot.testing.blocking import Cms as Cms
    from mockpilot.testing.blocking import running as running
    from mockpilot.testing.blocking import scenario_names as scenario_names
    from mockpilot.testing.failures import ConformanceFailure as ConformanceFailure
    from mockpilot.testing.failures import NotSelected as NotSelected
    from mockpilot.testing.failures import WaitFailure as WaitFailure
    from mockpilot.testing.happening import Happening as Happening
    from mockpilot.testing.opened import open_cms as open_cms
    from mockpilot.testing.shown import ArmedFault as ArmedFault
    from mockpilot.testing.trio_cms import TrioCms as TrioCms
    from mockpilot.testing.wishes import Wishes as Wishes

_HOMES = {
    "Authority": "authority", "Cms": "blocking", "running": "blocking", "scenario_names": "blocking",
    "ConformanceFailure": "failures", "NotSelected": "failures", "WaitFailure": "failures", "Happening": "happening",
    "ArmedFault": "shown", "TrioCms": "trio_cms", "open_cms": "opened", "Wishes": "wishes",
}  # fmt: skip
"""Where the public names live."""

__all__ = [
    "ArmedFault", "Authority", "Cms", "ConformanceFailure", "Happening", "NotSelected", "TrioCms", "WaitFailure",
    "Wishes", "open_cms", "running", "scenario_names",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
