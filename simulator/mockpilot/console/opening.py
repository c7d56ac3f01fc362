"""Opens the console of a CMS: puts bench, feed, guard and listener together, and says where it is.

Beyond loopback only with TLS and a password that somebody chose; on loopback the key is made up anew each time.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import ssl
from dataclasses import dataclass
from pathlib import Path

import trio

from mockpilot.certification.setting import is_any_address
from mockpilot.console.admission import LOOPBACK, Door, Keys
from mockpilot.console.bench import Bench
from mockpilot.console.feed import Feed
from mockpilot.console.guard import Guard
from mockpilot.console.judging import Judging
from mockpilot.console.listener import listen
from mockpilot.console.routes.application import application
from mockpilot.console.runs import Runs
from mockpilot.console.whereabouts import Whereabouts, announced
from mockpilot.errors import UsageError

PASSWORD_ENV = "MOCKPILOT_CONSOLE_PASSWORD"
SHORTEST_PASSWORD = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where a console is to be."""

    host: str = "127.0.0.1"
    port: int = 0
    name: str = ""
    """By which it is called from elsewhere; empty: the host."""
    certs: Path | None = None
    """Folder with server.pem and server.key, as ``mockpilot certs`` writes it; None: plain HTTP."""

    @property
    def is_loopback(self) -> bool:
        """Whether nobody else can reach it."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Opened:
    """An open console."""

    address: str
    keys: Keys
    is_loopback: bool

    @property
    def link(self) -> str:
        """What to open in a browser; elsewhere the page asks for the password."""
        return f"{self.address}/?key={self.keys.full}" if self.is_loopback else f"{self.address}/"

    @property
    def read_only_link(self) -> str:
        """For those who may only look."""
        return f"{self.address}/?key={self.keys.read}"


def check(place: Place, password: str) -> None:
    """Make sure that a console may be opened there.

    Raises:
        UsageError: it may not; says what is missing.
    """
    if place.is_loopback:
        return
    if place.certs is None:
        raise UsageError(f"--console-listen: beyond loopback TLS is expected, so --console-certs FOLDER goes with "
                         f"{place.host!r}; 'mockpilot certs FOLDER --host NAME' writes one")  # fmt: skip
    if len(password) < SHORTEST_PASSWORD or not password.isascii():
        raise UsageError(f"{PASSWORD_ENV}: beyond loopback a password of {SHORTEST_PASSWORD} ASCII characters or more "
                         f"is expected there, found {len(password) or 'none'}")  # fmt: skip
    if not place.name and is_any_address(place.host):
        raise UsageError(f"--console-name: the name by which colleagues call this machine is expected, since "
                         f"{place.host} listens everywhere")  # fmt: skip


def keys_for(place: Place, password: str) -> Keys:
    """What opens it: the password beyond loopback, else a key made up now."""
    full = secrets.token_urlsafe(24) if place.is_loopback else password
    return Keys(full, secrets.token_urlsafe(24))


async def open_console(
    bench: Bench, place: Place, password: str = "",
    *, runs: Runs | None = None, announce_in: Path | None = None,
    task_status: trio.TaskStatus[Opened] = trio.TASK_STATUS_IGNORED,
) -> None:  # fmt: skip
    """Serve the console until cancelled; reports where it is once it can be opened.

    Raises:
        UsageError: it cannot be opened there.
    """
    check(place, password)
    keys, judging = keys_for(place, password), Judging(bench.recording)
    tls = _context(place.certs) if place.certs is not None else None
    name = place.name or place.host
    called = f"[{name}]" if ":" in name else name
    hosts = tuple(dict.fromkeys([called.lower(), *(LOOPBACK if place.is_loopback else ())]))
    scheme = "http" if tls is None else "https"
    app = Guard(application(bench, Feed(bench, judging), runs), Door(keys, hosts, scheme))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(judging.keep_judging)
        if runs is not None:
            await nursery.start(runs.keep_ready)
        port = await nursery.start(listen, app, place.host, place.port, tls, bench.note)
        opened = Opened(f"{scheme}://{called}:{port}", keys, place.is_loopback)
        ca_file = str((place.certs / "ca.pem").resolve()) if place.certs is not None else ""
        with announced(Whereabouts(opened.address, keys.full, os.getpid(), bench.title, ca_file), announce_in):
            task_status.started(opened)
            await trio.sleep_forever()


def _context(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"--console-certs {folder}: server.pem and server.key are expected, as 'mockpilot certs' "
                         f"writes them: {error}") from error  # fmt: skip
    return context
