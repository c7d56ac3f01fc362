"""The depot app as a thread, on ``websocket-client``."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import unquote

import websocket

from example_project.depot_app.conversation import Conversation

PROTOCOL = "v1.463.vdv.de"
PATIENCE_S = 0.05


class ThreadedApp:
    """Connects by itself, and again after every loss, until it is stopped."""

    def __init__(self, url: str, ca: str, user: str, password: str, bug: str = "") -> None:
        self.conversation = Conversation(unquote(url.rpartition("/")[2]), bug)
        self._url, self._ca = url, ca
        self._login = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="depot app")
        self._thread.start()

    def plan_bus(self, vehicle: str, *, leave: str, soc: float) -> None:
        """Wish that a bus has a state of charge when it leaves."""
        self.conversation.plan_bus(vehicle, leave=leave, soc=soc)

    def do(self, step: str, _point: str, _request: str) -> None:
        """Do a step that a catalogue scenario asks for."""
        if step == "cancel-all-requests":
            self.conversation.cancel_all()
        else:
            self.plan_bus("4711", leave="05:40", soc=80)

    def stop(self) -> None:
        """Leave, and return when the thread has ended."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        pause_s = 0.05
        while not self._stopping.wait(pause_s):
            try:
                link = websocket.create_connection(
                    self._url, timeout=PATIENCE_S * 20, sslopt={"ca_certs": self._ca}, subprotocols=[PROTOCOL],
                    header=[f"Authorization: {self._login}"],
                )  # fmt: skip
            except (OSError, websocket.WebSocketException):
                pause_s = min(2 * pause_s, 1.0)
                continue
            pause_s = 0.05
            try:
                with suppress(OSError, websocket.WebSocketException):  # a lost link: the loop brings another one
                    self._converse(link)
            finally:
                link.close(timeout=1)
                link.shutdown()  # type: ignore[no-untyped-call]  # after the CMS's Close the socket is left open

    def _converse(self, link: websocket.WebSocket) -> None:
        link.settimeout(PATIENCE_S)
        _say(link, self.conversation.link_opened())
        while not self._stopping.is_set():
            try:
                opcode, data = link.recv_data()
            except websocket.WebSocketTimeoutException:
                data = b""
            else:
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    return
            if data:
                _say(link, self.conversation.hear(data.decode()))
            _say(link, self.conversation.think())


def _say(link: websocket.WebSocket, texts: Iterable[str]) -> None:
    for text in texts:
        link.send(text)
