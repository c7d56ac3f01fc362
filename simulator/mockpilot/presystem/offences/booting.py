"""Offences at boot."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from mockpilot.presystem.conduct import Opening, Upset
from mockpilot.presystem.offences.making import is_boot, one, with_changes
from mockpilot.protocol.envelope import Envelope

LATE_BOOT_S = 7.5
"""One and a half times the limit."""
HASTY_BOOT_S = 0.3
HASTY_BOOTS = 20
HASTY_LIST_S = 1.5
"""After the guard for frames in flight."""


def _boots_with(payload: Any) -> Callable[[Envelope], Envelope]:
    return lambda message: dataclasses.replace(message, payload=payload) if is_boot(message) else message


def _boot_once(been_accepted: bool) -> Sequence[Opening]:
    return (Opening.LIST,) if been_accepted else (Opening.BOOT,)


OFFENCES = (
    one("boot.comes-first", "sends its list and then boots", opening=lambda _: (Opening.LIST, Opening.BOOT)),
    one("boot.comes-promptly", "boots 7.5 s after the upgrade", boot_delay_s=LATE_BOOT_S),
    one("boot.comes", "never boots", opening=lambda _: ()),
    one("boot.payload", "boots with the key type, which no dialect has", message=_boots_with({"type": "BMS"})),
    one("boot.waits-for-confirmation", "sends its list if the boot isn't answered within 300 ms",
        list_while_unanswered_s=HASTY_BOOT_S),
    one("boot.tries-again", "waits for the answer to its boot for ever", boots_again=False),
    one("boot.rejected-sends-no-list", "sends its list 1.5 s after Rejected, again and again",
        list_after_rejection_s=HASTY_LIST_S),
    one("boot.rejected-retries-slowly", "boots twenty times a second after Rejected, whatever is answered",
        hasty_boots=HASTY_BOOTS),
    one("boot.ignores-foreign-confirmation", "takes any confirmation of a boot for its own", heeds_boot_ids=False),
    one("boot.on-every-link", "boots on its first link only and goes on with its list on later ones",
        opening=_boot_once),
    one("boot.source", "names DMS as its source", message=with_changes(source="DMS")),
    one("boot.survives-early-push", "answers nothing more after a push that came before its boot was accepted",
        deaf_after=frozenset({Upset.EARLY_PUSH})),
    one("boot.no-storm", "boots every second once it is accepted", needless_boots_s=1.0),
)  # fmt: skip
