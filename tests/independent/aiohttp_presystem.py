"""A conforming presystem on ``aiohttp``, which sends no charging requests and pings for its own peace of mind."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import ssl
import uuid
from datetime import UTC, datetime

import aiohttp

TOLD = {name.removeprefix("MOCKPILOT_"): value for name, value in os.environ.items() if name.startswith("MOCKPILOT_")}


def message(kind: int, message_id: str, action: str, payload: object) -> list[object]:
    """A message as it travels."""
    return [kind, TOLD["PRESYSTEM_KIND"], TOLD["PRESYSTEM_ID"], datetime.now(UTC).isoformat(), message_id, action,
            payload]  # fmt: skip


async def converse(link: aiohttp.ClientWebSocketResponse) -> None:
    """Boot, then confirm every push until the link ends."""
    await link.send_json(message(1, str(uuid.uuid4()), "BootNotification", {"systemType": TOLD["PRESYSTEM_KIND"]}))
    async for frame in link:
        if frame.type is not aiohttp.WSMsgType.TEXT:
            return
        slots = json.loads(frame.data)
        if slots[0] == 1 and slots[5] == "ProvideChargingInformation":
            await link.send_json(message(2, slots[4], slots[5], {}))


async def main() -> None:
    """Connect, and again after every loss."""
    login = base64.b64encode(f"{TOLD['USER']}:{TOLD['PASSWORD']}".encode()).decode()
    context = ssl.create_default_context(cafile=TOLD["CA_FILE"])
    protocols = (TOLD["SUBPROTOCOL"],) if TOLD["SUBPROTOCOL"] else ()
    async with aiohttp.ClientSession(headers={"Authorization": f"Basic {login}"}) as session:
        while True:
            try:
                async with session.ws_connect(TOLD["URL"], ssl=context, protocols=protocols, heartbeat=5) as link:
                    await converse(link)
            except (OSError, aiohttp.ClientError, TimeoutError) as error:
                print(f"{type(error).__name__}: {error}", flush=True)
            await asyncio.sleep(0.5)


asyncio.run(main())
