"""This tool's own limits: how long is long enough, in seconds.

None of these numbers stands in VDV 463; they are policy, printed with every finding that rests on them, and the
vendor's to change in ``[limits]`` of a profile. Counts (of connects, lists, gaps) belong to the rules that use them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit with its default, in seconds."""

    connect_within: float = 120.0
    """First connection after start: a launched application server has to come up."""
    boot_within: float = 5.0
    """BootNotification after the upgrade; later is a warning only."""
    boot_never: float = 60.0
    """An open link without any boot."""
    boot_retry_within: float = 120.0
    """Another boot or attempt after an unanswered boot; longer than common request time-outs of 30 and 60 s."""
    hold: float = 3.0
    """How long an answer or push is held to expose haste."""
    confirm_within: float = 15.0
    """Answer to a push: one push period of ChargePilot."""
    resend_within: float = 60.0
    """An unconfirmed list comes again: four push periods, per chance."""
    reconnect_within: float = 300.0
    """New attempt after a lost or refused link: the only published cap of a back-off."""
    provoke_within: float = 60.0
    """A list after a provoked step, or by itself: products batch."""
    silence_within: float = 300.0
    """A half-open link or missing pushes are noticed: twenty missed pushes."""
    pong_within: float = 30.0
    """Pong after a ping; clients that pull answer when they read."""
    close_within: float = 10.0
    """Answer to our Close frame: the usual library time-out."""
    guard: float = 1.0
    """Frames in flight: what is read this soon after our own frame may have been sent before it."""
    attempt_burst: float = 1.0
    """Connects this close together are one attempt: challenge rounds, two address families, a library's repeat."""
    retry_floor: float = 1.0
    """A median gap below it over ten attempts is a tight loop."""
    retry_steady: float = 15.0
    """Constant spacing at or above it needs no growth."""
    spacing_observe: float = 60.0
    """Attempts are observed this long before growth is judged."""
    steady_observe: float = 180.0
    """Nothing happens this long before lists are called a busy loop, or not."""
    open_observe: float = 600.0
    """A list stays unanswered this long before its product is said to heap up none."""
    clock_skew: float = 60.0
    """The presystem's clock against ours."""
    overlap_within: float = 30.0
    """Two links of one presystem: close time-outs of 10 s plus keep-alive."""
    own_stall: float = 0.5
    """Our own heartbeat later than that extends deadlines."""

    def as_seconds(self) -> dict[str, float]:
        """All limits by name."""
        return asdict(self)

    def with_changes(self, changes: dict[str, float]) -> Limits:
        """These limits with some replaced.

        Raises:
            KeyError: with the first name that is no limit.
        """
        for name in changes:
            if name not in LIMIT_NAMES:
                raise KeyError(name)
        return replace(self, **changes)


LIMIT_NAMES = tuple(field.name for field in fields(Limits))

SAFE_FLOORS = {
    "connect_within": 20.0, "boot_within": 1.0, "boot_never": 10.0, "boot_retry_within": 10.0, "hold": 1.0,
    "confirm_within": 2.0, "resend_within": 5.0, "reconnect_within": 10.0, "provoke_within": 5.0,
    "pong_within": 5.0, "close_within": 3.0, "guard": 0.2, "attempt_burst": 0.3, "retry_floor": 0.1,
    "steady_observe": 60.0, "open_observe": 60.0, "clock_skew": 5.0, "overlap_within": 12.0,
}  # fmt: skip
"""Below its floor a limit is so short that the speed of the machine counts; such a run is marked "short limits"."""

JITTER = 1.25
"""How many times ``reconnect_within`` a return may take once nothing keeps a product away any more.

It may just have begun its longest wait, stretched by jitter.
"""


def short_limits(limits: Limits, push_interval_s: float) -> tuple[str, ...]:
    """Name the limits that lie below their safe floor."""
    floors = SAFE_FLOORS | {"silence_within": 10 * push_interval_s}
    values = limits.as_seconds()
    return tuple(name for name in LIMIT_NAMES if values[name] < floors.get(name, 0.0))
