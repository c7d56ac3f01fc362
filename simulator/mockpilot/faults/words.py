"""The words that parameters of verbs take: kinds of answers, ways to damage, to drop, to refuse, and so on."""

from __future__ import annotations

ANSWER_KINDS = (
    "error", "error-empty", "error-other-key", "error-extra-key",
    "rejected", "wrong-id", "wrong-action", "wrong-presystem",
)  # fmt: skip
"""``error`` in the dialect's own form; empty, under the other dialects' key, and with one key more."""
DAMAGES = {
    "not-json": "text that is no JSON",
    "object": "an object with seven keys in place of the array",
    "six-slots": "the payload's slot is missing",
    "eight-slots": "one slot too many",
    "type": "the message type as text",
    "cut": "the second half of the text is missing",
    "binary": "a binary message",
    "bad-utf8": "bytes that are no UTF-8",
    "absurd": "a good envelope round a payload that makes no sense",
    "extra-field": "a field that no schema knows",
    "unknown-value": "a value that no enumeration knows",
    "fragments": "the same message in several frames",
    "split-utf8": "frames that part a character in the middle",
    "ping-between": "a ping between the frames of one message",
    "huge": "a valid message blown up to a size",
}
"""Ways to damage a message. Nothing is wrong with the last four, which a presystem has to cope with."""
DROP_HOWS = ("close", "tls-end", "tcp-end", "reset", "silence", "tls-cut")
DROP_WHENS = ("now", "before-read", "after-read", "before-answer", "after-answer")
REFUSE_HOWS = ("tcp", "accept-and-drop", "redirect", "subprotocol", "alien-subprotocol")
CERTIFICATE_KINDS = (
    "expired", "not-yet-valid", "wrong-host", "unknown-ca", "self-signed", "missing-intermediate",
    "tls-1.2-only", "tls-1.3-only", "tls-old", "rotated",
)  # fmt: skip
SLOW_HOWS = ("trickle", "no-read")
PING_HOWS = ("flood", "withhold-pong")
INJECTED = ("confirmation", "error", "message")
FORGOTTEN = ("requests", "sessions", "all")
CHANGES = {
    "vanish": "a charging point is gone",
    "rename": "a charging point has another id",
    "status": "a charging point has another status",
    "fault": "a charging point has a fault",
    "statuses": "every legal status and fault code in turn, a fault with a status that isn't Faulted among them",
    "empty-depots": "an empty list of depots",
    "empty-stations": "a depot without stations",
    "no-default-station": "the default station is missing",
    "predicted-time": "a scheduled process with its predicted time",
    "no-predicted-time": "a scheduled process without its predicted time",
    "odd-ids": "ids that are no URIs, hold blanks and umlauts, and are long",
    "foreign-process": "another presystem's scheduled process",
    "foreign-twin": "another presystem's scheduled process with a request id of this one",
    "rejected-list": "requests of the presystem among the rejected ones",
}
"""What a push can be made to say; each is legal in the dialects that know its fields."""
CLOCK_FORMS = {
    "seconds": "no fraction of a second", "milliseconds": "three digits", "offset": "+00:00 in place of Z",
    "nanoseconds": "nine digits",
}  # fmt: skip
