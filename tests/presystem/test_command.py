"""The exemplary presystem as a process: started, provoked and ended from outside."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import trio
import trustme
from trio_websocket import ConnectionClosed, WebSocketRequest, serve_websocket

COMMAND = [sys.executable, "-m", "mockpilot", "presystem", "--quick"]


def _environment(**told: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCKPILOT_")}
    return kept | told


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
async def test_process_boots_and_ends_at_once_when_told(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    """It boots, outlives the end of its standard input, and leaves politely within a second of a signal."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    booted, left = trio.Event(), trio.Event()

    async def cms(request: WebSocketRequest) -> None:
        socket = await request.accept()
        slots = json.loads(str(await socket.get_message()))
        assert slots[5:] == ["BootNotification", {"systemType": "BMS"}]
        booted.set()
        with pytest.raises(ConnectionClosed) as closed:
            await socket.get_message()
        assert closed.value.reason is not None
        assert closed.value.reason.code == 1001
        left.set()

    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            server = await nursery.start(partial(serve_websocket, cms, "127.0.0.1", 0, context))
            told = _environment(MOCKPILOT_URL=f"wss://127.0.0.1:{server.port}/", MOCKPILOT_PASSWORD="very-secret-word",
                                MOCKPILOT_CA_FILE=str(tmp_path / "ca.pem"))  # fmt: skip
            pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
            run = partial(trio.run_process, COMMAND, env=told, check=False, **pipes)
            process: trio.Process = await nursery.start(run)
            await booted.wait()
            assert process.stdin is not None
            await process.stdin.aclose()
            await trio.sleep(0.1)
            assert process.poll() is None
            since = trio.current_time()
            process.send_signal(number)
            assert await process.wait() == status
            assert trio.current_time() - since < 1
            await left.wait()
            nursery.cancel_scope.cancel()


@pytest.mark.parametrize(("arguments", "told", "named"), [
    ([], {}, "MOCKPILOT_URL"),
    (["--url", "wss://127.0.0.1:1/", "--offend", "no.such-rule"], {"MOCKPILOT_PASSWORD": "p"}, "no.such-rule"),
    (["--url", "wss://127.0.0.1:1/", "--ca", __file__], {"MOCKPILOT_PASSWORD": "p"}, "CA file"),
])  # fmt: skip
def test_mistake_is_one_sentence_and_status_3(arguments: list[str], told: dict[str, str], named: str) -> None:
    """Wrong usage ends at once, without a traceback."""
    done = subprocess.run(
        [*COMMAND, *arguments], env=_environment(**told), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert named in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
