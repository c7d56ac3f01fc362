"""Provocations: what a scenario is, what it can do, and where scenarios are found.

A scenario file needs nothing else of mockpilot than this package and ``mockpilot.faults``.
"""

from mockpilot.scenario.chances import (
    BOOT_IN_VAIN_BOUNDS,
    boot_in_vain,
    left_the_silence,
    list_on_new_link,
    something_beyond,
    still_answers,
)
from mockpilot.scenario.definition import Scenario, scenario
from mockpilot.scenario.probing import PROBE_BOUNDS, probe
from mockpilot.scenario.stage import Stage

__all__ = [
    "BOOT_IN_VAIN_BOUNDS", "PROBE_BOUNDS", "Scenario", "Stage", "boot_in_vain", "left_the_silence", "list_on_new_link",
    "probe", "scenario", "something_beyond", "still_answers",
]  # fmt: skip
