"""What the exemplary presystem was told: options and ``MOCKPILOT_*`` variables to frozen settings.

Knows no trio, opens no file but to see that it can be read. Each mistake is one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from mockpilot.durations import parse_duration
from mockpilot.errors import UsageError
from mockpilot.presystem.backoff import Backoff

KINDS = ("BMS", "ITCS")
DEFAULT_SUBPROTOCOL = "v1.463.vdv.de"
FIRST_GUESS_S = 15.0
"""ChargePilot's push interval, until the pushes show another."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a dialect wants things said; a table of our own, so that a slip of the CMS's vocabulary shows."""

    boot_key: str = "presystem"
    error_key: str = "message"
    ids_are_uris: bool = False
    may_send_empty_list: bool = True
    """Without it the last request can only be taken back with the instruction Terminate."""
    default_id: str = "Presystem1"
    default_user: str = "Presystem1"
    """Goes with the default id; a user name must not hold a colon."""


WORDINGS: Mapping[str, Wording] = {
    "chargepilot": Wording(boot_key="systemType"),
    "vdv-1.0": Wording(
        error_key="errorMessage", ids_are_uris=True, may_send_empty_list=False,
        default_id="urn:mockpilot:presystem1", default_user="presystem1",
    ),
    "vdv-1.1": Wording(error_key="errorMessage"),
    "vdv-2.0-rc1": Wording(error_key="errorMessage"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the presystem is, in seconds. No source gives these numbers."""

    boot_time_out: float = 30.0
    """An unanswered boot is sent again."""
    boots_per_link: int = 3
    """So many unanswered boots end the link."""
    boot_pause_floor: float = 15.0
    """After Rejected, whatever the back-off says."""
    list_time_out: float = 30.0
    """An unconfirmed list is sent again; doubles up to ``list_time_out_cap``."""
    list_time_out_cap: float = 30.0
    refusal_pause: float = 30.0
    """The same list after an error answer; doubles up to five minutes."""
    opening_time_out: float = 30.0
    """TCP, TLS and upgrade together."""
    send_time_out: float = 30.0
    """A message that the network doesn't take."""


PATIENT_PACE = Pace()
QUICK_PACE = Pace(boot_time_out=2.0, boot_pause_floor=2.0, list_time_out=2.0, opening_time_out=10.0, send_time_out=10.0)
PATIENT_BACK_OFF = Backoff(15.0, 300.0)
QUICK_BACK_OFF = Backoff(0.2, 2.0)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the presystem was told."""

    url: str
    user: str
    password: str = field(repr=False)
    ca_file: Path | None = None
    """None: what the system trusts."""
    presystem_id: str = "Presystem1"
    kind: str = "BMS"
    dialect: str = "chargepilot"
    subprotocol: str = DEFAULT_SUBPROTOCOL
    """Empty: none is offered."""
    requests_file: Path | None = None
    push_interval_s: float = FIRST_GUESS_S
    silence_after_s: float | None = None
    """None: three missed pushes, as observed."""
    back_off: Backoff = PATIENT_BACK_OFF
    pace: Pace = PATIENT_PACE

    @property
    def wording(self) -> Wording:
        """How the dialect wants things said."""
        return WORDINGS[self.dialect]

    @property
    def host(self) -> str:
        """Host of the URL."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Port of the URL, 443 if it names none."""
        return urlsplit(self.url).port or 443

    @property
    def host_header(self) -> str:
        """Host and port as the URL has them."""
        return urlsplit(self.url).netloc

    @property
    def target(self) -> str:
        """Path and query exactly as handed over, nothing decoded or encoded."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def settings_from(
    options: Mapping[str, str | None], environment: Mapping[str, str], *, quick: bool = False
) -> Settings:
    """Read settings; an option (``url``, ``ca``, ``user``, …) wins over its variable.

    Raises:
        UsageError: one sentence on the first thing that cannot work.
    """
    def said(option: str, variable: str, default: str = "") -> str:
        return options.get(option) or environment.get(variable) or default

    dialect = _one_of(tuple(WORDINGS), "dialect", said("dialect", "MOCKPILOT_DIALECT", "chargepilot"))
    wording = WORDINGS[dialect]
    presystem_id = said("id", "MOCKPILOT_PRESYSTEM_ID", wording.default_id)
    default_user = wording.default_user if presystem_id == wording.default_id else presystem_id
    return Settings(
        url=_url(said("url", "MOCKPILOT_URL")),
        user=_user(said("user", "MOCKPILOT_USER", default_user)),
        password=_password(options.get("password_env") or "MOCKPILOT_PASSWORD", environment),
        ca_file=_readable("CA file", said("ca", "MOCKPILOT_CA_FILE")),
        presystem_id=presystem_id,
        kind=_one_of(KINDS, "kind", said("kind", "MOCKPILOT_PRESYSTEM_KIND", "BMS")),
        dialect=dialect,
        subprotocol=environment.get("MOCKPILOT_SUBPROTOCOL", DEFAULT_SUBPROTOCOL),
        requests_file=_readable("requests file", options.get("requests") or ""),
        push_interval_s=_interval(environment.get("MOCKPILOT_PUSH_INTERVAL_S") or str(FIRST_GUESS_S)),
        silence_after_s=_silence(options.get("silence_after")),
        back_off=_back_off(options.get("back_off"), quick=quick),
        pace=QUICK_PACE if quick else PATIENT_PACE,
    )


def _url(text: str) -> str:
    if not text:
        raise UsageError("no CMS to connect to: give --url or set MOCKPILOT_URL (wss://HOST:PORT/PATH)")
    try:
        parts = urlsplit(text)
        sound = parts.scheme == "wss" and bool(parts.hostname) and parts.port != 0 and text.isascii()
    except ValueError:
        sound = False
    if not sound:
        raise UsageError(f"URL: wss://HOST:PORT/PATH is expected (VDV 463 needs TLS), found {text!r}")
    return text


def _user(text: str) -> str:
    if ":" in text:
        raise UsageError(f"user name: one without a colon is expected (Basic authentication), found {text!r}")
    return text


def _password(variable: str, environment: Mapping[str, str]) -> str:
    password = environment.get(variable, "")
    if not password:
        raise UsageError(f"no password: set the environment variable {variable}, or name another with --password-env")
    return password


def _readable(what: str, text: str) -> Path | None:
    if not text:
        return None
    path = Path(text)
    try:
        path.read_bytes()
    except OSError as error:
        raise UsageError(f"{what} {text}: cannot be read ({error.strerror or error})") from None
    return path


def _one_of(allowed: tuple[str, ...], what: str, found: str) -> str:
    if found not in allowed:
        raise UsageError(f"{what} (option or environment): one of {', '.join(allowed)} is expected, found {found!r}")
    return found


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError(f"MOCKPILOT_PUSH_INTERVAL_S: a positive number of seconds is expected, found {text!r}")
    return seconds


def _silence(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--silence-after: {error}") from None


def _back_off(text: str | None, *, quick: bool) -> Backoff:
    if text is None:
        return QUICK_BACK_OFF if quick else PATIENT_BACK_OFF
    first, dots, cap = text.partition("..")
    try:
        if not dots:
            raise ValueError(f"FIRST..CAP is expected, such as '15 s..5 min', found {text!r}")
        back_off = Backoff(parse_duration(first), parse_duration(cap))
    except ValueError as error:
        raise UsageError(f"--back-off: {error}") from None
    if not 0 < back_off.first_s <= back_off.cap_s:
        raise UsageError(f"--back-off: a first pause above zero and no longer than its cap is expected, found {text!r}")
    return back_off
