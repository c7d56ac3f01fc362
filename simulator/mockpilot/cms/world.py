"""What all links of a CMS share: its settings, and whatever belongs to the present episode.

A record without behaviour. Between two episodes the server replaces the recorder, the injector and the random numbers;
links read them here, at the moment they need them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import trio

from mockpilot.clock import RunClock
from mockpilot.depot.site import Site
from mockpilot.faults.injector import Injector
from mockpilot.history.recorder import Recorder
from mockpilot.protocol.envelope import Encoded
from mockpilot.protocol.handshake import Account, mask_secret
from mockpilot.protocol.vocabulary.dialect import Dialect


@dataclass(slots=True)
class World:
    """Settings and present episode of one CMS."""

    dialect: Dialect
    push_interval_s: float
    accounts: Mapping[str, Account]
    """By request path, percent-decoded."""
    site: Site
    clock: RunClock
    recorder: Recorder
    injector: Injector
    chance: random.Random
    close_within_s: float = 10.0
    """How long the presystem may take to answer a Close of ours before the connection is ended."""
    release_pushes: trio.Event = field(default_factory=trio.Event)
    """Set while pushes may go out."""
    links_opened: int = 0
    pushed: Encoded = field(default_factory=lambda: Encoded(b"{}"))
    """What the last push said."""
    on_fired: Callable[[str, str, int | None, int | None], None] = lambda *_: None
    on_occasion: Callable[[], None] = lambda: None
    """Called when something has happened after which a fault may be due: a link opened, a message passed, time went by.
    """

    refuse_tcp_for: Callable[[float], None] = lambda _: None
    """Closes the port for so many seconds."""

    def next_link(self) -> int:
        """Number of the next TCP connection of this episode, from 1."""
        self.links_opened += 1
        return self.links_opened

    def without_passwords(self, text: str) -> str:
        """A text of a peer's as it may be recorded."""
        for account in self.accounts.values():
            text = mask_secret(text, account.password)
        return text
