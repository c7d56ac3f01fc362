"""Four ways to have a product do a step: each says whether it happened and what came of it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import trio

from certification.surroundings import SURROUNDINGS, surroundings
from mockpilot.certification.provoking import Came, ask_at_terminal, provoke
from mockpilot.profile import Provoke

LONG_S = 60


class Answering(HTTPServer):
    """Notes what is posted, and answers with a status of ours."""

    status = 200

    def __init__(self) -> None:
        self.posted: list[tuple[str, Any]] = []
        super().__init__(("127.0.0.1", 0), Noting)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/step"


class Noting(BaseHTTPRequestHandler):
    """One request."""

    server: Answering

    def do_POST(self) -> None:
        """Take it down, and answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Answering]:
    """An HTTP server in a thread."""
    with Answering() as answering:
        thread = threading.Thread(target=answering.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield answering
        answering.shutdown()
        thread.join()


class Reader:
    """A product that takes lines, or says why it does not."""

    def __init__(self, trouble: str | None = None) -> None:
        self.lines: list[str] = []
        self.trouble = trouble

    async def write_line(self, line: str) -> str | None:
        """Keep it."""
        await trio.lowlevel.checkpoint()
        self.lines.append(line)
        return self.trouble


async def nobody(_question: str) -> bool:
    """Nobody is there."""
    await trio.lowlevel.checkpoint()
    return False


async def do(way: Provoke, product: Reader | None = None, slot: int = 0) -> Came:
    """One step that changes a request."""
    with trio.fail_after(LONG_S):
        return await provoke(
            way, "change-request", "point 1", "request 1", surroundings=surroundings(slot=slot), product=product,
            ask=nobody,
        )  # fmt: skip


async def test_command_is_told_everything() -> None:
    """The step, and which of several products is meant; its output is what came of it."""
    script = 'echo "$MOCKPILOT_STEP, $MOCKPILOT_CHARGING_POINT_ID, $MOCKPILOT_CHARGING_REQUEST_ID, $0, $MOCKPILOT_URL"'
    came = await do(Provoke(command=("sh", "-c", script, "slot {slot}")), slot=2)
    assert came == (True, f"change-request, point 1, request 1, slot 2, {SURROUNDINGS.url}")


async def test_command_that_fails_did_nothing() -> None:
    """Its status and output are told, secrets masked."""
    happened, detail = await do(Provoke(command=("sh", "-c", 'echo "no $MOCKPILOT_PASSWORD" >&2; exit 5')))
    assert (happened, detail) == (False, "'sh' ended with status 5: no ***")


async def test_command_that_is_not_there_did_nothing() -> None:
    """No exception, but evidence."""
    happened, detail = await do(Provoke(command=("./no-such-tool",)))
    assert (happened, detail) == (False, "'./no-such-tool' cannot be started: No such file or directory")


async def test_command_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step did not happen."""
    monkeypatch.setattr("mockpilot.certification.provoking.STEP_WITHIN_S", 0.2)
    assert await do(Provoke(command=("sleep", "300"))) == (False, "'sleep' took longer than 0.2 s")


async def test_command_that_takes_too_long_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it goes on behind our back."""
    monkeypatch.setattr("mockpilot.certification.provoking.STEP_WITHIN_S", 0.2)
    late = tmp_path / "late"
    assert not (await do(Provoke(command=("sh", "-c", f'(sleep 0.6; touch "{late}") & wait'))))[0]
    await trio.sleep(0.6)
    assert not late.exists()


async def test_call_that_is_redirected_did_nothing(server: Answering) -> None:
    """Nobody is asked instead, least of all without the step."""
    server.status = 302
    assert await do(Provoke(http=server.url)) == (False, f"{server.url} answered 302")
    assert len(server.posted) == 1


async def test_call_carries_the_step(server: Answering) -> None:
    """As JSON, to the product that is meant."""
    happened, detail = await do(Provoke(http=server.url + "/{slot}"), slot=1)
    assert (happened, detail) == (True, f"{server.url}/1 answered 200")
    step = {"step": "change-request", "charging_point_id": "point 1", "charging_request_id": "request 1"}
    assert server.posted == [("/step/1", step)]


async def test_call_that_is_refused_did_nothing(server: Answering) -> None:
    """Any status but 2xx."""
    server.status = 503
    assert await do(Provoke(http=server.url)) == (False, f"{server.url} answered 503")


async def test_call_to_nobody_did_nothing() -> None:
    """The system's reason is told."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    happened, detail = await do(Provoke(http=url))
    assert (happened, detail.startswith(url), detail.endswith("Connection refused")) == (False, True, True)


async def test_call_to_what_speaks_no_http_did_nothing() -> None:
    """No exception, but evidence."""

    async def greet(stream: trio.SocketStream) -> None:
        await stream.receive_some()
        await stream.send_all(b"220 mail.example ready\r\n")
        await stream.aclose()

    async with trio.open_nursery() as nursery:
        (listener,) = await nursery.start(partial(trio.serve_tcp, greet, 0, host="127.0.0.1"))
        url = f"http://127.0.0.1:{listener.socket.getsockname()[1]}/"
        happened, detail = await do(Provoke(http=url))
        nursery.cancel_scope.cancel()
    assert (happened, "220 mail.example ready" in detail) == (False, True)


async def test_line_on_standard_input_carries_the_step() -> None:
    """One JSON object."""
    product = Reader()
    assert await do(Provoke(stdin=True), product) == (True, "written to standard input")
    step = {"step": "change-request", "charging_point_id": "point 1", "charging_request_id": "request 1"}
    assert [json.loads(line) for line in product.lines] == [step]


@pytest.mark.parametrize(("product", "detail"), [
    (Reader("COMMAND is not running"), "COMMAND is not running"),
    (None, "standard input: there is no COMMAND; [provoke] stdin = true needs one"),
])  # fmt: skip
async def test_line_that_nobody_reads_did_nothing(product: Reader | None, detail: str) -> None:
    """What went wrong is told."""
    assert await do(Provoke(stdin=True), product) == (False, detail)


async def test_question_without_a_terminal_did_nothing() -> None:
    """Nobody is asked in CI."""
    assert await do(Provoke(ask="Plan a bus")) == (False, "there is no terminal to ask at")


async def test_question_names_step_and_point() -> None:
    """The person knows what to do where."""
    asked: list[str] = []

    async def person(question: str) -> bool:
        await trio.lowlevel.checkpoint()
        asked.append(question)
        return True

    came = await provoke(
        Provoke(ask="Use the planner"), "create-request", "point 1", "", surroundings=SURROUNDINGS, product=None,
        ask=person,
    )  # fmt: skip
    assert came == (True, "a person did it")
    assert asked == ["Use the planner — create-request at charging point point 1"]


async def test_terminal_that_is_none_is_not_asked() -> None:
    """Standard input of a test is no terminal."""
    assert await ask_at_terminal("Plan a bus") is False
