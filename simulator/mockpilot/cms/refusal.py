"""What a refused client hears: an HTTP answer in full, and where a redirect points. Sends nothing itself."""

from __future__ import annotations

import math
import socket

from mockpilot.cms.menu import is_address
from mockpilot.protocol.handshake import REALM, Headers, UpgradeRequest

REDIRECT = 307
ALIEN = "alien.mockpilot.example"
"""A subprotocol that nobody offers."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_REASONS = {307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
            426: "Upgrade Required", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
            503: "Service Unavailable", 504: "Gateway Timeout"}  # fmt: skip


def response(status: int, headers: Headers, body: str) -> bytes:
    """An HTTP answer after which the connection ends."""
    data = body.encode()
    fixed = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(data))), ("Connection", "close")]
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Refused')}"]
    lines += [f"{name}: {value}" for name, value in [*headers, *fixed]]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + data


def headers_of(status: int, pause_s: float) -> Headers:
    """What RFC 9110 wants beside a status, or what a busy server adds to it.

    Args:
        pause_s: how long a client may be asked to wait.
    """
    match status:
        case 401:
            return (("WWW-Authenticate", f'Basic realm="{REALM}"'),)
        case 426:
            return (("Upgrade", "websocket"),)
        case 429 | 503:
            return (("Retry-After", str(math.ceil(pause_s))),)
    return ()


# -- another host ------------------------------------------------------------------------------------------------------


def location_elsewhere(request: UpgradeRequest, local: str, port: int) -> str:
    """The same resource at another host name of this machine, whichever the client did not use.

    Args:
        local: the address at which the client reached us; empty if there is none, as in memory.
        port: where somebody listens for it.
    """
    host = _name_elsewhere(_host_of(request), local)
    target = request.target if request.target.startswith("/") else "/"
    return f"https://{f'[{host}]' if ':' in host else host}:{port}{target}"


def names_elsewhere(local: str) -> tuple[str, ...]:
    """Every name and address that such a location can hold."""
    return _LOOPBACK if _is_loopback(local) else (local, socket.gethostname())


def _host_of(request: UpgradeRequest) -> str:
    host = next(iter(request.values("host")), "")
    without_port = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    return without_port.strip("[]").lower()


def _name_elsewhere(host: str, local: str) -> str:
    if _is_loopback(local):
        return "localhost" if is_address(host) else "127.0.0.1"
    return socket.gethostname() if is_address(host) else local


def _is_loopback(local: str) -> bool:
    return not local or local in _LOOPBACK or local.startswith("127.")
