"""Surroundings of a product that nobody connects to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from mockpilot.certification.product import Surroundings

SURROUNDINGS = Surroundings(
    url="wss://127.0.0.1:8463/vdv463/Depot%207", ca_file=Path("/run/ca.pem"), user="acme", password="a long password",
    presystem_id="Depot 7", kind="BMS", dialect="chargepilot", subprotocol="v1.463.vdv.de", push_interval_s=0.4,
)  # fmt: skip


def surroundings(**changes: Any) -> Surroundings:
    """The usual ones, with changes."""
    return replace(SURROUNDINGS, **changes)
