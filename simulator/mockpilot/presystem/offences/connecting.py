"""Offences on the way to a link: TLS, login, upgrade, and the frames themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mockpilot.presystem.conduct import LinkEnd
from mockpilot.presystem.offences.making import one, refused_login

TIGHT_LOOP_S = 0.002
"""Faster than connects of one attempt can follow one another, so that the hammering shows under any limits."""


def _old_version(data: bytes) -> bytes:
    return data.replace(b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Version: 12", 1)


def unmasked(data: bytes) -> bytes:
    """A client's frame without its mask; anything else as it is. One whole frame is expected."""
    if len(data) < 2 or data.startswith(b"GET ") or not data[1] & 0x80:
        return data
    short = data[1] & 0x7F
    length_end = {126: 4, 127: 10}.get(short, 2)
    mask, body = data[length_end:length_end + 4], data[length_end + 4:]
    plain = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
    return bytes([data[0], short]) + data[2:length_end] + plain


def without_frames(opcode: int) -> Callable[[bytes], bytes]:
    """Let everything leave but a client's frames of one kind. One whole frame a call is expected."""
    return lambda data: b"" if data[:1] == bytes([0x80 | opcode]) else data


def _without_subprotocol(head: bytes) -> bytes:
    return re.sub(rb"\r\nSec-WebSocket-Protocol:[^\r]*", b"", head, count=1, flags=re.IGNORECASE)


def _key_header(_user: str, password: str) -> Sequence[tuple[bytes, bytes]]:
    return [(b"X-Api-Key", password.encode())]


def _looked_up(host: str) -> str:
    return "127.0.0.1" if host == "localhost" else host


def _hammers_without_subprotocol(end: LinkEnd, planned_s: float) -> float:
    return TIGHT_LOOP_S if end.without_subprotocol else planned_s


def _hammers_after_refusal(end: LinkEnd, planned_s: float) -> float:
    return TIGHT_LOOP_S if refused_login(end) else planned_s


OFFENCES = (
    one("handshake.uses-tls", "speaks clear text to the port", encrypts=False),
    one("handshake.sends-credentials", "asks for the upgrade without credentials", sends_credentials=False),
    one("handshake.verifies-certificate", "trusts any certificate for any host", verifies_certificate=False),
    one("handshake.trusts-the-ca", "trusts what the system trusts, and not the authority that it was handed",
        trusts_handed_authority=False),
    one("handshake.refuses-old-tls", "speaks every version of TLS from 1.0 on",
        tls_versions=("TLSv1", "TLSv1_3")),
    one("handshake.speaks-tls-1.2", "speaks TLS 1.3 alone", tls_versions=("TLSv1_3", "TLSv1_3")),
    one("handshake.speaks-tls-1.3", "speaks TLS 1.2 alone", tls_versions=("TLSv1_2", "TLSv1_2")),
    one("handshake.offers-subprotocol", "offers no subprotocol", offers_subprotocol=False),
    one("handshake.refuses-alien-subprotocol", "takes whatever subprotocol the CMS chooses",
        hears=_without_subprotocol),
    one("handshake.slows-without-subprotocol", "tries again at once after a link without subprotocol",
        pause=_hammers_without_subprotocol),
    one("handshake.valid-upgrade", "asks for version 12 of WebSocket", wire=_old_version),
    one("frames.valid", "sends its frames without a mask", wire=unmasked),
    one("handshake.keeps-its-password", "sends its password in a header of its own as well", headers=_key_header),
    one("handshake.keeps-credentials-from-others", "follows redirects with its credentials",
        follows_redirects=True, tells_strangers=True),
    one("handshake.slows-after-refusal", "tries again at once after a refused login",
        pause=_hammers_after_refusal),
    one("handshake.uses-the-path", "asks for another path than the one handed over",
        target=lambda _: "/another/path"),
    one("handshake.sends-server-name", "looks the address up and names it in the handshake in place of the host",
        server_name=_looked_up),
)  # fmt: skip
