"""Sly on the way to a link: what is trusted, and who is told the password."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from mockpilot.presystem.conduct import Conduct, LinkEnd
from mockpilot.presystem.transport import Dialler, WireStream, adapt_context
from sly.making import behaving


def trusting_after(failures: int) -> Callable[[], type[Dialler]]:
    """No longer looks at certificates once that many handshakes failed."""
    def dialler() -> type[Dialler]:
        failed = 0

        class Trusting(Dialler):
            async def _open_stream(self) -> WireStream | LinkEnd:
                nonlocal failed
                dial = replace(self, tls=_anything()) if failed >= failures else self
                stream = await Dialler._open_stream(dial)
                failed += isinstance(stream, LinkEnd)
                return stream

        return Trusting

    return dialler


def _anything() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    adapt_context(context, behaving(verifies_certificate=False))
    return context


def in_clear_text_after(failures: int) -> Callable[[], type[Dialler]]:
    """Gives TLS up once that many handshakes failed in a row."""
    def dialler() -> type[Dialler]:
        failed = 0

        class Downgrading(Dialler):
            async def _open_stream(self) -> WireStream | LinkEnd:
                nonlocal failed
                plain = replace(self, conduct=replace(self.conduct, encrypts=False))
                stream = await Dialler._open_stream(plain if failed >= failures else self)
                failed = failed + 1 if isinstance(stream, LinkEnd) else 0
                return stream

        return Downgrading

    return dialler


def bare_after_first() -> type[Dialler]:
    """Logs in on its first connection alone."""
    links = count()

    class Forgetful(Dialler):
        def _headers(self) -> list[tuple[bytes, bytes]]:
            return Dialler._headers(self) if next(links) == 0 else []

    return Forgetful


def astray_later() -> Conduct:
    """Asks for another path on every connection but the first."""
    connections = count()
    return behaving(target=lambda path: path if next(connections) == 0 else "/another/path")


def every_six_seconds() -> Conduct:
    """Tries again at a steady pace, as many do."""
    return behaving(pause=lambda _end, _planned_s: 6.0)
