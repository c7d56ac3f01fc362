"""What a refused client hears, and where a redirect points."""

from __future__ import annotations

import socket

import pytest

from mockpilot.cms.refusal import headers_of, location_elsewhere, names_elsewhere, response
from mockpilot.protocol.handshake import UpgradeRequest


@pytest.mark.parametrize(("host", "local", "elsewhere"), [
    ("127.0.0.1:8443", "127.0.0.1", "localhost"), ("localhost:8443", "127.0.0.1", "127.0.0.1"),
    ("[::1]:8443", "::1", "localhost"), ("127.0.0.1", "", "localhost"), ("localhost", "", "127.0.0.1"),
    ("lab-pc:8443", "192.0.2.7", "192.0.2.7"), ("lab-pc", "2001:db8::7", "[2001:db8::7]"),
    ("192.0.2.7:8443", "192.0.2.7", socket.gethostname()), ("", "127.0.0.1", "127.0.0.1"),
])  # fmt: skip
def test_location_is_at_a_host_that_the_client_did_not_use(host: str, local: str, elsewhere: str) -> None:
    """A name where an address was used, and the other way round; always one that our certificate there has."""
    request = UpgradeRequest("GET", "/vdv463/a%2Fb?x=1", (("Host", host),))
    assert location_elsewhere(request, local, 4711) == f"https://{elsewhere}:4711/vdv463/a%2Fb?x=1"
    assert elsewhere.strip("[]") in names_elsewhere(local)


def test_location_of_an_odd_target_is_the_root() -> None:
    """What is no path cannot be put behind another host."""
    request = UpgradeRequest("GET", "wss://x/y", (("Host", "localhost"),))
    assert location_elsewhere(request, "", 1) == "https://127.0.0.1:1/"


@pytest.mark.parametrize(("pause_s", "said"), [(15.0, "15"), (0.4, "1")])
def test_busy_server_asks_for_whole_seconds(pause_s: float, said: str) -> None:
    """RFC 9110 section 10.2.3 knows no fractions."""
    assert dict(headers_of(503, pause_s)) == {"Retry-After": said}
    assert headers_of(403, pause_s) == ()


def test_response_says_its_length_and_that_it_is_the_last() -> None:
    """In bytes, not in letters."""
    head, body = response(503, (("Retry-After", "1"),), "zurück").split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n")
    assert b"Content-Length: 7" in head
    assert b"Connection: close" in head
    assert body.decode() == "zurück"
