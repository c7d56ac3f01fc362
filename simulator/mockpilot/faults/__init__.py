"""Deliberate deviations of the CMS: what they are, when they strike, and the evidence that they did. Pure."""

from mockpilot.faults.verbs import (
    Fault,
    answer,
    certificate,
    change,
    clock,
    damage,
    delay,
    drop,
    forget,
    inject,
    lose,
    ping,
    refuse,
    repeat,
    slow,
    swap,
)

__all__ = [
    "Fault", "answer", "certificate", "change", "clock", "damage", "delay", "drop", "forget", "inject", "lose", "ping",
    "refuse", "repeat", "slow", "swap",
]  # fmt: skip
