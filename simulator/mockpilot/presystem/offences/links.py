"""Offences when a link is lost, silent or troubled."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from mockpilot.presystem.conduct import EndKind, Entry, LinkEnd, ListDraft, Upset
from mockpilot.presystem.offences.connecting import without_frames
from mockpilot.presystem.offences.making import one, refused_login

STEADY_PAUSE_S = 2.0
"""Long enough that each connect is an attempt of its own even where bursts are folded."""
LATE_CONFIRMATION_S = 1.0
PATIENCE = 2
"""So many failures in a row, and it tries no more; a count, so that a quick back-off ends as a patient one does."""
FOR_GOOD_S = 7 * 24 * 3600.0
PONG, CLOSE = 0xA, 0x8


def _never_slows_down(end: LinkEnd, planned_s: float) -> float:
    return planned_s if refused_login(end) else STEADY_PAUSE_S


def _gives_up(end: LinkEnd, planned_s: float) -> float:
    failed = end.kind is not EndKind.LOST and not refused_login(end)
    return FOR_GOOD_S if failed and end.failures >= PATIENCE else planned_s


def _doubled(draft: ListDraft) -> Sequence[Entry]:
    return (*draft.entries, *map(_copy, draft.entries)) if draft.again else draft.entries


def _copy(entry: Entry) -> Entry:
    fresh = uuid.uuid5(uuid.NAMESPACE_OID, entry["chargingRequestId"])
    return entry | {"chargingRequestId": fresh.urn if entry["chargingRequestId"].startswith("urn:") else str(fresh)}


OFFENCES = (
    one("link.reconnects", "stays away once its link is lost", returns=False),
    one("link.backs-off", "tries again every two seconds, however often it fails", pause=_never_slows_down),
    one("requests.unconfirmed-list-comes-again", "takes a list for delivered once it is sent",
        list_awaits_confirmation=False),
    one("link.survives-late-confirmation", "answers nothing more after a confirmation that took over a second",
        deaf_after_late_confirmation_s=LATE_CONFIRMATION_S),
    one("link.survives-second-confirmation", "answers nothing more after a second confirmation of one list",
        deaf_after=frozenset({Upset.SECOND_CONFIRMATION})),
    one("requests.foreign-confirmation-counts-not", "takes any confirmation of a list for the open one's",
        heeds_list_ids=False),
    one("requests.go-on-after-lost-answer", "waits for ever for the answer of a list whose link is gone",
        sends_after_lost_answer=False),
    one("link.notices-silence", "waits for pushes for ever", notices_silence=False),
    one("link.answers-pings", "answers no ping", wire=without_frames(PONG)),
    one("requests.bounded-open-lists", "sends its list four times a second until it is confirmed",
        list_time_out=lambda _: 0.25),
    one("link.one-at-a-time", "opens another link beside one that fell silent, and uses both",
        keeps_silent_links=True),
    one("requests.no-doubles", "names every charging request twice when it sends a list again", entries=_doubled),
    one("requests.told-again-after-amnesia", "never sends again what was confirmed once", trusts_memory=True),
    one("requests.no-replay-after-outage", "sends every list that it could not send meanwhile", replays_missed=True),
    one("link.returns-after-outage", "gives up after some failed attempts", pause=_gives_up),
    one("link.answers-close", "neither answers a Close nor ends the connection", wire=without_frames(CLOSE),
        answers_close=False),
    one("requests.change-comes-after-outage", "forgets what is planned while no link is up", plans_offline=False),
    one("requests.refused-list-calmly", "sends a refused list again at once", refusal_pause=lambda _: 0.05),
    one("requests.survives-error-answer", "answers nothing more after an error answer to a list",
        deaf_after=frozenset({Upset.REFUSED_LIST})),
    one("link.survives-malformed-messages", "answers nothing more after a message that it cannot read",
        deaf_after=frozenset({Upset.MALFORMED})),
    one("requests.go-on-after-error", "sends no list any more once one was refused", sends_after_refusal=False),
    one("product.keeps-running", "exits with status 1 when its link is lost", survives_loss=False),
)  # fmt: skip
