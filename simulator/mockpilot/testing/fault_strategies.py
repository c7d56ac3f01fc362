"""Hypothesis strategies for faults: each can be armed in its dialect, and written into a plan without loss.

Which words there are is the vocabulary's; which changes a dialect can say is asked of ``faults.changes``.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mockpilot import faults
from mockpilot.faults import Fault
from mockpilot.faults.changes.setting import refusal, statuses
from mockpilot.faults.words import CERTIFICATE_KINDS, CHANGES, DAMAGES
from mockpilot.protocol.envelope import Action
from mockpilot.protocol.vocabulary import Dialect
from mockpilot.protocol.vocabulary.common import ChargingPointFaultCode

LISTS = Action.PROVIDE_CHARGING_REQUESTS
_DAMAGES = [how for how in DAMAGES if how not in ("huge", "split-utf8")]
_CERTIFICATES = [kind for kind in CERTIFICATE_KINDS if kind != "tls-old"]  # not every OpenSSL can speak it
_FEW = st.integers(1, 3)
_OPTIONAL: dict[str, st.SearchStrategy[Any]] = {"optional": st.just(True)}
_ANSWERED = _OPTIONAL | {"action": st.sampled_from([Action.BOOT_NOTIFICATION, LISTS]), "nth": _FEW}


def faults_in(dialect: Dialect) -> st.SearchStrategy[Fault]:
    """Single faults of every verb, all optional."""
    return st.one_of(_of_answers(), _of_links(), _of_connections(), _of_the_cms(), changes(dialect))


def changes(dialect: Dialect) -> st.SearchStrategy[Fault]:
    """Pushes that say something else of the depot, as far as the dialect can say it."""
    sayable = [how for how in CHANGES if refusal(faults.change(how), dialect) is None]
    words: dict[str, list[str]] = {
        "status": [str(one) for one in statuses(dialect)], "fault": [str(one) for one in ChargingPointFaultCode],
    }  # fmt: skip
    return st.sampled_from(sayable).flatmap(lambda how: st.builds(
        faults.change, st.just(how), to=st.sampled_from(["", *words.get(how, [])]), times=st.none() | _FEW, **_OPTIONAL
    ))  # fmt: skip


def certificates() -> st.SearchStrategy[Fault]:
    """Handshakes that show a certificate or a version which any machine can show."""
    return st.builds(faults.certificate, st.sampled_from(_CERTIFICATES), handshakes=_FEW, **_OPTIONAL)


def _of_answers() -> st.SearchStrategy[Fault]:
    confirmation = st.just("confirmation")
    return st.one_of(
        st.builds(faults.lose, confirmation, **_ANSWERED),
        st.builds(faults.delay, confirmation, by=_seconds(10, 500), **_ANSWERED),
        st.builds(faults.repeat, confirmation, times=st.integers(2, 3), **_ANSWERED),
        st.builds(faults.swap, confirmation, **_ANSWERED),
        st.builds(faults.answer, kind=st.sampled_from(["error", "wrong-id", "wrong-action"]), **_ANSWERED),
        st.builds(faults.damage, st.sampled_from(_DAMAGES), nth=_FEW, **_OPTIONAL),
        st.builds(faults.inject, st.sampled_from(["confirmation", "error"]), **_OPTIONAL),
    )


def _of_links() -> st.SearchStrategy[Fault]:
    hows = st.sampled_from(["close", "tcp-end", "reset"])
    return st.one_of(
        st.builds(faults.drop, hows, action=st.just(LISTS), when=st.just("before-answer"), **_OPTIONAL),
        st.builds(faults.ping, rate=st.floats(1, 50), **_OPTIONAL),
        st.builds(faults.slow, rate=st.floats(1000, 100_000), chunk=st.integers(1, 500), **_OPTIONAL),
    )


def _of_connections() -> st.SearchStrategy[Fault]:
    return st.builds(faults.refuse, st.sampled_from([401, 503]), attempts=_FEW, **_OPTIONAL) | certificates()


def _of_the_cms() -> st.SearchStrategy[Fault]:
    return st.one_of(
        st.builds(faults.forget, st.sampled_from(["requests", "all"]), **_OPTIONAL),
        st.builds(faults.clock, skew=_seconds(1000, 600_000), **_OPTIONAL),
    )


def _seconds(least_ms: int, most_ms: int) -> st.SearchStrategy[float]:
    """Whole milliseconds: plans write durations as people do, and nobody means a longer fraction."""
    return st.integers(least_ms, most_ms).map(lambda milliseconds: milliseconds / 1000)
