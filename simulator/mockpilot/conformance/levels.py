"""The scales of judgement: how binding a rule is, who says so, and what came out."""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Level(enum.StrEnum):
    """How binding a rule is."""

    MUST = "must"      # its violation fails a scenario
    SHOULD = "should"  # its violation is a warning
    MAY = "may"        # a remark; never changes an outcome


class Basis(enum.StrEnum):
    """Who says so; ``class`` in results."""

    STANDARD = "standard"    # the VDV 463 schemas, or an RFC beneath them
    GUIDELINE = "guideline"  # ChargePilot's published guideline
    POLICY = "policy"        # this tool alone: its limits, or reason


class Outcome(enum.StrEnum):
    """What came out, best first."""

    PASSED = "passed"
    WARNED = "warned"              # a should did not hold
    INCONCLUSIVE = "inconclusive"  # not shown either way; the cause says why
    FAILED = "failed"              # a must did not hold

    @staticmethod
    def worst(outcomes: Iterable[Outcome]) -> Outcome:
        """Merge: the worst counts, and nothing at all is inconclusive, never passed."""
        return max(outcomes, key=_ORDER.index, default=Outcome.INCONCLUSIVE)


_ORDER = list(Outcome)


class Cause(enum.StrEnum):
    """Why a scenario is inconclusive."""

    FAULT_NEVER_FIRED = "fault never fired"
    FAULT_NEVER_SEEN = "fault never seen"
    NEVER_EXERCISED = "never exercised"
    START_STATE_NOT_REACHED = "start state not reached"
    PRODUCT_LEFT = "product left"
    SIMULATOR_OVERLOADED = "simulator overloaded"
    CHECKER_BROKE = "checker broke"
    INTERRUPTED = "interrupted"
