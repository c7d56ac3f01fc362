"""Where an observation parts from an expectation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.report.differing import Piece, pieces


def shown(expected: str, observed: str) -> tuple[str, str]:
    """Both texts with their differing parts in brackets."""
    left, right = pieces(expected, observed)
    return "".join(map(marked, left)), "".join(map(marked, right))


def marked(piece: Piece) -> str:
    """One piece."""
    return f"[{piece.text}]" if piece.differs else piece.text


@pytest.mark.parametrize(
    ("expected", "observed", "left", "right"),
    [
        ("TLS 1.3", "TLS 1.1", "TLS [1.3]", "TLS [1.1]"),
        ("Accepted", "Rejected", "[Accepted]", "[Rejected]"),
        ("one answer within 15 s", "one answer after 20 s", "one answer [within 15] s", "one answer [after 20] s"),
        ("the same", "the same", "the same", "the same"),
        ("", "something", "", "[something]"),
        ("the full current list again, on the next link", "no list any more",
         "the full current list again, on the next link", "no list any more"),
    ],
)  # fmt: skip
def test_the_differing_part_is_marked(expected: str, observed: str, left: str, right: str) -> None:
    """Values word by word; sentences that share nothing are left alone."""
    assert shown(expected, observed) == (left, right)


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_is_lost(expected: str, observed: str) -> None:
    """The pieces are the text."""
    left, right = pieces(expected, observed)
    assert ("".join(one.text for one in left), "".join(one.text for one in right)) == (expected, observed)
