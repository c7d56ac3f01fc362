"""Faults in words: what one does, when it fired, and whether the product met it.

Whether it was met, the results know; nothing is judged here.
"""

from __future__ import annotations

from typing import Any

from mockpilot.durations import format_duration
from mockpilot.faults.evidence import unseeable_words
from mockpilot.protocol.envelope import MessageType
from mockpilot.results import FaultResult


def fault_words(fault: FaultResult) -> str:
    """A fault and its evidence on one line."""
    fired = "never fired" if fault.fired_s is None else f"fired {fault.fired_s:.1f} s"
    seen = unseeable(fault) or f"seen: {'yes' if fault.seen else 'no'}"
    return f"{fault_name(fault)} · armed {fault.armed_s:.1f} s · {fired} · {seen}"


def unseeable(fault: FaultResult) -> str:
    """Why nothing can show that a fault was met that fired and was not seen to be; empty where something could have."""
    return "" if fault.seen or fault.fired_s is None else unseeable_words(fault.do, str(fault.how.get("how", "")))


def fault_name(fault: FaultResult) -> str:
    """What a fault does, and its name where it has one of its own."""
    name = "" if fault.name.startswith(fault.do) else f" “{fault.name}”"
    return f"{fault.do} {armed_words(fault.how)}".rstrip() + name


def armed_words(how: dict[str, Any]) -> str:
    """A fault's parameters as people say them, such as ``confirmation of ProvideChargingRequests #1 by 2 s``."""
    rest = {key: value for key, value in how.items() if key not in ("type", "action", "nth", "applied", "by_s", "code")}
    kind = {int(one): one.name.lower() for one in MessageType}.get(how.get("type", 0), "")
    pieces = [kind, f"of {how['action']}" if kind and "action" in how else str(how.get("action", ""))]
    pieces += [f"#{number}" for number in how.get("nth", ())]
    pieces += [str(rest.pop(key)) for key in ("kind", "how", "status") if key in rest]
    pieces += [str(how["code"])] if how.get("how") == "close" and how.get("code") else []
    pieces += [f"by {format_duration(how['by_s'])}"] if "by_s" in how else []
    pieces += [f"{key.removesuffix('_s').replace('_', ' ')} {value}" for key, value in rest.items()]
    return " ".join(filter(None, pieces))
