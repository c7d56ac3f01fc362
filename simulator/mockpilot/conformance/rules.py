"""The rule catalogue: what is judged, how binding it is, and who says so.

A rule is one decision that a checker makes; several may serve one requirement. How it is decided is the checkers'
business. The level is that of its plain violation; a checker may find a milder case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mockpilot.conformance.levels import Basis, Level
from mockpilot.protocol.vocabulary.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that checkers decide."""

    id: str
    """Dotted, readable, stable."""
    requirement: str | None
    """The requirement that it serves; None for what no requirement says."""
    level: Level
    basis: Basis
    statement: str
    """One sentence with must, should or may."""
    inferred: bool = False
    """No source states this level: mockpilot concluded it."""
    missing: bool = False
    """Shown by what did not come in time, so it rests on this tool's limits unless later behaviour proves it."""
    cp: bool = False
    """Says when requests may come and what they may name: a must where the dialect says so, elsewhere a should."""
    brings: tuple[str, ...] = ()
    """Rules that whoever breaks this one can hardly keep."""
    perhaps: str = ""
    """Likely cause and usual repair."""

    def level_in(self, dialect: Dialect) -> Level:
        """How binding it is in a dialect."""
        if self.cp and self.level is Level.MUST and not dialect.requests_follow_pushes:
            return Level.SHOULD
        return self.level


MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY
STANDARD, GUIDELINE, POLICY = Basis.STANDARD, Basis.GUIDELINE, Basis.POLICY

_HANDSHAKE = (
    Rule("handshake.uses-tls", "C-01", MUST, GUIDELINE,
         "The presystem must connect over TLS, never by a clear-text WebSocket.",
         perhaps="the address is configured as ws://; use wss://"),
    Rule("handshake.sends-credentials", "C-02", MUST, GUIDELINE,
         "The presystem must send the credentials that it was given, as HTTP Basic, in the upgrade request.",
         perhaps="credentials are configured but never put into the request's headers"),
    Rule("handshake.verifies-certificate", "C-03", MUST, STANDARD,
         "The presystem must verify the server's certificate before it sends anything.",
         perhaps="certificate or host name checks are switched off, often left over from a test set-up"),
    Rule("handshake.offers-subprotocol", "C-06", SHOULD, STANDARD,
         "The presystem should offer the subprotocol of its version of VDV 463.",
         perhaps="the WebSocket library is not told the subprotocol; add it where the connection is made"),
    Rule("handshake.valid-upgrade", "C-09", MUST, STANDARD,
         "The presystem must send an upgrade request as RFC 6455 section 4.1 has it.",
         perhaps="the request is written by hand; a WebSocket library gets it right"),
    Rule("frames.valid", "C-09", MUST, STANDARD,
         "The presystem must send frames as RFC 6455 section 5 has them, masked and without reserved bits.",
         perhaps="frames are written by hand; a WebSocket library gets them right"),
    Rule("handshake.slows-after-refusal", "C-11", SHOULD, POLICY,
         "The presystem should stop or slow down when its credentials are refused.", inferred=True,
         perhaps="the reconnect loop does not tell a refused login from a lost link"),
    Rule("handshake.uses-the-path", "C-12", MUST, STANDARD,
         "The presystem must request exactly the path that it was given.",
         perhaps="the path is built in, cut off or encoded twice"),
)  # fmt: skip

_BOOT = (
    Rule("boot.comes-first", "B-01", MUST, GUIDELINE,
         "The presystem must send its BootNotification before anything else.",
         perhaps="other parts of the product send as soon as the socket is open; make them wait"),
    Rule("boot.comes-promptly", "B-02", SHOULD, POLICY,
         "The presystem should send its BootNotification as soon as the link is open.",
         perhaps="the boot waits for a timer or for other work"),
    Rule("boot.comes", "B-02", MUST, GUIDELINE,
         "The presystem must send a BootNotification on an open link.", missing=True,
         perhaps="the boot is sent by hand, or only after the CMS has spoken"),
    Rule("boot.payload", "B-03", MUST, STANDARD,
         "The BootNotification must say whether the presystem is a BMS or an ITCS, as the dialect spells it.",
         perhaps="the payload follows another version or vendor"),
    Rule("boot.waits-for-confirmation", "B-04", MUST, GUIDELINE,
         "The presystem must send no other request before its BootNotification was answered.",
         perhaps="sending starts when the boot is sent, not when it is confirmed"),
    Rule("boot.tries-again", "B-05", SHOULD, POLICY,
         "The presystem should boot or connect again, at a bounded rate, when its BootNotification stays unanswered.",
         inferred=True, perhaps="the boot has no time-out"),
    Rule("boot.rejected-sends-no-list", "B-06", MUST, GUIDELINE,
         "The presystem must send no list while its boot is rejected.", inferred=True,
         perhaps="the boot's status is not read; any answer counts as Accepted"),
    Rule("boot.rejected-retries-slowly", "B-06", SHOULD, POLICY,
         "The presystem should not hammer after its boot was rejected.", inferred=True,
         perhaps="the boot is repeated at once, without a pause"),
    Rule("boot.on-every-link", "B-08", MUST, GUIDELINE,
         "The presystem must boot anew, and first, on every new link.",
         perhaps="the boot belongs to the program's start; it has to belong to the link's"),
    Rule("boot.source", "B-09", SHOULD, GUIDELINE,
         "The presystem should name itself in every message as it did in its boot, BMS or ITCS.", inferred=True,
         perhaps="source and boot payload are configured apart"),
)  # fmt: skip

_ENVELOPE = (
    Rule("envelope.seven-slots", "E-01", MUST, STANDARD,
         "Every message must be one JSON array of exactly seven items.",
         perhaps="an object is sent instead, a slot is left out, or a text keep-alive goes out"),
    Rule("envelope.message-type", "E-02", MUST, STANDARD,
         "The first slot must be the integer 1, 2 or 3.",
         perhaps="the type is written as text"),
    Rule("envelope.message-id-is-uuid", "E-03", MUST, STANDARD,
         "Every message id must be a hyphenated UUID.",
         perhaps="ids are counters or carry a prefix"),
    Rule("envelope.message-id-is-new", "E-03", MUST, STANDARD,
         "Every new request must have a message id of its own.",
         perhaps="the id is made once and kept"),
    Rule("envelope.time-stamp", "E-04", MUST, STANDARD,
         "Every time stamp must be an RFC 3339 date-time with an offset.",
         perhaps="local time is written without its offset"),
    Rule("envelope.time-stamp-is-utc", "E-04", SHOULD, GUIDELINE,
         "Time stamps should be in UTC.",
         perhaps="the clock's own zone is written; convert to UTC"),
    Rule("envelope.clock", "E-04", SHOULD, POLICY,
         "The presystem's clock should agree with ours.", inferred=True,
         perhaps="local time is labelled as UTC, or the clock is not synchronised"),
    Rule("envelope.presystem-id", "E-05", MUST, GUIDELINE,
         "The presystem must use one presystem id in every message, over all links.",
         perhaps="the id is taken from different places of the configuration"),
    Rule("envelope.action", "E-06", MUST, STANDARD,
         "The action must be spelled exactly as in the schema.",
         perhaps="singular or plural, capitals or dots differ"),
    Rule("envelope.payload-is-object", "E-07", MUST, STANDARD,
         "The payload must be a JSON object.",
         perhaps="an empty payload is written as null, text or array; it has to be {}"),
    Rule("envelope.text-frames", "E-08", MUST, STANDARD,
         "Messages must be text messages in UTF-8.",
         perhaps="bytes are handed to the library, which makes binary messages of them"),
    Rule("envelope.ids-are-uris", "E-09", SHOULD, STANDARD,
         "In vdv-1.0 the presystem id and the ids in a list should be URIs.", inferred=True,
         perhaps="ids follow version 1.1, which allows any text; a UUID becomes one by urn:uuid: before it"),
    Rule("envelope.direction", "E-12", MUST, STANDARD,
         "The presystem must request only what a presystem may request, never ProvideChargingInformation.",
         perhaps="answers are sent with message type 1 instead of 2"),
    Rule("envelope.clean-json", "E-14", SHOULD, STANDARD,
         "JSON should be clean: no key twice, no byte order mark, integers without a fraction.",
         perhaps="JSON is written by hand or by a serializer that knows only floating numbers"),
)  # fmt: skip

_INFORMATION = (
    Rule("information.is-answered", "I-01", MUST, GUIDELINE,
         "Every push must be answered, by a confirmation or an error.", missing=True,
         perhaps="pushes are read but their confirmation is not sent, or sent on change only"),
    Rule("correlation.echoes-message-id", "I-02", MUST, GUIDELINE,
         "An answer must repeat message id and action of its request.",
         perhaps="answers get a message id of their own"),
    Rule("information.confirmation-is-empty", "I-03", MUST, STANDARD,
         "The payload of a confirmation must be the empty object.",
         perhaps="a status or the request's payload is sent back"),
    Rule("correlation.one-answer", "I-04", MUST, GUIDELINE,
         "Every push must be answered once.", inferred=True,
         perhaps="two parts of the product answer, or answers are repeated"),
    Rule("information.error-payload", "I-13", MUST, STANDARD,
         "In vdv-2.0-rc1 the payload of an error answer must be an object with errorMessage alone.", inferred=True,
         perhaps="the text stands under message, as in ChargePilot's samples"),
    Rule("correlation.answers-only-requests", "I-14", MUST, POLICY,
         "The presystem must answer requests only, never an answer.", inferred=True,
         perhaps="answers are chosen by action alone; the message type has to count too"),
    Rule("information.is-confirmed", "I-16", MUST, GUIDELINE,
         "A valid push must be confirmed, not refused.", inferred=True,
         perhaps="the product checks pushes against another version of the schemas"),
)  # fmt: skip

_REQUESTS = (
    Rule("requests.after-first-push", "R-01", MUST, GUIDELINE,
         "The presystem must send no list before the first push of the link.", cp=True,
         perhaps="lists go out after the boot's confirmation; they have to wait for the first push"),
    Rule("requests.advertised-points", "R-02", MUST, GUIDELINE,
         "A list must name only charging points that a push has named.", cp=True,
         perhaps="points come from master data; use the ids of the pushes"),
    Rule("requests.complete-list", "R-03", MUST, GUIDELINE,
         "Every list must hold all charging requests, not only what changed.",
         perhaps="changes are sent one by one; the CMS deletes what a list leaves out"),
    Rule("requests.schema", "R-04", MUST, STANDARD,
         "A list must follow the schema of the selected version.",
         perhaps="the payload follows another version of VDV 463"),
    Rule("requests.stable-ids", "R-05", MUST, GUIDELINE,
         "An unchanged charging request must keep its id over lists and links.",
         perhaps="ids are made when a list is sent; make them when the request is created"),
    Rule("requests.stable-ids-when-changed", "R-05", SHOULD, GUIDELINE,
         "A changed charging request should keep its id.", inferred=True,
         perhaps="a change is handled as deletion and creation"),
    Rule("requests.unique-ids", "R-06", MUST, STANDARD,
         "A charging request id must stand once in a list.", inferred=True,
         perhaps="ids are unique per vehicle or point only"),
    Rule("requests.no-instruction", "R-11", MUST, STANDARD,
         "In vdv-2.0-rc1 an entry must not carry chargingInstruction.",
         perhaps="entries are written as in version 1.1; the CMS compares lists by itself"),
)  # fmt: skip

_LINK = (
    Rule("link.reconnects", "L-01", MUST, GUIDELINE,
         "The presystem must connect again by itself after the link was lost.", missing=True,
         perhaps="this way of ending is not handled, or reconnecting is left to a person"),
    Rule("link.backs-off", "L-02", SHOULD, STANDARD,
         "The presystem should wait longer and longer between failed attempts.",
         perhaps="attempts follow one another at a fixed pace"),
    Rule("requests.unconfirmed-list-comes-again", "L-03", MUST, GUIDELINE,
         "A list that was not confirmed is not delivered; it must come again.", inferred=True, missing=True,
         perhaps="the queue is cleared when a list is sent; clear it when it is confirmed"),
    Rule("link.survives-late-confirmation", "L-05", MUST, POLICY,
         "A late or second confirmation must do no harm.", inferred=True, missing=True,
         perhaps="an answer that nobody waits for any more ends or blocks the reader"),
    Rule("link.notices-silence", "L-08", SHOULD, POLICY,
         "The presystem should notice a link on which nothing comes any more.", inferred=True, missing=True,
         perhaps="neither pings nor missing pushes are watched; TCP alone does not tell"),
)  # fmt: skip

_PRODUCT = (
    Rule("product.keeps-running", None, MUST, POLICY,
         "The product must keep running through what healthy networks and servers do.", inferred=True,
         perhaps="an exception reaches the top of the program; its last lines say which"),
)  # fmt: skip


def _by_id(rules: Iterable[Rule]) -> Mapping[str, Rule]:
    return MappingProxyType({rule.id: rule for rule in rules})


RULES: Mapping[str, Rule] = _by_id((
    *_HANDSHAKE, *_BOOT, *_ENVELOPE, *_INFORMATION, *_REQUESTS, *_LINK, *_PRODUCT,
))  # fmt: skip
"""All rules by id, in the order of the catalogue."""
