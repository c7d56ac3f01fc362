"""The checkers: one concern each, pure functions from a case to what was seen of their rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mockpilot.conformance.case import Case
from mockpilot.conformance.checkers import boot, envelope, handshake, information, link, product, requests, resend
from mockpilot.conformance.observation import Observation

Checker = Callable[[Case], Iterable[Observation]]

CHECKERS: tuple[Checker, ...] = (
    handshake.check, boot.check, envelope.check, information.check, requests.check, resend.check, link.check,
    product.check,
)  # fmt: skip
