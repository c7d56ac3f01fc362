"""What sly presystems are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mockpilot.presystem.booting import Booting
from mockpilot.presystem.conduct import CONFORMING, Conduct
from mockpilot.presystem.lists import Lists
from mockpilot.presystem.pushes import Pushes
from mockpilot.presystem.requests import RequestBook
from mockpilot.presystem.transport import Dialler
from mockpilot.protocol.envelope import Envelope, MessageType

Make = Callable[[], Conduct]
"""Made anew for each play, for some of them count."""


@dataclass(frozen=True)
class Sly:
    """A presystem that breaks a rule in another way than its plain offender, or only sometimes."""

    does: str
    rule: str
    """That is broken."""
    scenario: str
    """That must show it."""
    conduct: Make = lambda: CONFORMING
    booting: type[Booting] = Booting
    pushes: type[Pushes] = Pushes
    lists: type[Lists] = Lists
    book: type[RequestBook] = RequestBook
    dialler: Callable[[], type[Dialler]] = lambda: Dialler


def behaving(**choices: object) -> Conduct:
    """The conforming conduct, but for these choices."""
    return replace(CONFORMING, **choices)  # type: ignore[arg-type]


def is_answer(message: Envelope) -> bool:
    """Tell whether it answers something."""
    return message.message_type is not MessageType.REQUEST
