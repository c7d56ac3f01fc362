"""Where a console may be, and what its links say."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockpilot.console.opening import Opened, Place, keys_for

ELSEWHERE = Place("192.0.2.7", certs=Path("certs"))
PASSWORD = "a password of somebody"


def test_key_on_loopback_is_made_up_anew() -> None:
    """Each time, whatever the password; and the one for looking is another."""
    one, other = keys_for(Place(), PASSWORD), keys_for(Place(), PASSWORD)
    assert len({one.full, one.read, other.full, other.read, PASSWORD}) == 5


def test_password_is_the_key_elsewhere() -> None:
    """And stands in no link."""
    keys = keys_for(ELSEWHERE, PASSWORD)
    opened = Opened("https://lab:8464", keys, is_loopback=False)
    assert (keys.full, opened.link) == (PASSWORD, "https://lab:8464/")
    assert PASSWORD not in opened.read_only_link


def test_link_on_loopback_opens_at_once() -> None:
    """It has the key in its address."""
    keys = keys_for(Place(), "")
    assert Opened("http://127.0.0.1:1", keys, is_loopback=True).link == f"http://127.0.0.1:1/?key={keys.full}"


@pytest.mark.parametrize(("host", "is_loopback"), [
    ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True),
    ("0.0.0.0", False), ("::", False), ("192.0.2.7", False), ("lab", False), ("127.0.0.1.example", False),
])  # fmt: skip
def test_loopback_is_told_from_elsewhere(host: str, is_loopback: bool) -> None:
    """A name that is not localhost may lead anywhere."""
    assert Place(host).is_loopback is is_loopback
