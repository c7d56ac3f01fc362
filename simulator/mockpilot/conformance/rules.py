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
    rate: bool = False
    """Shown by how often or how fast something came; like what is missing, a remark where time is not the product's."""
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

    def statement_at(self, level: Level) -> str:
        """Its statement beside a level; what is milder than a must is told as what should be."""
        return self.statement if level is Level.MUST else self.statement.replace(" must ", " should ")


MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY
STANDARD, GUIDELINE, POLICY = Basis.STANDARD, Basis.GUIDELINE, Basis.POLICY

_HANDSHAKE = (
    Rule("handshake.uses-tls", "C-01", MUST, GUIDELINE,
         "The presystem must connect over TLS, never by a clear-text WebSocket.",
         perhaps="the address is put together with ws://; use wss://, as it is handed over"),
    Rule("handshake.sends-credentials", "C-02", MUST, GUIDELINE,
         "The presystem must send the credentials that it was given, as HTTP Basic, in the upgrade request.",
         perhaps="credentials are configured but never put into the request's headers; send Authorization: Basic "
                 "with the upgrade"),
    Rule("handshake.verifies-certificate", "C-03", MUST, STANDARD,
         "The presystem must verify the server's certificate before it sends anything.",
         perhaps="checks of certificate, host name or dates are switched off, often left over from a test set-up; "
                 "leave them to the TLS library, and let it trust the CA file that was handed over"),
    Rule("handshake.trusts-the-ca", "C-04", SHOULD, GUIDELINE,
         "The presystem should trust the certificate authority that it was handed.", missing=True,
         perhaps="the CA file that was handed over is not in the trust store that this connection uses; add it there"),
    Rule("handshake.refuses-old-tls", "C-05", SHOULD, STANDARD,
         "The presystem should send no data over TLS older than 1.2.",
         perhaps="old versions are enabled for other systems' sake; set the oldest version to 1.2"),
    Rule("handshake.speaks-tls-1.2", "C-05", SHOULD, POLICY,
         "The presystem should reach a server that speaks TLS 1.2 alone, unless it speaks 1.3.", inferred=True,
         missing=True,
         perhaps="versions or cipher suites are narrowed down too far; allow 1.2 with the TLS library's own suites"),
    Rule("handshake.speaks-tls-1.3", "C-05", MAY, POLICY,
         "The presystem may be expected to reach a server that speaks TLS 1.3 alone.", inferred=True,
         missing=True,
         perhaps="the TLS library is too old for 1.3, or its newest version is set to 1.2; update it, or leave the "
                 "newest version open"),
    Rule("handshake.offers-subprotocol", "C-06", SHOULD, STANDARD,
         "The presystem should offer the subprotocol of its version of VDV 463.",
         perhaps="the WebSocket library is not told the subprotocol; add it where the connection is made"),
    Rule("handshake.refuses-alien-subprotocol", "C-07", MUST, STANDARD,
         "The presystem must fail the connection if the server selects a subprotocol that it did not offer.",
         perhaps="some WebSocket libraries do not check this; compare the selected subprotocol after the upgrade"),
    Rule("handshake.slows-without-subprotocol", "C-08", SHOULD, POLICY,
         "The presystem should not hammer a server that selects no subprotocol and closes.", inferred=True,
         rate=True,
         perhaps="the reconnect loop waits only where the upgrade fails; wait also where a link ends before it was "
                 "booted"),
    Rule("handshake.valid-upgrade", "C-09", MUST, STANDARD,
         "The presystem must send an upgrade request as RFC 6455 section 4.1 has it.",
         perhaps="the request is written by hand, or changed on its way by a proxy; a WebSocket library gets it right"),
    Rule("frames.valid", "C-09", MUST, STANDARD,
         "The presystem must send frames as RFC 6455 section 5 has them, masked and without reserved bits.",
         perhaps="frames are written by hand; a WebSocket library gets them right"),
    Rule("handshake.keeps-its-password", "C-10", MUST, POLICY,
         "The presystem must send its password nowhere but in Authorization.", inferred=True,
         perhaps="the password is part of the address, of a header of its own or of a message; leave it to "
                 "Authorization alone"),
    Rule("handshake.keeps-credentials-from-others", "C-10", MUST, POLICY,
         "The presystem must not send its credentials to another host that it is redirected to.", inferred=True,
         perhaps="redirects are followed with all headers; drop Authorization when the host changes"),
    Rule("handshake.slows-after-refusal", "C-11", SHOULD, POLICY,
         "The presystem should stop or slow down when its credentials are refused.", inferred=True,
         rate=True,
         perhaps="the reconnect loop does not tell a refused login from a lost link; after 401 and 403 wait longer, "
                 "or for a person"),
    Rule("handshake.uses-the-path", "C-12", MUST, STANDARD,
         "The presystem must request exactly the path that it was given.",
         perhaps="the path is built in, cut off or encoded twice; use the address as it is handed over"),
    Rule("handshake.sends-server-name", "C-13", MUST, STANDARD,
         "The presystem must send the server's name in the TLS handshake when its address has a host name.",
         perhaps="the TLS layer is handed an address that was looked up before; hand it the name"),
)  # fmt: skip

_BOOT = (
    Rule("boot.comes-first", "B-01", MUST, GUIDELINE,
         "The presystem must send its BootNotification before anything else.",
         perhaps="other parts of the product send as soon as the socket is open; make them wait"),
    Rule("boot.comes-promptly", "B-02", SHOULD, POLICY,
         "The presystem should send its BootNotification as soon as the link is open.",
         rate=True,
         perhaps="the boot waits for a timer or for other work; send it as soon as the upgrade is answered"),
    Rule("boot.comes", "B-02", MUST, GUIDELINE,
         "The presystem must send a BootNotification on an open link.", missing=True,
         perhaps="the boot waits for a person or for the CMS to speak first; send it as soon as the link is open"),
    Rule("boot.payload", "B-03", MUST, STANDARD,
         "The BootNotification must say whether the presystem is a BMS or an ITCS, as the dialect spells it.",
         perhaps="the kind is spelled otherwise, or more is told beside it; tell BMS or ITCS under presystem, or in "
                 "chargepilot under systemType, and nothing else"),
    Rule("boot.waits-for-confirmation", "B-04", MUST, GUIDELINE,
         "The presystem must send no other request before its BootNotification was answered.",
         perhaps="sending starts when the boot is sent; start it when the boot is confirmed"),
    Rule("boot.tries-again", "B-05", SHOULD, POLICY,
         "The presystem should boot or connect again, at a bounded rate, when its BootNotification stays unanswered.",
         inferred=True, missing=True,
         perhaps="the boot has no time-out; boot or connect again when no answer comes"),
    Rule("boot.rejected-sends-no-list", "B-06", MUST, GUIDELINE,
         "The presystem must send no list while its boot is rejected.", inferred=True,
         perhaps="the boot's status is not read, and any answer counts as Accepted; wait for Accepted"),
    Rule("boot.rejected-retries-slowly", "B-06", SHOULD, POLICY,
         "The presystem should not hammer after its boot was rejected.", inferred=True,
         rate=True,
         perhaps="the boot is repeated, or the link opened, at once after Rejected; pause in between"),
    Rule("boot.ignores-foreign-confirmation", "B-07", SHOULD, POLICY,
         "The presystem should not take a confirmation with a foreign message id for its boot's.", inferred=True,
         perhaps="answers are matched by action alone; the message id has to count too"),
    Rule("boot.on-every-link", "B-08", MUST, GUIDELINE,
         "The presystem must boot anew, and first, on every new link.",
         perhaps="the boot belongs to the program's start; it has to belong to the link's"),
    Rule("boot.source", "B-09", SHOULD, GUIDELINE,
         "The presystem should name itself in every message as it did in its boot, BMS or ITCS.", inferred=True,
         perhaps="source and boot payload are configured apart; take both from one setting"),
    Rule("boot.survives-early-push", "B-10", SHOULD, POLICY,
         "The presystem should carry on when a push overtakes the confirmation of its boot.", inferred=True,
         missing=True,
         perhaps="a push in an unexpected state ends or blocks the reader; pass it over or answer it, and read on"),
    Rule("boot.no-storm", "B-11", SHOULD, POLICY,
         "The presystem should not boot again and again on a link that was accepted.", inferred=True,
         rate=True,
         perhaps="the boot is sent by a timer that nobody stops; stop it when the boot is accepted"),
)  # fmt: skip

_ENVELOPE = (
    Rule("envelope.seven-slots", "E-01", MUST, STANDARD,
         "Every message must be one JSON array of exactly seven items.",
         perhaps="an object is sent instead, a slot is left out, or a text keep-alive goes out; send arrays of "
                 "seven items only, and keep alive by WebSocket pings"),
    Rule("envelope.message-type", "E-02", MUST, STANDARD,
         "The first slot must be the integer 1, 2 or 3.",
         perhaps="the type is written as text or by its name; write the number"),
    Rule("envelope.message-id-is-uuid", "E-03", MUST, STANDARD,
         "Every message id must be a hyphenated UUID.",
         perhaps="ids are counters or carry a prefix; make a UUID for each request"),
    Rule("envelope.message-id-is-new", "E-03", MUST, STANDARD,
         "Every new request must have a message id of its own.",
         perhaps="the id is made once and kept; make one for each request, and keep it only while that one is "
                 "unanswered"),
    Rule("envelope.time-stamp", "E-04", MUST, STANDARD,
         "Every time stamp must be an RFC 3339 date-time with an offset.",
         perhaps="local time is written without its offset, or by a pattern of one's own; write UTC with a Z, such "
                 "as 2027-01-14T09:12:31Z"),
    Rule("envelope.time-stamp-is-utc", "E-04", SHOULD, GUIDELINE,
         "Time stamps should be in UTC.",
         perhaps="the clock's own zone is written; convert to UTC"),
    Rule("envelope.clock", "E-04", SHOULD, POLICY,
         "The presystem's clock should agree with ours.", inferred=True,
         perhaps="local time is labelled as UTC, or the clock is not synchronised; convert to UTC, and synchronise "
                 "by NTP"),
    Rule("envelope.presystem-id", "E-05", MUST, GUIDELINE,
         "The presystem must use one presystem id in every message, over all links.",
         perhaps="the id is taken from different places of the configuration; take it from one"),
    Rule("envelope.action", "E-06", MUST, STANDARD,
         "The action must be spelled exactly as in the schema.",
         perhaps="singular or plural, capitals or dots differ; copy the spelling from the schema"),
    Rule("envelope.payload-is-object", "E-07", MUST, STANDARD,
         "The payload must be a JSON object.",
         perhaps="an empty payload is written as null, text or array; it has to be {}"),
    Rule("envelope.text-frames", "E-08", MUST, STANDARD,
         "Messages must be text messages in UTF-8.",
         perhaps="bytes are handed to the library, which makes binary messages of them; hand it text"),
    Rule("envelope.ids-are-uris", "E-09", SHOULD, STANDARD,
         "In vdv-1.0 the presystem id and the ids in a list should be URIs.", inferred=True,
         perhaps="ids follow version 1.1, which allows any text; a UUID becomes a URI by urn:uuid: before it"),
    Rule("envelope.reads-time-stamps", "E-10", MUST, STANDARD,
         "The presystem must read time stamps with and without a fraction of a second.", inferred=True,
         perhaps="stamps are read by one fixed pattern; a date-time reader of the platform takes them all"),
    Rule("envelope.reads-unusual-time-stamps", "E-10", SHOULD, STANDARD,
         "The presystem should read time stamps with +00:00 and with nanoseconds.", inferred=True,
         perhaps="stamps are read by one fixed pattern; a date-time reader of the platform takes them all"),
    Rule("frames.reads-fragments", "E-11", MUST, STANDARD,
         "The presystem must read messages in fragments, with control frames between them.",
         perhaps="each frame is taken for a message; wait for the one with FIN, and decode the whole"),
    Rule("envelope.direction", "E-12", MUST, STANDARD,
         "The presystem must request only what a presystem may request, never ProvideChargingInformation.",
         perhaps="answers to pushes are sent with message type 1; confirm with 2"),
    Rule("frames.reads-large-messages", "E-13", SHOULD, POLICY,
         "The presystem should read a push of some megabytes, which a large depot takes.", inferred=True,
         perhaps="the WebSocket library's message limit is left at its default; raise it to 8 MiB"),
    Rule("envelope.clean-json", "E-14", SHOULD, STANDARD,
         "JSON should be clean: no key twice, no byte order mark, integers without a fraction.",
         perhaps="JSON is written by hand, with a byte order mark, or by a serializer that knows only floating "
                 "numbers; let a JSON library write it, as UTF-8 without a mark"),
    Rule("envelope.unmoved-by-our-clock", "E-15", SHOULD, POLICY,
         "The presystem should carry on when the clock of the CMS is hours off.", inferred=True,
         perhaps="messages are thrown away for their age; the time stamp is no expiry"),
)  # fmt: skip

_INFORMATION = (
    Rule("information.is-answered", "I-01", MUST, GUIDELINE,
         "Every push must be answered, by a confirmation or an error.", missing=True,
         brings=("boot.survives-early-push",),
         perhaps="a push is processed, but nobody confirms it, or only where something changed; confirm each one, "
                 "under its message id"),
    Rule("correlation.echoes-message-id", "I-02", MUST, GUIDELINE,
         "An answer must repeat message id and action of its request.",
         perhaps="answers get a message id of their own; copy the push's"),
    Rule("information.confirmation-is-empty", "I-03", MUST, STANDARD,
         "The payload of a confirmation must be the empty object.",
         perhaps="a status or the push's payload is sent back; confirm with {}"),
    Rule("correlation.one-answer", "I-04", MUST, GUIDELINE,
         "Every push must be answered once.", inferred=True,
         perhaps="two parts of the product answer, or answers are repeated like requests; answer in one place, once"),
    Rule("information.is-answered-in-time", "I-05", SHOULD, POLICY,
         "Pushes should be answered before the next one is due.", inferred=True,
         rate=True,
         perhaps="the confirmation waits until the push is processed; confirm receipt first"),
    Rule("information.default-station", "I-06", MUST, GUIDELINE,
         "A push must be confirmed with and without the default station.", cp=True,
         perhaps="a station without hardware, or its absence, is taken for an error; take both for what they are"),
    Rule("information.chargepilot-form", "I-07", MUST, GUIDELINE,
         "ChargePilot's form of a push must be confirmed: no predicted times, ids that are no URIs.", inferred=True,
         perhaps="pushes are checked against the strict schema; ChargePilot leaves predictedTime out and has ids "
                 "that are no URIs"),
    Rule("information.survives-unknown", "I-08", SHOULD, POLICY,
         "The presystem should survive keys and values in a push that it doesn't know.", inferred=True,
         missing=True,
         perhaps="an unknown key or value throws, and nobody catches it; pass it over or answer with an error, and "
                 "read on"),
    Rule("information.empty-lists", "I-09", MUST, STANDARD,
         "A push with empty lists must be confirmed.", inferred=True,
         perhaps="the first depot or station is read without a look whether there is one; an empty list is a depot "
                 "without any"),
    Rule("information.vanished-points", "I-10", SHOULD, GUIDELINE,
         "A new or changed charging request should not name a point that the latest push no longer has.", inferred=True,
         perhaps="points of all pushes are gathered; each push is the whole depot, and replaces the one before"),
    Rule("link.notices-missing-pushes", "I-11", SHOULD, POLICY,
         "The presystem should notice that pushes stay away, and connect again.", inferred=True, missing=True,
         brings=("link.notices-silence",),
         perhaps="an open socket is taken for a working link; watch the time since the last push"),
    Rule("information.answers-what-makes-no-sense", "I-12", SHOULD, GUIDELINE,
         "A push that cannot be processed should be answered by an error.", missing=True,
         perhaps="a payload that cannot be read is logged and dropped; answer it with message type 3 under the "
                 "push's message id"),
    Rule("information.error-payload", "I-13", MUST, STANDARD,
         "In vdv-2.0-rc1 the payload of an error answer must be an object with errorMessage alone.", inferred=True,
         perhaps="the text stands under message, as in ChargePilot's samples; in 2.0 it stands under errorMessage, "
                 "alone"),
    Rule("correlation.answers-only-requests", "I-14", MUST, POLICY,
         "The presystem must answer requests only, never an answer.", inferred=True,
         perhaps="answers are chosen by action alone; the message type has to count too"),
    Rule("information.legal-statuses", "I-15", MUST, STANDARD,
         "Every combination of statuses and faults that the schemas allow must be confirmed.", inferred=True,
         perhaps="a fault info is expected with status Faulted alone, or a code is missing in an enumeration; take "
                 "all that the schema lists"),
    Rule("information.is-confirmed", "I-16", MUST, GUIDELINE,
         "A valid push must be confirmed, not refused.", inferred=True,
         perhaps="the product checks pushes against another version of the schemas; what its error answers or its "
                 "log say tells which"),
    Rule("information.is-answered-meanwhile", "I-17", MUST, POLICY,
         "Pushes must be answered also while a list awaits its answer.", inferred=True, missing=True,
         brings=("information.is-answered",),
         perhaps="whoever waits for the list's confirmation also reads, or keeps answers waiting in the same queue; "
                 "read on, answer at once, and match confirmations by their ids"),
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
         perhaps="changes are sent one by one; the CMS deletes what a list leaves out, so send all that still holds"),
    Rule("requests.schema", "R-04", MUST, STANDARD,
         "A list must follow the schema of the selected version.",
         perhaps="a key, a type or a value is not the schema's; 'mockpilot explain ProvideChargingRequests' shows "
                 "every field"),
    Rule("requests.stable-ids", "R-05", MUST, GUIDELINE,
         "An unchanged charging request must keep its id over lists and links.",
         brings=("requests.stable-ids-when-changed",),
         perhaps="ids are made when a list is sent; make them when the request is created"),
    Rule("requests.stable-ids-when-changed", "R-05", SHOULD, GUIDELINE,
         "A changed charging request should keep its id.", inferred=True,
         perhaps="a change is handled as deletion and creation; keep the id and change the values"),
    Rule("requests.unique-ids", "R-06", MUST, STANDARD,
         "A charging request id must stand once in a list.", inferred=True,
         perhaps="ids are unique per vehicle or point only, or an entry is added twice; make an id for each "
                 "charging request"),
    Rule("requests.soc-range", "R-07", MUST, STANDARD,
         "States of charge in a list must lie between 0 and 100.",
         perhaps="energy or a factor stands where percent are due; write 0 to 100"),
    Rule("requests.soc-order", "R-07", MUST, POLICY,
         "minTargetSoc must not exceed maxTargetSoc.", inferred=True,
         perhaps="the two are swapped, or one is left at a default; set both together"),
    Rule("requests.arrival-before-departure", "R-08", SHOULD, POLICY,
         "A charging request's arrival should lie before its departure.", inferred=True,
         perhaps="the two are swapped, or belong to different journeys; take both from one stay"),
    Rule("requests.cancelled-leaves", "R-09", MUST, GUIDELINE,
         "A cancelled charging request must be left out of the next list, or be terminated.",
         perhaps="cancelling stays inside the product, so that no list follows, or the old one; send the list "
                 "without the entry"),
    Rule("requests.empty-list-is-there", "R-10", MUST, STANDARD,
         "A list without entries must be written as the version has it, never be left out or null.", inferred=True,
         perhaps="the serializer drops empty lists, or writes null; let it write []"),
    Rule("requests.cancels-the-last", "R-10", SHOULD, STANDARD,
         "The presystem should take back its last charging request, too, by an empty list or Terminate.",
         inferred=True,
         perhaps="nothing is sent where there is nothing left to ask for; send the empty list, or Terminate for the "
                 "last entry"),
    Rule("requests.no-instruction", "R-11", MUST, STANDARD,
         "In vdv-2.0-rc1 an entry must not carry chargingInstruction.",
         perhaps="entries are written as in version 1.1; leave the key out, the CMS compares lists by itself"),
    Rule("requests.instruction-fits", "R-12", SHOULD, GUIDELINE,
         "chargingInstruction should fit: not Normal for changed values, not Changed or Terminate for unknown ids.",
         inferred=True,
         perhaps="the instruction is fixed; leave it out, or set it by what was last answered"),
    Rule("requests.quiet-when-steady", "R-13", SHOULD, POLICY,
         "Lists should come when something changed, not in a busy loop.", inferred=True,
         rate=True,
         perhaps="lists are sent on a short timer or at every event inside the product; send one when its content "
                 "changed"),
    Rule("requests.soc-in-percent", "R-14", SHOULD, POLICY,
         "States of charge should be given in percent, not as fractions of one.", inferred=True,
         perhaps="0.8 is meant as 80 %; multiply by a hundred"),
    Rule("requests.change-while-charging", "R-15", SHOULD, POLICY,
         "A changed schedule should be sent also while the vehicle is charging.", inferred=True, missing=True,
         perhaps="a request counts as done once charging has begun; it is, when the vehicle leaves"),
    Rule("requests.preconditioning", "R-17", SHOULD, POLICY,
         "A charging request should not ask for both kinds of preconditioning, nor for times after departure.",
         inferred=True,
         perhaps="both kinds are filled in where one is meant, or times are planned apart from the departure; "
                 "choose one, and end it before the departure"),
    Rule("requests.foreign-process", "R-18", SHOULD, POLICY,
         "Another presystem's process under a known request id should change nothing.", inferred=True,
         perhaps="processes are matched by chargingRequestId alone; presystemId belongs to it"),
    Rule("requests.one-per-stay", "R-19", SHOULD, POLICY,
         "A vehicle should have one charging request per stay.", inferred=True,
         perhaps="a new plan leaves the old one in the list; replace it"),
    Rule("requests.arrival-soc", "R-20", MAY, POLICY,
         "expectedSocAtArrival may be expected to lie below maxTargetSoc.", inferred=True,
         perhaps="there is nothing to charge, or the two are swapped; compare them with the plan"),
    Rule("requests.departure-ahead", "R-21", SHOULD, POLICY,
         "A new charging request's departure should not lie in the past.", inferred=True,
         perhaps="the journey of another day is sent, or local time is called UTC; take times with their date, in UTC"),
    Rule("requests.priority", "R-22", MAY, POLICY,
         "A priority may be expected to be 1 or more.", inferred=True,
         perhaps="zero stands for no priority; leave the key out"),
    Rule("requests.issued-processes", "R-23", SHOULD, POLICY,
         "A chargingProcessId in a list should be one that a push issued.", inferred=True,
         perhaps="process ids are made up; use those of pushes, or leave the key out"),
)  # fmt: skip

_LINK = (
    Rule("link.reconnects", "L-01", MUST, GUIDELINE,
         "The presystem must connect again by itself after the link was lost.", missing=True,
         perhaps="this way of ending is not handled, or reconnecting is left to a person; connect again after every "
                 "end"),
    Rule("link.backs-off", "L-02", SHOULD, STANDARD,
         "The presystem should wait longer and longer between failed attempts.",
         rate=True,
         perhaps="attempts follow one another at a fixed short pace; double the pause up to a cap, and begin anew "
                 "after a success"),
    Rule("requests.unconfirmed-list-comes-again", "L-03", MUST, GUIDELINE,
         "A list that was not confirmed is not delivered; it must come again.", inferred=True, missing=True,
         brings=("requests.foreign-confirmation-counts-not", "requests.told-again-after-amnesia",
                 "requests.change-comes-after-outage"),
         perhaps="the queue is cleared when a list is sent; clear it when it is confirmed"),
    Rule("link.survives-late-confirmation", "L-05", MUST, POLICY,
         "A late or second confirmation must do no harm.", inferred=True, missing=True,
         perhaps="an answer that nobody waits for any more ends or blocks the reader; pass it over"),
    Rule("link.survives-second-confirmation", "L-05", SHOULD, POLICY,
         "A confirmation that comes twice should do no harm.", inferred=True, missing=True,
         perhaps="an answer that nobody waits for any more ends or blocks the reader; pass it over"),
    Rule("requests.foreign-confirmation-counts-not", "L-06", SHOULD, POLICY,
         "A confirmation with an unknown message id should not count as the open list's.", inferred=True, missing=True,
         perhaps="answers are matched by action alone; the message id has to count too"),
    Rule("requests.go-on-after-lost-answer", "L-07", MUST, POLICY,
         "The presystem must go on sending lists after one was lost together with its link.", inferred=True,
         missing=True,
         brings=("requests.unconfirmed-list-comes-again", "requests.change-comes-after-outage"),
         perhaps="the answer of a link that is gone is still awaited; forget what is open with the link"),
    Rule("link.notices-silence", "L-08", SHOULD, POLICY,
         "The presystem should notice a link on which nothing comes any more.", inferred=True, missing=True,
         brings=("link.notices-missing-pushes",),
         perhaps="neither pings nor missing pushes are watched, and TCP alone does not tell; watch the time since "
                 "the last push"),
    Rule("link.answers-pings", "L-09", MUST, STANDARD,
         "The presystem must answer WebSocket pings.", missing=True,
         perhaps="pings are answered only while somebody reads, or frames are read by hand; keep reading, and a "
                 "WebSocket library answers by itself"),
    Rule("requests.bounded-open-lists", "L-10", SHOULD, POLICY,
         "The presystem should not heap up lists that nobody answers.", inferred=True,
         rate=True,
         perhaps="the list is sent by a timer whether or not the one before was confirmed; replace the open one"),
    Rule("link.one-at-a-time", "L-11", SHOULD, POLICY,
         "The presystem should use one link at a time.", inferred=True,
         perhaps="the old link is forgotten, not closed, when a new one is opened; close it first"),
    Rule("requests.no-doubles", "L-12", SHOULD, POLICY,
         "A list after a fault should hold no charging request twice.", inferred=True,
         brings=("requests.one-per-stay",),
         perhaps="what was not confirmed is queued again beside the current requests; send the current list alone"),
    Rule("requests.told-again-after-amnesia", "L-13", SHOULD, POLICY,
         "The presystem should send its full list again when pushes show that the CMS holds none of it.",
         inferred=True, missing=True,
         perhaps="a list that was confirmed once is never sent again; send it after each new boot, or compare it "
                 "with the pushes"),
    Rule("requests.no-replay-after-outage", "L-14", SHOULD, POLICY,
         "After an outage the presystem should send its current list, not all that it missed to send.", inferred=True,
         rate=True,
         perhaps="lists are queued while the link is down; one current list replaces them all"),
    Rule("link.returns-after-outage", "L-15", MUST, POLICY,
         "The presystem must keep trying through an outage and return when it is over.", inferred=True, missing=True,
         perhaps="attempts are counted and end at some number; let the pause grow, never end"),
    Rule("link.answers-close", "L-16", SHOULD, STANDARD,
         "The presystem should answer a Close frame or end the connection.", missing=True,
         perhaps="the socket is left to itself once the library reports its end; close it"),
    Rule("requests.change-comes-after-outage", "L-17", MUST, POLICY,
         "A change made while no link was up must come after the reconnect.", inferred=True, missing=True,
         brings=("requests.cancelled-leaves",),
         perhaps="changes are handed to the link of the moment and lost without one; keep them, and send the list "
                 "after the reconnect"),
)  # fmt: skip

_ERROR_ANSWERS = (
    Rule("requests.refused-list-calmly", "X-01", SHOULD, POLICY,
         "The presystem should not send a refused list again in a tight loop.", inferred=True,
         rate=True,
         perhaps="a refused list is sent again at once; wait until it changed, or pause"),
    Rule("requests.survives-error-answer", "X-02", MUST, GUIDELINE,
         "The presystem must survive an error answer in its dialect's own form.", inferred=True, missing=True,
         perhaps="the error's payload is read as something else, and the reader ends; look at the message type first"),
    Rule("link.survives-malformed-messages", "X-04", SHOULD, POLICY,
         "The presystem should survive malformed messages.", inferred=True, missing=True,
         perhaps="a message that cannot be read ends the reader for good; pass it over, or connect again"),
    Rule("requests.go-on-after-error", "X-05", MUST, POLICY,
         "An error answer to one list must not end the sending of lists.", inferred=True, missing=True,
         perhaps="a refused list stays at the head of the queue, or switches sending off; drop it, and send the next"),
)  # fmt: skip

_PRODUCT = (
    Rule("product.keeps-running", None, MUST, POLICY,
         "The product must keep running through what healthy networks and servers do.", inferred=True,
         perhaps="an exception reaches the top of the program; its last lines say which, and where to catch it"),
)  # fmt: skip


def _by_id(rules: Iterable[Rule]) -> Mapping[str, Rule]:
    return MappingProxyType({rule.id: rule for rule in rules})


RULES: Mapping[str, Rule] = _by_id((
    *_HANDSHAKE, *_BOOT, *_ENVELOPE, *_INFORMATION, *_REQUESTS, *_LINK, *_ERROR_ANSWERS, *_PRODUCT,
))  # fmt: skip
"""All rules by id, in the order of the catalogue."""
