"""Certificates and server contexts: the good one, and a menu of certificates that are bad in exactly one way.

Everything is minted when a run begins and lives in memory, unless a folder of PEM files brings a CA of its own. One
context per kind, never changed in place; the bad ones issue no session tickets, or a client that resumes would never
look at them.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from pathlib import Path

import trustme

from mockpilot.errors import UsageError

GOOD = "good"
PEM_FILES = ("ca.pem", "server.pem", "server.key")
_ECDSA = trustme.KeyType.ECDSA

server_name_seen: ContextVar[list[str | None]] = ContextVar("server_name_seen")
"""Where the handshake of the present task leaves the server name that the client sent."""


class Certificates:
    """The contexts of one run.

    Args:
        contexts: server context by kind of certificate; ``good`` is always there.
        ca_pem: the trust anchor that the presystem is given.
    """

    def __init__(self, contexts: dict[str, ssl.SSLContext], ca_pem: bytes) -> None:
        self.contexts = contexts
        self.ca_pem = ca_pem

    @property
    def bad_kinds(self) -> tuple[str, ...]:
        """Which bad certificates can be shown; none without the CA's key."""
        return tuple(kind for kind in self.contexts if kind != GOOD)


def mint(hosts: Iterable[str]) -> Certificates:
    """Make a CA for this run alone and a leaf for these hosts."""
    ca = trustme.CA(key_type=_ECDSA)
    return _from_ca(ca, tuple(hosts))


def load(folder: Path, hosts: Iterable[str]) -> Certificates:
    """Read a folder as ``mockpilot certs`` writes it; without ``ca.key`` only the good certificate can be shown.

    Raises:
        UsageError: names the file that is missing or cannot be read.
    """
    for name in PEM_FILES:
        if not (folder / name).is_file():
            raise UsageError(f"{folder / name}: a PEM file is expected there; 'mockpilot certs {folder}' makes one")
    try:
        ca_pem = (folder / "ca.pem").read_bytes()
        good = _context()
        good.load_cert_chain(folder / "server.pem", folder / "server.key")
        if not (folder / "ca.key").is_file():
            return Certificates({GOOD: good}, ca_pem)
        ca = trustme.CA.from_pem(ca_pem, (folder / "ca.key").read_bytes())
    except ssl.SSLError as error:
        raise UsageError(
            f"{folder}: server.pem and server.key must hold a certificate and its own key, without a passphrase, in "
            f"PEM form, and do not; 'mockpilot certs' shows how they look"
        ) from error
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"{folder}: certificates and keys in PEM form are expected: {error}") from error
    return Certificates({GOOD: good} | _bad_contexts(ca, tuple(hosts)), ca_pem)


def write(folder: Path, hosts: Iterable[str]) -> None:
    """Write a CA and a leaf for a lab that outlives one run; keys get mode 0600, nothing is overwritten.

    Raises:
        UsageError: a file stands there already, or the folder cannot be written.
    """
    ca = trustme.CA(key_type=_ECDSA)
    leaf = ca.issue_cert(*hosts, key_type=_ECDSA)
    files = {
        "ca.pem": ca.cert_pem.bytes(), "ca.key": ca.private_key_pem.bytes(),
        "server.pem": b"".join(blob.bytes() for blob in leaf.cert_chain_pems),
        "server.key": leaf.private_key_pem.bytes(),
    }  # fmt: skip
    for name in files:
        if (folder / name).exists():
            raise UsageError(f"{folder / name}: it exists already; remove it or name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            path = folder / name
            path.touch(mode=0o600 if name.endswith(".key") else 0o644)
            path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{folder}: the folder must be writable: {error.strerror}") from error


def _from_ca(ca: trustme.CA, hosts: tuple[str, ...]) -> Certificates:
    good = _context()
    ca.issue_cert(*hosts, key_type=_ECDSA).configure_cert(good)
    return Certificates({GOOD: good} | _bad_contexts(ca, hosts), ca.cert_pem.bytes())


def _bad_contexts(ca: trustme.CA, hosts: tuple[str, ...]) -> dict[str, ssl.SSLContext]:
    unknown_ca, wrong_host = _context(tickets=False), _context(tickets=False)
    trustme.CA(key_type=_ECDSA).issue_cert(*hosts, key_type=_ECDSA).configure_cert(unknown_ca)
    ca.issue_cert(*_other_hosts(hosts), key_type=_ECDSA).configure_cert(wrong_host)
    return {"unknown-ca": unknown_ca, "wrong-host": wrong_host}


def _other_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    # A name that cannot be anybody's (RFC 2606), and an address beside ours, so that both kinds of check are asked.
    others = ["wrong-host.invalid"]
    if any(_is_address(host) for host in hosts):
        others.append("192.0.2.1")
    return tuple(others)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _context(*, tickets: bool = True) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not tickets:
        context.num_tickets = 0
        context.options |= ssl.OP_NO_TICKET
    context.sni_callback = _note_server_name
    return context


def _note_server_name(_sslobj: object, name: str | None, _context: object) -> None:
    server_name_seen.get([]).append(name)
