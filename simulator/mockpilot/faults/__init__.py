"""Deliberate deviations of the CMS: what they are, when they strike, and the evidence that they did. Pure."""

from mockpilot.faults.verbs import Fault, answer, certificate, delay, drop, lose, refuse, repeat

__all__ = ["Fault", "answer", "certificate", "delay", "drop", "lose", "refuse", "repeat"]
