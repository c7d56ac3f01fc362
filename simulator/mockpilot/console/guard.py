"""Stands before the web framework: lets requests in or refuses them, and gives every answer its headers.

What may come in is decided by ``admission``; here are only the ASGI messages.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

import trio

from mockpilot.console.admission import Door, Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PROBLEM = "application/problem+json"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""Nothing but our own files, no inline script or style, in no frame, and no text ever becomes markup."""
HEADERS = {
    "content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "cache-control": "no-store", "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin", "x-frame-options": "DENY",
}  # fmt: skip
_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
WRONG_KEY_S = 0.1
"""How long whoever brings a wrong key waits for the answer."""


class Guard:
    """An ASGI application before another one.

    Args:
        app: the other one.
        door: what is let in.
    """

    def __init__(self, app: App, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                kept = [one for one in message.get("headers", []) if one[0].lower().decode() not in HEADERS]
                message = {**message, "headers": [*kept, *_HEADERS]}
            await send(message)

        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        admitted = self._door.admit(scope["method"], scope["path"], headers, scope["server"][1])
        if isinstance(admitted, Refusal):
            if admitted.status == HTTPStatus.UNAUTHORIZED and "authorization" in headers:
                await trio.sleep(WRONG_KEY_S)
            await _refuse(admitted, send_with_headers)
        else:
            await self._app({**scope, "auth": admitted, "user": admitted}, receive, send_with_headers)


async def _refuse(refusal: Refusal, send: Send) -> None:
    title = HTTPStatus(refusal.status).phrase
    body = {"type": "about:blank", "title": title, "status": refusal.status, "detail": refusal.detail}
    headers = [(b"content-type", PROBLEM.encode())]
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
