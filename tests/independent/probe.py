"""A health probe beside a product: looks ten times a second whether the CMS's port is open, then starts the product.

Every other time it leaves without a word; else it asks for a page, as monitoring does.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

PARTS = urllib.parse.urlsplit(os.environ["MOCKPILOT_URL"])
EVERY_S = 0.1


def look(say_something: bool) -> None:
    """Connect, and leave."""
    with socket.create_connection((PARTS.hostname, PARTS.port), timeout=1) as stream:
        if say_something:
            context = ssl.create_default_context(cafile=os.environ["MOCKPILOT_CA_FILE"])
            with context.wrap_socket(stream, server_hostname=PARTS.hostname) as secure:
                secure.sendall(b"GET /health HTTP/1.1\r\nHost: cms\r\nConnection: close\r\n\r\n")
                secure.recv(1000)


def keep_looking() -> None:
    """Look for ever, whatever comes of it."""
    while True:
        for say_something in (False, True):
            with contextlib.suppress(OSError):
                look(say_something)
            time.sleep(EVERY_S)


threading.Thread(target=keep_looking, daemon=True).start()
sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)
