"""Four ways to have the product do something: a command, an HTTP call, a person, a line on its standard input.

Each answers whether the step happened and what came of it; a step that did not happen is evidence, never an error.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http.client import HTTPException
from typing import Protocol

import trio

from mockpilot.certification.product import Surroundings, environment_of
from mockpilot.profile import Provoke

STEP_WITHIN_S = 30.0
"""How long a command or call may take."""

Came = tuple[bool, str]
Ask = Callable[[str], Awaitable[bool]]
"""Shows a person what to do and waits; False where there is nobody to ask."""


class Reads(Protocol):
    """A product that takes steps on its standard input."""

    async def write_line(self, line: str) -> str | None:
        """Write a line; answers what went wrong, or None."""


async def provoke(
    way: Provoke, step: str, point: str, request: str, *, surroundings: Surroundings, product: Reads | None, ask: Ask
) -> Came:
    """Have the product do a step.

    Args:
        way: how the profile wants it.
        step: create-request, change-request, cancel-request or cancel-all-requests.
        point: an advertised charging point.
        request: id of a stored charging request, or an empty string.
        surroundings: those of the product that is meant.
        product: its process, where it is ours.
        ask: reaches the person at the terminal.
    """
    match way.way:
        case "command":
            return await _run_command(way.command, step, point, request, surroundings)
        case "http":
            body = {"step": step, "charging_point_id": point, "charging_request_id": request}
            url = way.http.replace("{slot}", str(surroundings.slot))
            with trio.move_on_after(STEP_WITHIN_S):
                return await trio.to_thread.run_sync(_post, url, body, abandon_on_cancel=True)
            return False, f"{url} took longer than {STEP_WITHIN_S:g} s"
        case "ask":
            done = await ask(f"{way.ask} — {step} at charging point {point}")
            return (done, "a person did it") if done else (False, "there is no terminal to ask at")
        case _:
            return await _write(product, step, point, request)


async def _write(product: Reads | None, step: str, point: str, request: str) -> Came:
    if product is None:
        return False, "standard input: there is no COMMAND; [provoke] stdin = true needs one"
    line = json.dumps({"step": step, "charging_point_id": point, "charging_request_id": request})
    trouble = await product.write_line(line)
    return (False, trouble) if trouble else (True, "written to standard input")


async def _run_command(
    command: tuple[str, ...], step: str, point: str, request: str, surroundings: Surroundings
) -> Came:
    told = {
        "MOCKPILOT_STEP": step, "MOCKPILOT_CHARGING_POINT_ID": point, "MOCKPILOT_CHARGING_REQUEST_ID": request,
    }  # fmt: skip
    with trio.move_on_after(STEP_WITHIN_S):
        try:
            done = await trio.run_process(
                [word.replace("{slot}", str(surroundings.slot)) for word in command],
                env=environment_of(surroundings, told), stdin=b"", capture_stdout=True, stderr=subprocess.STDOUT,
                check=False, start_new_session=True, deliver_cancel=_end_group,
            )  # fmt: skip
        except OSError as error:
            return False, f"{command[0]!r} cannot be started: {error.strerror}"
        output = surroundings.mask(done.stdout).strip()[-2000:]
        if done.returncode == 0:
            return True, output
        return False, f"{command[0]!r} ended with status {done.returncode}: {output}"
    return False, f"{command[0]!r} took longer than {STEP_WITHIN_S:g} s"


async def _end_group(process: trio.Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer other than 2xx, and no step."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(url: str, body: dict[str, str]) -> Came:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.build_opener(_Unfollowed).open(request, timeout=STEP_WITHIN_S) as response:
            return True, f"{url} answered {response.status}"
    except urllib.error.HTTPError as error:
        return False, f"{url} answered {error.code}"
    except (OSError, ValueError, HTTPException) as error:
        return False, f"{url}: {getattr(error, 'reason', error)}"


async def ask_at_terminal(text: str) -> bool:
    """Ask the person at the terminal and wait for Enter."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(f"\a\n→ {text}\n  press Enter when done ")
    sys.stderr.flush()
    line = await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)
    return bool(line)
