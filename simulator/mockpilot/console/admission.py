"""Who may ask the console for what: the key, the Host and the Origin of one request. Pure.

A page elsewhere in the same browser can reach loopback, by its address or by a name that it has pointed there (DNS
rebinding). It gets nothing: it cannot know the key, its Origin is foreign, and the Host that it names is not ours.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
READING = ("GET", "HEAD")
SCRIPTS = ("console.js", "making.js", "asking.js", "breaking.js", "depot.js", "runs.js")
OPEN = {"/": "index.html", "/favicon.ico": "icon.svg"} | {
    f"/{name}": name for name in ("console.css", "icon.svg", *SCRIPTS)
}
"""Paths that hold nothing but the page's own source, with the file of each."""

Role = Literal["full", "read"]


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the console."""

    full: str
    read: str
    """May look, and do nothing."""

    def role_of(self, key: str) -> Role | None:
        """What a key allows; compared in constant time."""
        given = key.encode(errors="replace")
        may_all = hmac.compare_digest(given, self.full.encode())
        may_read = hmac.compare_digest(given, self.read.encode())
        return "full" if may_all else "read" if may_read else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in."""

    status: int
    detail: str


@dataclass(frozen=True, slots=True)
class Door:
    """What is let in.

    Args:
        keys: what opens it.
        hosts: names and addresses by which the console may be called, without a port, as they stand in a URL.
        scheme: http or https.
    """

    keys: Keys
    hosts: tuple[str, ...] = LOOPBACK
    scheme: str = "http"

    def admit(self, method: str, path: str, headers: Mapping[str, str], port: int) -> Refusal | Role:
        """Let a request in, with what it may do, or refuse it.

        Args:
            headers: by their names in lower case.
            port: at which it came in.
        """
        ours = {f"{host}:{port}" for host in self.hosts}
        if port == (443 if self.scheme == "https" else 80):
            ours |= set(self.hosts)
        host = headers.get("host", "").lower()
        if host not in ours:
            return Refusal(421, f"Host: one of {', '.join(sorted(ours))} is expected, found {host[:60]!r}")
        if refusal := self._foreign(headers, ours):
            return refusal
        if path in OPEN and method in READING:
            return "read"
        return self._by_key(method, headers.get("authorization", ""))

    def _foreign(self, headers: Mapping[str, str], ours: set[str]) -> Refusal | None:
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in {f"{self.scheme}://{host}" for host in ours}:
            return Refusal(403, f"Origin: the console's own page is expected, found {origin[:60]!r}")
        if headers.get("sec-fetch-site", "none") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            return Refusal(403, "Sec-Fetch-Site: the console's own page is expected, found 'cross-site'")
        return None

    def _by_key(self, method: str, authorization: str) -> Refusal | Role:
        scheme, _, key = authorization.partition(" ")
        role = self.keys.role_of(key.strip()) if scheme.lower() == "bearer" else None
        if role is None:
            return Refusal(401, "Authorization: 'Bearer KEY' is expected, with the key that serve --console has shown")
        if role == "read" and method not in READING:
            return Refusal(403, "this key may only look; the other one, which serve --console shows, may act")
        return role
