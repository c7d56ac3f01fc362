"""A client that verifies, and what it makes of a server."""

from __future__ import annotations

import ssl
import warnings

import trio

from rig import certificates, connection


async def shake_hands(
    shown: ssl.SSLContext, host: str = "localhost", *, anchor: bytes = b"",
    lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2, highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> str:  # fmt: skip
    """What a client that verifies makes of a certificate: the version of TLS, or why it refuses."""
    here, there = connection()
    client = trio.SSLStream(here, client_context(anchor, lowest, highest), server_hostname=host)
    server = trio.SSLStream(there, shown, server_side=True)
    found: list[str] = []

    async def serve() -> None:
        try:
            await server.do_handshake()
        except trio.BrokenResourceError:
            await trio.aclose_forcefully(there)

    async def ask() -> None:
        try:
            await client.do_handshake()
            found.append(str(client.version()))
        except trio.BrokenResourceError as error:
            cause = error.__cause__
            found.append(getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or str(cause))
            await trio.aclose_forcefully(here)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        nursery.start_soon(ask)
    return found[0].lower() if "TLSv" not in found[0] else found[0]


async def say_why(under: trio.abc.HalfCloseableStream, context: ssl.SSLContext, host: str = "localhost") -> str:
    """Shake hands as most stacks do, which trio's streams don't: an alert is sent, and one that comes is told."""
    came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(came, goes, server_hostname=host)
    while True:
        try:
            client.do_handshake()
        except ssl.SSLWantReadError:
            await under.send_all(goes.read())
            came.write(bytes(await under.receive_some()))
        except ssl.SSLError as error:
            await under.send_all(goes.read())
            return (error.reason or "").lower().replace("_", " ")
        else:
            return ""


def client_context(
    anchor: bytes = b"", lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> ssl.SSLContext:  # fmt: skip
    """Trusts the authority of the tests or another anchor, and speaks these versions."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=(anchor or certificates().ca_pem).decode())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if highest < ssl.TLSVersion.TLSv1_2:
            context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version, context.maximum_version = lowest, highest
    return context
