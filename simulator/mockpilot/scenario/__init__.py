"""Provocations: what a scenario is, what it can do, and where scenarios are found.

A scenario file needs nothing else of mockpilot than this package and ``mockpilot.faults``.
"""

from mockpilot.scenario.chances import (
    BACK_AGAIN_BOUNDS,
    BOOT_IN_VAIN_BOUNDS,
    PACE_OF_BOOTS_BOUNDS,
    answer_on_new_link,
    back_again,
    boot_in_vain,
    left_the_silence,
    list_on_new_link,
    pace_of_boots,
    something_beyond,
    still_answers,
)
from mockpilot.scenario.definition import Scenario, scenario
from mockpilot.scenario.probing import PROBE_BOUNDS, probe
from mockpilot.scenario.provoked import POINT_GONE_BOUNDS, away_during, point_gone, taken_over
from mockpilot.scenario.stage import Stage

__all__ = [
    "BACK_AGAIN_BOUNDS", "BOOT_IN_VAIN_BOUNDS", "PACE_OF_BOOTS_BOUNDS", "POINT_GONE_BOUNDS", "PROBE_BOUNDS", "Scenario",
    "Stage", "answer_on_new_link", "away_during", "back_again", "boot_in_vain", "left_the_silence", "list_on_new_link",
    "pace_of_boots", "point_gone", "probe", "scenario", "something_beyond", "still_answers", "taken_over",
]  # fmt: skip
