"""A lab bench on real loopback sockets, with presystems on memory streams, all in one trio loop."""

from __future__ import annotations

import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import trio

from cms.stand import Stand, stand
from mockpilot.console.bench import Bench
from mockpilot.console.opening import Opened, Place, open_console
from mockpilot.console.recording import Recording
from mockpilot.console.runs import Runs
from mockpilot.console.tally import Tally
from mockpilot.profile import Profile

OUTER_S = 60
LOOPBACK = Place()


@dataclass
class Lab:
    """A CMS with its open console."""

    cms: Stand
    bench: Bench
    opened: Opened
    http: httpx.AsyncClient

    @property
    def port(self) -> int:
        """Where the console listens."""
        return int(self.opened.address.rpartition(":")[2])

    async def ask(self, method: str, path: str, body: object = None, **more: Any) -> httpx.Response:
        """One request with the full key."""
        headers = {"Authorization": f"Bearer {self.opened.keys.full}"} | more.pop("headers", {})
        return await self.http.request(method, path, headers=headers, json=body, **more)

    async def get(self, path: str) -> Any:
        """What a view answers."""
        found = await self.ask("GET", path)
        assert found.status_code == 200, found.text
        return found.json()

    async def do(self, method: str, path: str, body: object = None) -> Any:
        """What a command answers that works."""
        done = await self.ask(method, path, body)
        assert done.status_code == 200, done.text
        return done.json()

    async def refused(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """Status and detail of what does not work."""
        answer = await self.ask(method, path, body)
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert told["status"] == answer.status_code
        return answer.status_code, told["detail"]

    def head(self, path: str = "/links", *, key: str | None = None, method: str = "GET", more: str = "") -> bytes:
        """The head of a request, as it is written; HTTP/1.0 is answered without chunks."""
        lines = [f"{method} {path} HTTP/1.0", f"Host: 127.0.0.1:{self.port}",
                 f"Authorization: Bearer {key or self.opened.keys.full}", *more.splitlines(), "", ""]  # fmt: skip
        return "\r\n".join(lines).encode()

    async def dial(self) -> trio.SocketStream:
        """A connection to the console."""
        return await trio.open_tcp_stream("127.0.0.1", self.port)

    def events(self, done: Any) -> list[str]:
        """Kinds of the events that an answer names."""
        found = [self.bench.recording[index] for index in done["events"]]
        return [one.kind for one in found if one is not None]


@contextlib.asynccontextmanager
async def lab(
    folder: Path, place: Place = LOOPBACK, password: str = "", verify: ssl.SSLContext | bool = True,
    profile: Profile | None = None, **changes: object,
) -> AsyncIterator[Lab]:  # fmt: skip
    """A lab bench; what it is announced by lies in the folder. With a profile it can start runs."""
    with trio.fail_after(OUTER_S):
        async with stand(**changes) as cms, trio.open_nursery() as nursery:
            recording, tally = Recording(), Tally()
            recorder = cms.server.world.recorder
            recorder.subscribe(tally.note)
            recorder.subscribe(recording.append)
            cms.server.open_port()
            bench = Bench(cms.control, recording, tally, title="a lab")
            runs = Runs(bench, profile, folder / "runs") if profile is not None else None
            opened = await nursery.start(open_console_in(folder, runs), bench, place, password)
            async with httpx.AsyncClient(base_url=opened.address, timeout=20, verify=verify) as http:
                yield Lab(cms, bench, opened, http)
            for net in list(cms.server._connections):  # nobody there would answer a Close
                await trio.aclose_forcefully(net)
            nursery.cancel_scope.cancel()


def open_console_in(folder: Path, runs: Runs | None = None) -> Any:
    """Opens a console that is announced in that folder."""

    async def opening(
        bench: Bench, place: Place, password: str, task_status: trio.TaskStatus[Opened] = trio.TASK_STATUS_IGNORED
    ) -> None:
        await open_console(
            bench, place, password, runs=runs, announce_in=folder / "runtime", task_status=task_status
        )

    return opening


def parsed(feed: str) -> list[tuple[int, str, Any]]:
    """Server-sent events: id, name, data."""
    found = []
    for block in feed.split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found



