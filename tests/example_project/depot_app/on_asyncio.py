"""The depot app as asyncio tasks, on ``websockets``: it lives in the loop of whoever starts it."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from example_project.depot_app.conversation import Conversation

PATIENCE_S = 0.05


class AsyncApp:
    """Connects by itself, and again after every loss, until its block ends."""

    def __init__(self, url: str, context: ssl.SSLContext, user: str, password: str, bug: str = "") -> None:
        self.conversation = Conversation(unquote(url.rpartition("/")[2]), bug)
        self._url, self._context = url, context
        self._login = "Basic " + b64encode(f"{user}:{password}".encode()).decode()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        pause_s = 0.05
        while True:
            with suppress(OSError, WebSocketException):
                async with connect(
                    self._url, ssl=self._context, proxy=None, close_timeout=1, open_timeout=5,
                    additional_headers={"Authorization": self._login}, subprotocols=[Subprotocol("v1.463.vdv.de")],
                ) as link:  # fmt: skip
                    pause_s = 0.05
                    await self._converse(link)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, 1.0)

    async def _converse(self, link: ClientConnection) -> None:
        await _say(link, self.conversation.link_opened())
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    heard = await link.recv()
                await _say(link, self.conversation.hear(str(heard)))
            await _say(link, self.conversation.think())


async def _say(link: ClientConnection, texts: Iterable[str]) -> None:
    for text in texts:
        await link.send(text)
