"""The strategies that users get, and how our own tests take them."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from mockpilot.testing.strategies import damages, date_times, near_uris, payloads, strange_values, uris

__all__ = ["A_FIFTH", "UNHURRIED", "damages", "date_times", "near_uris", "payloads", "strange_values", "uris"]

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The chosen profile without its clocks: the first example compiles every schema."""

A_FIFTH = settings(UNHURRIED, max_examples=max(settings().max_examples // 5, 20))
"""Of the chosen examples, where each is a connection of its own."""
