"""The settings of a profile as frozen records, every default in its place. Reads nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from mockpilot.limits import Limits
from mockpilot.protocol.handshake import path_for
from mockpilot.protocol.vocabulary import dialect

PLACEHOLDER = "{presystem_id}"


def default_user(presystem_id: str, dialect_name: str) -> str:
    """The user name that goes with an id: a colon, as in a URI, would end it in Basic credentials."""
    is_default = presystem_id == dialect(dialect_name).default_presystem_id
    return presystem_id.rpartition(":")[2] if is_default else presystem_id


@dataclass(frozen=True, slots=True)
class PresystemSettings:
    """The product under test, and how it logs in."""

    name: str = ""
    version: str = ""
    kind: str = "BMS"
    """``BMS`` or ``ITCS``."""
    id: str = ""
    """Empty: the default of the dialect."""
    dialect: str = "chargepilot"
    sends_requests: bool = True
    """False: it only receives; scenarios that need lists are not selected."""
    supervised: bool = False
    """COMMAND may exit when it loses the link, and is started again."""
    user: str = ""
    """Empty: the id; of a default that is a URI its last part."""
    password: str | None = field(default=None, repr=False)
    """None: whoever has a source of chance makes one up."""
    password_env: str = ""
    """The variable that the password came from."""
    offers_subprotocol: bool = True
    """False: scenarios that need a subprotocol to be offered are not selected; that it offers one is no finding."""

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", dialect(self.dialect).default_presystem_id)
        if not self.user:
            object.__setattr__(self, "user", default_user(self.id, self.dialect))


@dataclass(frozen=True, slots=True)
class CmsSettings:
    """The CMS that mockpilot plays."""

    listen: str = "127.0.0.1:0"
    host: str = ""
    """Name in the URL and in the certificate; empty: the listen address."""
    path: str = f"/vdv463/{PLACEHOLDER}"
    certs: Path | None = None
    """Folder that ``mockpilot certs`` wrote; None: an authority for this run alone."""
    push_interval_s: float = 15.0
    depot: str | Path = "small"
    """A name is a bundled depot, a path a file."""
    partial_lists: bool = False
    """The good entries of a list are carried out although it has bad ones; it is answered by an error all the same."""
    requests_survive: bool = True
    """Charging requests are kept when their presystem boots again."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        return split_address(self.listen)

    def target(self, presystem_id: str) -> str:
        """The request target of one presystem, its id percent-encoded."""
        return path_for(self.path, presystem_id)


@dataclass(frozen=True, slots=True)
class Provoke:
    """How an action of the product is brought about; exactly one of the four is set."""

    command: tuple[str, ...] = ()
    http: str = ""
    ask: str = ""
    stdin: bool = False

    @property
    def way(self) -> Literal["command", "http", "ask", "stdin"]:
        """Which of the four it is."""
        if self.command:
            return "command"
        if self.http:
            return "http"
        return "ask" if self.ask else "stdin"


@dataclass(frozen=True, slots=True)
class Expected:
    """A known deviation of the product: shown and counted apart, never part of an outcome."""

    rule: str
    reason: str
    owner: str = ""
    until: date | None = None
    """The last day on which it is expected."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a run was started, so that it can be repeated; no profile that people write has it."""

    seed: int = 0
    command: tuple[str, ...] = ()
    """COMMAND with nothing replaced; empty: an operator started the product."""
    start_once: bool = False
    scenarios: tuple[Path, ...] = ()
    """Folders with more scenarios."""
    plans: tuple[Path, ...] = ()
    """Fault plans that were scenarios: files, or names of shipped ones."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that a profile says, and the defaults for what it does not say."""

    presystem: PresystemSettings = PresystemSettings()
    cms: CmsSettings = CmsSettings()
    limits: Limits = field(default_factory=Limits)
    provoke: Provoke | None = None
    expected: tuple[Expected, ...] = ()
    presystems: tuple[PresystemSettings, ...] = ()
    """All of them, where several are accepted; else the one."""
    file: Path | None = None
    """Where it came from; None: no file, only defaults."""
    run: RunSettings | None = None
    """Only in the effective profile of a run."""

    def __post_init__(self) -> None:
        if not self.presystems:
            object.__setattr__(self, "presystems", (self.presystem,))


def split_address(text: str) -> tuple[str, int]:
    """Read ``HOST:PORT``, with brackets around an IPv6 address.

    Raises:
        ValueError: a sentence that says what was expected and what was found.
    """
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    is_port = port.isascii() and port.isdigit() and int(port) < 1 << 16
    if not (colon and bare and is_port and (host != bare) == (":" in bare)):
        raise ValueError(f"HOST:PORT such as '127.0.0.1:8463' or '[::1]:0' is expected, found {text!r}")
    return bare, int(port)
