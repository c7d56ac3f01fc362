"""Who is let in: the decision alone, as a table."""

from __future__ import annotations

import pytest

from mockpilot.console.admission import LOOPBACK, OPEN, Door, Keys, Refusal

KEYS = Keys("full-key", "read-key")
DOOR = Door(KEYS)
GOOD = {"host": "127.0.0.1:8464", "authorization": "Bearer full-key"}


@pytest.mark.parametrize(("changed", "expected"), [
    ({}, "full"),
    ({"authorization": "bearer full-key"}, "full"),
    ({"authorization": "Bearer read-key"}, "read"),
    ({"authorization": "Bearer FULL-KEY"}, 401),
    ({"authorization": "full-key"}, 401),
    ({"authorization": ""}, 401),
    ({"host": "localhost:8464"}, "full"),
    ({"host": "LOCALHOST:8464"}, "full"),
    ({"host": "[::1]:8464"}, "full"),
    ({"host": "127.0.0.1"}, 421),
    ({"host": "127.0.0.1:80"}, 421),
    ({"host": "rebound.example:8464"}, 421),
    ({"host": ""}, 421),
    ({"origin": "http://127.0.0.1:8464"}, "full"),
    ({"origin": "http://localhost:8464"}, "full"),
    ({"origin": "https://127.0.0.1:8464"}, 403),
    ({"origin": "http://127.0.0.1:9"}, 403),
    ({"origin": "null"}, 403),
    ({"sec-fetch-site": "same-origin"}, "full"),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, "full"),
])  # fmt: skip
def test_request_is_let_in_or_not(changed: dict[str, str], expected: object) -> None:
    """By Host, then Origin, then key."""
    admitted = DOOR.admit("GET", "/links", GOOD | changed, 8464)
    assert (admitted.status if isinstance(admitted, Refusal) else admitted) == expected


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_key_for_looking_may_do_nothing(method: str) -> None:
    """Whatever the route."""
    refusal = DOOR.admit(method, "/push", GOOD | {"authorization": "Bearer read-key"}, 8464)
    assert isinstance(refusal, Refusal)
    assert refusal.status == 403


@pytest.mark.parametrize("path", OPEN)
def test_the_pages_own_source_needs_no_key(path: str) -> None:
    """But a Host that is ours; and nothing is done by it."""
    assert DOOR.admit("GET", path, {"host": "localhost:1"}, 1) == "read"
    assert isinstance(DOOR.admit("GET", path, {"host": "evil.example:1"}, 1), Refusal)
    assert isinstance(DOOR.admit("POST", path, {"host": "localhost:1"}, 1), Refusal)


def test_usual_ports_may_be_left_out() -> None:
    """As browsers do."""
    door = Door(KEYS, (*LOOPBACK, "lab"), "https")
    assert door.admit("GET", "/", {"host": "lab"}, 443) == "read"
    assert isinstance(door.admit("GET", "/", {"host": "lab"}, 8464), Refusal)
