"""The words of VDV 463: one module per version or vendor profile, and the list of them.

Every version module exports the same names: the structs of the messages and their parts, the enumerations, ``DIALECT``,
and the functions that hide where versions name the same thing differently, or have no word for it. Predictions are made
by such functions only. Times are wire texts there, and ``UNSET`` leaves something out.
A field that a version does not know is a property that is ``UNSET`` there, so that readers need no version test.

A new version is a module and an entry in ``DIALECTS``; nothing else in the code asks which version is spoken.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from mockpilot.errors import UsageError
from mockpilot.protocol.vocabulary import chargepilot, v1_0_0, v1_1_0, v2_0_0rc1
from mockpilot.protocol.vocabulary.common import PresystemKind
from mockpilot.protocol.vocabulary.dialect import Dialect, Quirk
from mockpilot.protocol.vocabulary.reading import Unreadable, read_payload

__all__ = [
    "DEFAULT_DIALECT", "DIALECTS", "ChargingRequest", "Dialect", "PresystemKind", "Quirk", "Unreadable", "dialect",
    "read_payload",
]  # fmt: skip

ChargingRequest: TypeAlias = v1_0_0.ChargingRequest | v1_1_0.ChargingRequest | v2_0_0rc1.ChargingRequest
"""A charging request of any version."""

DEFAULT_DIALECT = chargepilot.DIALECT

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {module.DIALECT.name: module.DIALECT for module in (chargepilot, v1_0_0, v1_1_0, v2_0_0rc1)}
)
"""Every known dialect by its name, the default first."""


def dialect(name: str) -> Dialect:
    """Find a dialect by its name.

    Raises:
        UsageError: names the known ones.
    """
    try:
        return DIALECTS[name]
    except KeyError:
        raise UsageError(f"dialect: one of {', '.join(DIALECTS)} is expected, found {name!r}") from None
