"""Attempts to connect: which connections are the product's own, and which of them are one attempt.

Health probes, port scanners and empty connects are strangers: recorded, never judged, never counted. A challenge
round, two address families or a library's silent repeat are one attempt.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from mockpilot.conformance.conversation import Link
from mockpilot.conformance.waiting import Waiting
from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.history.events import Presystem, UpgradeRequested
from mockpilot.protocol.handshake import looks_like_websocket, path_of

MAX_CONNECTS = 6
"""More connects than that are no single attempt, so that hammering still shows (challenge rounds were seen to need
five requests)."""
CHALLENGE_ROUND_S = 10.0
"""Seconds that may pass between a request without credentials and the one that brings them: a slow machine connects and
shakes hands anew. Whoever comes later begins another attempt."""
TIGHT_SAMPLE = 10
"""Attempts that it takes to speak of a tight loop."""
LONGER = 1.5
"""How many times as long gaps are that became clearly longer."""
APART = 1.2
"""So far the shortest of the longer gaps must lie above the longest of the shorter ones, where these are few."""
NOISE_S = 0.05
"""Gaps that differ by less differ by chance."""

CHALLENGE = 401
REFUSED_LOGIN = (CHALLENGE, 403)
REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Connections that belong together, the first one first."""

    links: tuple[Link, ...]

    @property
    def at(self) -> float:
        """When it began, in seconds."""
        return self.links[0].begun.at

    @property
    def index(self) -> int:
        """Index of the event that began it."""
        return self.links[0].begun.index

    @property
    def opened(self) -> bool:
        """Whether it reached 101."""
        return any(link.opened is not None for link in self.links)

    @property
    def login_refused(self) -> bool:
        """Whether it ended at a refused login; whoever waits to be asked meets a 401 on the way to anything."""
        answers = [answer for link in self.links for answer in link.upgrade_answers]
        return not self.opened and bool(answers) and answers[-1].status in REFUSED_LOGIN

    @property
    def failed_by_us(self) -> bool:
        """Whether it ended because we refused or dropped it as a busy or broken server does."""
        if self.opened or self.login_refused or any(link.bad_certificate for link in self.links):
            return False
        last = self.links[-1]
        if last.upgrade_answers:
            return last.upgrade_answers[-1].fault is not None
        return last.tls_failed is None and last.ended is not None and last.ended.by == "us"


def handed_path(presystem: Presystem) -> str:
    """The path that the product was given, percent-decoded."""
    return path_of(presystem.path)


def is_own(link: Link, presystem: Presystem) -> bool:
    """Whether a connection is the product's, not a stranger's."""
    ours_alone = presystem.launched and presystem.same_host
    if not link.has_bytes:
        # Dropped before a byte could come: beside a launched product nobody else is meant to be there.
        return ours_alone and link.ended is not None and link.ended.by == "us"
    if link.upgrades:
        speaks = [upgrade for upgrade in link.upgrades if looks_like_websocket(upgrade)]
        return bool(speaks) and (ours_alone or any(_is_ours(upgrade, presystem) for upgrade in speaks))
    if not ours_alone and _only_looked(link):
        return False
    if link.tls is not None or link.tls_failed is not None:
        return link.tls is not None or (link.tls_failed is not None and link.tls_failed.hello_seen)
    return link.first_bytes is not None and link.first_bytes.looks_like in ("tls", "clear-text upgrade")


def _only_looked(link: Link) -> bool:
    """Whether somebody finished a good handshake and left without a byte, as monitoring does."""
    left = link.ended is not None and link.ended.by == "product" and link.ended.application_bytes == 0
    return link.tls is not None and not link.bad_certificate and left


def is_proxied(link: Link) -> bool:
    """Whether something stands between the product and us: what TLS shows is then not the product's."""
    if link.first_bytes is not None and link.first_bytes.looks_like == "proxy header":
        return True
    names = {name.lower() for upgrade in link.upgrades for name, _ in upgrade.headers}
    return bool(names & {"via", "forwarded"}) or any(name.startswith("x-forwarded-") for name in names)


def _is_ours(upgrade: UpgradeRequested, presystem: Presystem) -> bool:
    right_path = path_of(upgrade.target) == handed_path(presystem)
    return right_path or upgrade.credentials in ("right", "wrong password")


def fold(links: Sequence[Link], burst_s: float) -> list[Attempt]:
    """Fold own connections into attempts, in order."""
    attempts: list[list[Link]] = []
    for link in links:
        current = attempts[-1] if attempts else None
        if current is not None and _belongs(link, current, burst_s):
            current.append(link)
        else:
            attempts.append([link])
    return [Attempt(tuple(group)) for group in attempts]


def _belongs(link: Link, group: list[Link], burst_s: float) -> bool:
    if link.instance != group[0].instance or len(group) >= MAX_CONNECTS or group[-1].opened is not None:
        return False
    if _answers_challenge(link, group[-1]):
        return link.begun.at - group[-1].begun.at <= CHALLENGE_ROUND_S
    return link.begun.at - _in_earnest(group).begun.at <= burst_s


def _in_earnest(group: Sequence[Link]) -> Link:
    """Where a burst begins: a challenge round takes its time, and what a library repeats comes after it."""
    rounds = (later for earlier, later in itertools.pairwise(group) if _answers_challenge(later, earlier))
    return next(rounds, group[0])


def _answers_challenge(link: Link, before: Link) -> bool:
    """Whether it brings the credentials that the connection before was asked for."""
    if not before.upgrades or not before.upgrade_answers or not link.upgrades:
        return False
    bare = before.upgrades[-1].credentials == "none" and before.upgrade_answers[-1].status == CHALLENGE
    return bare and link.upgrades[0].credentials != "none"


# -- spacing -------------------------------------------------------------------------------------------------------


def runs_of(attempts: Iterable[Attempt], belongs: Callable[[Attempt], bool]) -> Iterator[list[Attempt]]:
    """Runs of attempts that came to the same, each of one process: the pace between two is not the product's."""
    run: list[Attempt] = []
    for attempt in attempts:
        if run and (run[-1].links[0].instance != attempt.links[0].instance or not belongs(attempt)):
            yield run
            run = []
        if belongs(attempt):
            run.append(attempt)
    if run:
        yield run


def shows_pace(run: Sequence[Attempt], watched_s: float, observe_s: float, floor_s: float) -> bool:
    """Whether enough was seen of a run that does not hammer to call it patient.

    Ten attempts, or more than one and time enough. One and then silence shows no pace at all.
    """
    if len(run) >= TIGHT_SAMPLE or (len(run) > 1 and watched_s >= observe_s):
        return True
    connects = [link.begun.at for attempt in run for link in attempt.links]
    return len(connects) >= TIGHT_SAMPLE and not is_tight_loop(connects, floor_s)


def told(run: Sequence[Attempt]) -> str:
    """How many attempts there were and in what time, in words; with the connections that they were folded from."""
    connects = [link.begun.at for attempt in run for link in attempt.links]
    more = f" ({counted(len(connects), 'connection')})" if len(connects) > len(run) else ""
    return f"{counted(len(run), 'attempt')}{more} in {format_duration(connects[-1] - connects[0])}"


def gaps_between(times: Sequence[float]) -> list[float]:
    """Seconds from each time to the next."""
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def is_tight_loop(times: Sequence[float], floor_s: float) -> bool:
    """Whether things follow one another so fast, so often, that they hammer."""
    return len(times) >= TIGHT_SAMPLE and median(gaps_between(times)) < floor_s


def hammers(attempts: Sequence[Attempt], floor_s: float, waiting: Waiting) -> bool:
    """Whether attempts follow one another as a tight loop; those that piled up while we stalled show no pace.

    Folding hides loops that are slower than a burst, so what counts is the pause after each attempt's last connect.
    """
    if len(attempts) < TIGHT_SAMPLE or waiting.piled_up(attempts[0].at, attempts[-1].at):
        return False
    pauses = [later.at - earlier.links[-1].begun.at for earlier, later in itertools.pairwise(attempts)]
    return median(pauses) < floor_s


def grows(gaps: Sequence[float]) -> bool:
    """Whether gaps became clearly longer; a back-off that has reached its cap has grown before that."""
    return _grows_by_halves(gaps) or any(_is_step(gaps[:place], gaps[place:]) for place in range(1, len(gaps) - 1))


def _grows_by_halves(gaps: Sequence[float]) -> bool:
    if len(gaps) < 2:
        return False
    later = median(gaps[len(gaps) // 2:])
    earlier = min(median(gaps[: len(gaps) // 2]), median(gaps[:2]) if len(gaps) > 3 else later)
    return _is_longer(later, earlier)


def _is_step(earlier: Sequence[float], later: Sequence[float]) -> bool:
    """Whether gaps rose to a height and stayed there, as a back-off does that reaches its cap after a gap or two.

    Of a fixed pace with 25 % of jitter this happens by chance in less than one outage of a hundred.
    """
    return min(later) >= APART * max(earlier) and _is_longer(median(later), max(earlier))


def _is_longer(later: float, earlier: float) -> bool:
    return later >= LONGER * earlier and later - earlier >= NOISE_S
