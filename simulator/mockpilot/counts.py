"""Numbers of things as people write them, such as ``1 push`` and ``2 pushes``."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Write how many there are of something.

    >>> counted(1, "push", "pushes"), counted(2, "push", "pushes"), counted(0, "fault")
    ('1 push', '2 pushes', '0 faults')

    Args:
        number: of them.
        one: what a single one is called.
        many: what several are called; left out, with an s behind it.
    """
    return f"{number} {one if number == 1 else many or f'{one}s'}"
