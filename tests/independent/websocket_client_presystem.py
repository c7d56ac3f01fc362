"""A conforming presystem on ``websocket-client`` (blocking calls, one thread), which sends no charging requests."""

from __future__ import annotations

import base64
import json
import os
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import websocket

TOLD = {name.removeprefix("MOCKPILOT_"): value for name, value in os.environ.items() if name.startswith("MOCKPILOT_")}


def message(kind: int, message_id: str, action: str, payload: object) -> str:
    """A message as it travels."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps([kind, TOLD["PRESYSTEM_KIND"], TOLD["PRESYSTEM_ID"], now, message_id, action, payload])


def connect() -> websocket.WebSocket:
    """Open a link."""
    login = base64.b64encode(f"{TOLD['USER']}:{TOLD['PASSWORD']}".encode()).decode()
    return websocket.create_connection(
        TOLD["URL"], timeout=30, sslopt={"ca_certs": TOLD["CA_FILE"]}, header=[f"Authorization: Basic {login}"],
        subprotocols=[TOLD["SUBPROTOCOL"]] if TOLD["SUBPROTOCOL"] else None,
    )  # fmt: skip


def converse(link: websocket.WebSocket) -> None:
    """Boot, then confirm every push until the link ends; thirty silent seconds end it, too."""
    link.send(message(1, str(uuid.uuid4()), "BootNotification", {"systemType": TOLD["PRESYSTEM_KIND"]}))
    while True:
        opcode, data = link.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return
        slots: list[Any] = json.loads(data)
        if slots[0] == 1 and slots[5] == "ProvideChargingInformation":
            link.send(message(2, slots[4], slots[5], {}))


while True:
    try:
        link = connect()
        try:
            converse(link)
        finally:
            link.close(timeout=1)
    except (OSError, websocket.WebSocketException) as error:
        print(f"{type(error).__name__}: {error}", flush=True)
    time.sleep(0.5)
