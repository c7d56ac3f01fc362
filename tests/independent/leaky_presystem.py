"""A presystem that tells its password to everybody: in its log, its address, its headers and all that it sends."""

from __future__ import annotations

import base64
import json
import os
import time
import uuid
from urllib.parse import quote, quote_plus

import websocket

PASSWORD, USER = os.environ["MOCKPILOT_PASSWORD"], os.environ["MOCKPILOT_USER"]
LOGIN = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
FORMS = (
    PASSWORD, quote(PASSWORD, safe=""), quote_plus(PASSWORD), LOGIN, base64.b64encode(PASSWORD.encode()).decode(),
    base64.urlsafe_b64encode(PASSWORD.encode()).decode(), json.dumps(PASSWORD)[1:-1],
)  # fmt: skip


def message(kind: int, message_id: str, action: str, payload: object) -> str:
    """A message with all of it in clear."""
    slots = [kind, os.environ["MOCKPILOT_PRESYSTEM_KIND"], os.environ["MOCKPILOT_PRESYSTEM_ID"], PASSWORD, message_id,
             action, payload]  # fmt: skip
    return json.dumps(slots, ensure_ascii=False)


print(*FORMS, sep="\n", flush=True)
link = websocket.create_connection(
    f"{os.environ['MOCKPILOT_URL']}?login={quote(PASSWORD)}", timeout=30,
    sslopt={"ca_certs": os.environ["MOCKPILOT_CA_FILE"]},
    header=[f"Authorization: Basic {LOGIN}", f"X-Login: {LOGIN}", f"X-Password: {quote(PASSWORD)}",
            f"Cookie: password={quote(PASSWORD)}"],
)  # fmt: skip
link.send(message(1, str(uuid.uuid4()), "BootNotification", {"systemType": "BMS", "told": [*FORMS]}))
for form in FORMS:
    link.send(form)
    link.send_binary(form.encode())
while True:
    opcode, data = link.recv_data()
    if opcode == websocket.ABNF.OPCODE_CLOSE:
        break
    slots = json.loads(data)
    if slots[0] == 1:
        link.send(message(3, slots[4], slots[5], {"message": PASSWORD}))
        link.send(message(2, slots[4], slots[5], {}))
time.sleep(30)
