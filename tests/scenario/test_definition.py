"""What a scenario says of itself."""

from __future__ import annotations

from typing import Any

import pytest

from mockpilot.errors import ScenarioError
from mockpilot.limits import Limits
from mockpilot.scenario.definition import scenario
from mockpilot.scenario.stage import Stage


async def link_lost(_cms: Stage) -> None:
    """The CMS drops the link
    and waits.

    The presystem comes back.
    It boots again.
    """


def test_docstring_has_two_parts() -> None:
    """What the CMS does, and what the presystem must do; each becomes one line."""
    one = scenario(exercises=["L-01"], group="Losing the link", needs=["requests"], typical="2 min")(link_lost)
    assert one.name == "link_lost"
    assert one.what_the_cms_does == "The CMS drops the link and waits."
    assert one.what_the_presystem_must_do == "The presystem comes back. It boots again."
    assert (one.exercises, one.needs, one.typical_s) == (("L-01",), ("requests",), 120.0)


def test_worst_time_adds_up_the_limits() -> None:
    """Connecting and settling included; one limit may count twice."""
    one = scenario(exercises=[], group="Booting", bounded_by=["hold", "hold", "boot_never"])(link_lost)
    assert one.worst_s(Limits(connect_within=100, confirm_within=10, hold=3, boot_never=50)) == 166


@pytest.mark.parametrize("docstring", [None, "", "One part only.", "One part\nof two lines."])
def test_one_part_is_not_enough(docstring: str | None) -> None:
    """The scenario is named, and what was expected."""

    async def short(_cms: Stage) -> None:
        raise NotImplementedError

    short.__doc__ = docstring
    with pytest.raises(ScenarioError, match="scenario short: a docstring of two parts is expected"):
        scenario(exercises=[], group="Booting")(short)


@pytest.mark.parametrize(("said", "expected"), [
    ({"group": "Bootng"}, "group is of Connecting, Booting"),
    ({"needs": ["luck"]}, "needs is of requests, provoking, ca key, subprotocol; found 'luck'"),
    ({"bounded_by": ["hold", "holdd"]}, "bounded_by is of connect_within"),
])  # fmt: skip
def test_unknown_words_are_refused(said: dict[str, Any], expected: str) -> None:
    """With those that are known."""
    with pytest.raises(ScenarioError, match="scenario link_lost: ") as mistake:
        scenario(**{"exercises": [], "group": "Booting"} | said)(link_lost)
    assert expected in str(mistake.value)
