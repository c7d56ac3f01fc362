"""Numbers of things as people write them."""

from __future__ import annotations

from mockpilot.counts import counted


def test_one_is_one_and_all_others_are_many() -> None:
    """With an s behind it, or as it is called."""
    assert [counted(number, "fault") for number in (0, 1, 2)] == ["0 faults", "1 fault", "2 faults"]
    assert [counted(number, "push", "pushes") for number in (1, 3)] == ["1 push", "3 pushes"]
