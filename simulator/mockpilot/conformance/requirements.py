"""The requirement catalogue: what is asked of a presystem, how binding that is, and who says so.

One row per requirement, ids C- (connecting), B- (booting), E- (envelope), I- (information), R- (requests), L- (link),
X- (error answers), V- (versions). A row's level is that of its strictest part; the rules decide part by part. How a
rule looks for a violation is not known here, nor whether any rule exists: ``detail`` tells people how the row is
judged and what is not held against a product.

Words: a *push* is a ProvideChargingInformation request, a *list* a ProvideChargingRequests request, an *answer* a
confirmation or an error answer, a *step* something that the product was made to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mockpilot.conformance.levels import Basis, Level


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that is asked of a presystem."""

    id: str
    level: Level
    """Of the strictest part."""
    basis: Basis
    statement: str
    """One sentence with must, should or may."""
    source: str
    """Where it stands, or what it was concluded from."""
    inferred: bool = False
    """No source states this level: mockpilot concluded it."""
    cp: bool = False
    """A must in dialect chargepilot alone, elsewhere a should: only ChargePilot's text says it."""
    not_judged: str = ""
    """Why no run decides this row; empty where runs do."""
    detail: str = ""
    """How it is judged, and what is not held against a product."""
    occasion: str = ""
    """What it takes to put it to the test, where that lies in no scenario's hand; empty where scenarios see to it."""

    @property
    def area(self) -> str:
        """The group it belongs to, for headings."""
        return AREAS[self.id[0]]


AREAS: Mapping[str, str] = MappingProxyType({
    "C": "Connecting",
    "B": "Booting",
    "E": "Envelope",
    "I": "Information",
    "R": "Requests",
    "L": "Link",
    "X": "Error answers",
    "V": "Versions",
})  # fmt: skip

MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY
STANDARD, GUIDELINE, POLICY = Basis.STANDARD, Basis.GUIDELINE, Basis.POLICY

_SCHEMAS = "VDV 463 schemas 1.0, 1.1 and 2.0-rc1"
_SCHEMA_11 = "VDV 463 schemas 1.1"
_SCHEMA_20 = "VDV 463 schemas 2.0-rc1"
_CONNECTION = "ChargePilot guideline, initial connection"
_PREREQUISITES = "ChargePilot guideline, prerequisites"
_REQUESTS = "ChargePilot guideline, charging requests"
_INFORMATION = "ChargePilot guideline, charging information"
_ERRORS = "ChargePilot guideline, error cases"
_MAPPING = "ChargePilot guideline, mapping"
_POLICY = "policy of this tool"


_CONNECTING = (
    Requirement(
        "C-01", MUST, GUIDELINE,
        "The presystem must connect over TLS, never by a clear-text WebSocket.",
        _CONNECTION,
        detail="Convicts on a clear-text WebSocket upgrade in the first bytes. Probes, empty connections and proxy "
               "headers are no attempt of the product."),
    Requirement(
        "C-02", MUST, GUIDELINE,
        "The presystem must identify itself by HTTP Basic authentication in the upgrade request.",
        _CONNECTION,
        detail="A first request without credentials that is followed by one with them, after the 401, is right "
               "(RFC 9110). A wrong password of a product that an operator started is a hint about the set-up."),
    Requirement(
        "C-03", MUST, STANDARD,
        "The presystem must check the server's certificate, its dates and its host name before it sends anything.",
        "RFC 6455 4.1",
        detail="Convicts on any application byte sent after a full handshake with a bad certificate, while the good "
               "one is accepted in the same scenario. Finishing the handshake and then leaving without a byte is "
               "right; a resumed TLS session proves nothing."),
    Requirement(
        "C-04", SHOULD, GUIDELINE,
        "The presystem should accept the certificate authority that it was handed as its trust anchor.",
        _CONNECTION,
        detail="Convicts when three attempts at the good certificate end inside TLS. Pinning the leaf is allowed: "
               "the guideline leaves open whether its certificate is an anchor or a pin."),
    Requirement(
        "C-05", SHOULD, STANDARD,
        "The presystem should connect by TLS 1.2 or 1.3 and never send data over anything older.",
        "RFC 8996",
        detail="TLS 1.2 or 1.3 alone is enough. Only the refusal of older versions rests on the RFC; reaching a "
               "server that speaks 1.2 alone is policy, 1.3 alone a remark."),
    Requirement(
        "C-06", SHOULD, STANDARD,
        "The presystem should offer the WebSocket subprotocol v1.463.vdv.de.",
        "published connection guides for VDV 463; RFC 6455 1.9",
        detail="In dialect chargepilot a remark only, since the guideline does not mention it. In dialect "
               "vdv-2.0-rc1 v2.463.vdv.de will do. Several tokens or headers are right. Said once per run."),
    Requirement(
        "C-07", MUST, STANDARD,
        "The presystem must end the connection when the server selects a subprotocol that it did not offer.",
        "RFC 6455 4.1",
        detail="Convicts on a message sent afterwards on that link; a Close frame, a reset or doing nothing is not "
               "held against it. Some WebSocket libraries do not check this by themselves."),
    Requirement(
        "C-08", SHOULD, POLICY,
        "The presystem should not hammer a server that selects no subprotocol and closes.",
        _POLICY, inferred=True,
        detail="A tight loop over ten attempts convicts. Booting before our close and aborting by itself are right."),
    Requirement(
        "C-09", MUST, STANDARD,
        "The presystem must send a valid WebSocket upgrade and valid, masked frames.",
        "RFC 6455 4.1, 5.1, 5.2, 5.5",
        detail="Offered extensions, extra headers, header case and any allowed close code are right."),
    Requirement(
        "C-10", MUST, POLICY,
        "The presystem must not give its password away: in the address, in a message, or to another host.",
        f"{_POLICY}; RFC 9110 15.4 asks to consider it", inferred=True,
        detail="The user name may stand anywhere. Following a redirect without credentials, or to another port of "
               "the same host, is right."),
    Requirement(
        "C-11", SHOULD, POLICY,
        "The presystem should slow down or stop after its login was refused.",
        f"{_POLICY}; RFC 9110 15.5.4 for 403", inferred=True,
        detail="A tight loop over ten attempts convicts. Stopping for good, exiting and waiting for a person are "
               "right; challenge rounds and repeats by libraries count as one attempt."),
    Requirement(
        "C-12", MUST, STANDARD,
        "The presystem must ask for exactly the path that it was given.",
        "RFC 6455 3 and 4.1",
        detail="Paths are compared after percent-decoding. No right one at all convicts; three attempts at others "
               "after the last right one are a remark where nobody was redirected. The absolute form of the target is "
               "right, an added query a remark; a product that an operator started gets a hint instead."),
    Requirement(
        "C-13", MUST, STANDARD,
        "The presystem must send the server's name in the TLS handshake when its address has a host name.",
        "RFC 6455 4.1",
        detail="Not asked for addresses that are IP literals, nor behind a proxy.",
        occasion="it takes an address with a host name, such as host = \"localhost\" in [cms]"),
)  # fmt: skip

_BOOTING = (
    Requirement(
        "B-01", MUST, GUIDELINE,
        "The first message after the upgrade must be a BootNotification request.",
        _CONNECTION,
        detail="Pings, pongs and a Close frame may come first. An unreadable first message is E-01's business."),
    Requirement(
        "B-02", MUST, GUIDELINE,
        "The presystem must send its BootNotification, and should do so as soon as the link is open.",
        _CONNECTION, inferred=True,
        detail="Never, within boot_never, is a must by this tool's limit; later than boot_within only a warning. The "
               "clock runs from our 101, not from the product's start."),
    Requirement(
        "B-03", MUST, STANDARD,
        "The BootNotification payload must name the kind of presystem, BMS or ITCS, and nothing else.",
        f"{_SCHEMAS}; {_CONNECTION}",
        detail="Dialect chargepilot takes the guideline's key systemType as well as the schemas' presystem, exactly "
               "one of the two; both with one value is a warning."),
    Requirement(
        "B-04", MUST, GUIDELINE,
        "The presystem must send no other request before its BootNotification was confirmed.",
        _CONNECTION,
        detail="Judged while the confirmation is held or withheld. Repeated boots, pings and answers to what we sent "
               "too early are right."),
    Requirement(
        "B-05", SHOULD, POLICY,
        "The presystem should boot or connect again, at a bounded rate, when its boot stays unanswered.",
        _POLICY, inferred=True,
        detail="Either way of trying again is right, so are closing the link and exiting under a supervisor."),
    Requirement(
        "B-06", MUST, GUIDELINE,
        "The presystem must send no list after its boot was rejected, and should retry slowly.",
        f"{_CONNECTION}; {_SCHEMAS} for the status", inferred=True,
        detail="Lists that were under way when we rejected are not counted. Booting again, reconnecting and staying "
               "idle are all right."),
    Requirement(
        "B-07", SHOULD, POLICY,
        "The presystem should not count a confirmation with a foreign message id as its boot's.",
        _POLICY, inferred=True,
        detail="Only a broken CMS would send one. Answering pushes, retrying and reconnecting are right."),
    Requirement(
        "B-08", MUST, GUIDELINE,
        "The presystem must send a new BootNotification on every new link.",
        _CONNECTION,
        detail="As B-01 and B-02, on links after the first."),
    Requirement(
        "B-09", SHOULD, GUIDELINE,
        "The envelope's source should be BMS or ITCS, as the presystem declared itself.",
        f"{_PREREQUISITES}; {_CONNECTION}", inferred=True,
        detail="The schemas leave the source a free string: a remark in the vdv dialects. Said once per run."),
    Requirement(
        "B-10", SHOULD, POLICY,
        "The presystem should carry on when a push overtakes the confirmation of its boot.",
        _POLICY, inferred=True,
        detail="Answering, ignoring or refusing the early push is right; so is reconnecting."),
    Requirement(
        "B-11", SHOULD, POLICY,
        "The presystem should not boot again and again on a link that was accepted.",
        _POLICY, inferred=True,
        detail="More than three boots a minute convict; a second boot is forbidden nowhere."),
)  # fmt: skip

_ENVELOPE = (
    Requirement(
        "E-01", MUST, STANDARD,
        "Every message must be one JSON array of exactly seven items.",
        f"{_SCHEMAS}; RFC 8259",
        detail="NaN, comments, empty text and text keep-alives are no JSON array. White space is right; a message "
               "that the link's end cut off is not counted."),
    Requirement(
        "E-02", MUST, STANDARD,
        "The message type must be the integer 1, 2 or 3.",
        _SCHEMAS,
        detail="1.0 is E-14's business."),
    Requirement(
        "E-03", MUST, STANDARD,
        "The message id must be a UUID, and a new one for every new request.",
        f"{_SCHEMAS}; {_PREREQUISITES}",
        detail="Any UUID version and case. Resending a request that was not answered, or whose answer may have been "
               "lost, with the same id is right, on any link."),
    Requirement(
        "E-04", MUST, STANDARD,
        "The time stamp must be an RFC 3339 date-time with an offset; it should be UTC and close to the real time.",
        f"{_SCHEMAS}; {_PREREQUISITES}",
        detail="+00:00, nanoseconds, small t and z and leap seconds are right. A clock off by whole quarter hours on "
               "the CMS's own host is local time called UTC: a must there, otherwise skew is a warning. Resends may "
               "keep their stamp; in simulated time skew is not judged."),
    Requirement(
        "E-05", MUST, GUIDELINE,
        "The presystem id must be the same in every message and on every link.",
        _PREREQUISITES,
        detail="A BMS and an ITCS of one product may differ. Consistently another id than the profile's is a "
               "warning or a hint. Said once per run."),
    Requirement(
        "E-06", MUST, STANDARD,
        "The action must be spelled exactly as in the schemas.",
        _SCHEMAS,
        detail="Near spellings are read as they were meant, so that one mistake breeds no others."),
    Requirement(
        "E-07", MUST, STANDARD,
        "The payload must be a JSON object.",
        _SCHEMAS,
        detail="In dialect chargepilot an error answer may carry any value: a remark."),
    Requirement(
        "E-08", MUST, STANDARD,
        "Messages must be WebSocket text messages in UTF-8.",
        "RFC 6455 5.6 and 8.1; RFC 8259 8.1",
        detail="Fragments are right."),
    Requirement(
        "E-09", SHOULD, STANDARD,
        "In dialect vdv-1.0 the presystem id and the ids of lists should be URIs.",
        "VDV 463 schemas 1.0", inferred=True,
        detail="The schemas of 1.0 demand it, 1.1 dropped it again: a warning only, and in no other dialect."),
    Requirement(
        "E-10", MUST, STANDARD,
        "The presystem must read time stamps with and without fractions of a second.",
        f"{_SCHEMAS}; RFC 3339 5.6", inferred=True,
        detail="Judged against a control push. Refusing +00:00 or nanoseconds is only a warning."),
    Requirement(
        "E-11", MUST, STANDARD,
        "The presystem must read fragmented messages, with control frames between the fragments.",
        "RFC 6455 5.4",
        detail="Judged against a control push. Size is E-13's business."),
    Requirement(
        "E-12", MUST, STANDARD,
        "The presystem must send only the requests that are a presystem's: boots and lists.",
        _SCHEMAS,
        detail="A ProvideChargingInformation request from the presystem convicts; one with an empty payload counts "
               "as a push's answer, so that it is not reported twice."),
    Requirement(
        "E-13", SHOULD, POLICY,
        "The presystem should read pushes of 1.2 MiB and of 4 MiB.",
        _POLICY, inferred=True,
        detail="No source states a size. Closing with 1009 and coming back is this warning and nothing else."),
    Requirement(
        "E-14", SHOULD, STANDARD,
        "The presystem's JSON should have no duplicate keys, no byte order mark and no 1.0 where an integer is due.",
        "RFC 8259 4, 6 and 8.1"),
    Requirement(
        "E-15", SHOULD, POLICY,
        "The presystem should carry on when the clock of the CMS is hours off.",
        _POLICY, inferred=True,
        detail="Judged against a control push."),
)  # fmt: skip

_INFORMATION_ROWS = (
    Requirement(
        "I-01", MUST, GUIDELINE,
        "The presystem must answer every push with a confirmation or an error answer.",
        f"{_CONNECTION}; {_ERRORS}",
        detail="A push that stays open while a later one is answered convicts by itself, otherwise only the limit "
               "confirm_within does. Any order of answers is right. Pushes before the boot's acceptance, or on a "
               "link that ended in time or was left for a newer one, are not counted."),
    Requirement(
        "I-02", MUST, GUIDELINE,
        "An answer must repeat the message id and the action of the request that it answers.",
        _CONNECTION,
        detail="UUIDs are compared as values, so their case is free."),
    Requirement(
        "I-03", MUST, STANDARD,
        "The confirmation of a push must have an empty object as its payload.",
        _SCHEMAS),
    Requirement(
        "I-04", MUST, GUIDELINE,
        "The presystem must answer a push once.",
        _CONNECTION, inferred=True,
        detail="A push that we repeated may be answered once or each time. An answer that comes late on a new link "
               "is a remark."),
    Requirement(
        "I-05", SHOULD, POLICY,
        "The presystem should answer a push before the next one is due.",
        f"{_POLICY}, after the guideline's rhythm of 15 s", inferred=True,
        detail="More than one answer in ten later than confirm_within convicts; first pushes and bursts do not "
               "count."),
    Requirement(
        "I-06", MUST, GUIDELINE,
        "The presystem must take the default station and point as what they are, not as hardware.",
        _INFORMATION, cp=True,
        detail="Judged by whether a push with and without them is answered. What the product shows or counts cannot "
               "be seen from outside and is not judged."),
    Requirement(
        "I-07", MUST, GUIDELINE,
        "The presystem must read ChargePilot's own form of a push: ids that are no URIs, no predicted times.",
        _INFORMATION, inferred=True,
        detail="Dialect chargepilot only; the other dialects do not send it."),
    Requirement(
        "I-08", SHOULD, POLICY,
        "The presystem should survive unknown keys and unknown enumeration values in a push.",
        _POLICY, inferred=True,
        detail="Confirming, refusing and closing the link are all right, since the schemas are closed; getting "
               "stuck is not."),
    Requirement(
        "I-09", MUST, STANDARD,
        "The presystem must read pushes with empty lists.",
        f"{_SCHEMA_11} and 2.0-rc1", inferred=True,
        detail="In dialect chargepilot a should of this tool; not sent in vdv-1.0, which forbids them."),
    Requirement(
        "I-10", SHOULD, GUIDELINE,
        "The presystem should take each push as the whole depot: points that vanished are gone.",
        _INFORMATION, inferred=True,
        detail="Only entries created or changed after the push was answered are held against it: complete lists "
               "carry old entries along."),
    Requirement(
        "I-11", SHOULD, POLICY,
        "The presystem should notice when pushes stay away, and connect again.",
        _POLICY, inferred=True,
        detail="Dialect chargepilot only, after silence_within. A product may trust its own pings instead: only ever "
               "a warning."),
    Requirement(
        "I-12", SHOULD, GUIDELINE,
        "The presystem should answer a push that it cannot process with an error answer.",
        _ERRORS,
        detail="A confirmation says receipt only: a remark. Nothing is owed for a frame whose message id cannot be "
               "read."),
    Requirement(
        "I-13", MUST, STANDARD,
        "In dialect vdv-2.0-rc1 the payload of an error answer must be an object with errorMessage alone.",
        _SCHEMA_20, inferred=True,
        detail="From a release candidate. Elsewhere no schema says anything: a remark."),
    Requirement(
        "I-14", MUST, POLICY,
        "The presystem must not answer confirmations and error answers.",
        _POLICY, inferred=True,
        detail="In normal traffic a must; after a stray answer of ours only a should, since only a broken CMS sends "
               "one."),
    Requirement(
        "I-15", MUST, STANDARD,
        "The presystem must read every combination of states and faults that the schemas allow.",
        f"{_SCHEMAS}; {_MAPPING}", inferred=True,
        detail="Judged against a control push; how a state is shown is not judged."),
    Requirement(
        "I-16", MUST, GUIDELINE,
        "The presystem must confirm a valid push.",
        f"{_CONNECTION}; in the vdv dialects {_SCHEMAS}",
        detail="Three error answers in a row, or leaving at the first push on two links in a row, convict; a single "
               "error answer does not."),
    Requirement(
        "I-17", MUST, POLICY,
        "The presystem must go on answering pushes while a list of its own awaits an answer.",
        _POLICY, inferred=True,
        detail="Three pushes unanswered while a list stays open for resend_within convict; late answers do not."),
)  # fmt: skip

_REQUEST_ROWS = (
    Requirement(
        "R-01", MUST, GUIDELINE,
        "The presystem must send no list before the first push of that link.",
        f"{_CONNECTION}; {_REQUESTS}", cp=True,
        detail="Shown only where the product had something to send: the list that comes once the push is released "
               "is the proof."),
    Requirement(
        "R-02", MUST, GUIDELINE,
        "A charging request must name only charging points that a push advertised.",
        _REQUESTS, cp=True,
        detail="The default point counts as advertised. Old entries of a product that an operator started are a "
               "hint."),
    Requirement(
        "R-03", MUST, GUIDELINE,
        "Every list must be complete: all charging requests of the presystem, not only the changed one.",
        _REQUESTS,
        detail="Judged around provoked steps, on entries that a step made. Entries may end by themselves: departure "
               "past, process finished or rejected, point gone."),
    Requirement(
        "R-04", MUST, STANDARD,
        "A list must be valid under the schema of the selected dialect, formats included.",
        _SCHEMAS,
        detail="One finding per place in the payload. The URI formats of 1.0 are a warning."),
    Requirement(
        "R-05", MUST, GUIDELINE,
        "A charging request must keep its id through updates and reconnects.",
        _REQUESTS,
        detail="An entry that comes again under a new id with equal values convicts; planning anew under a new id "
               "with other values is a warning."),
    Requirement(
        "R-06", MUST, STANDARD,
        "A list must name each charging request id once.",
        f"{_SCHEMAS}, unique identifier", inferred=True),
    Requirement(
        "R-07", MUST, STANDARD,
        "States of charge must lie between 0 and 100, and minTargetSoc must not exceed maxTargetSoc.",
        f"{_SCHEMA_11} and 2.0-rc1 for the range; {_POLICY} for the order", inferred=True,
        detail="The order of the two is policy: the schemas accept any. Equal values are right; in 1.0 the range is "
               "a warning."),
    Requirement(
        "R-08", SHOULD, POLICY,
        "A charging request's arrival should lie before its departure.",
        f"{_POLICY}; published validators ask it too", inferred=True,
        detail="Compared as instants, only where both stand there."),
    Requirement(
        "R-09", MUST, GUIDELINE,
        "A cancelled charging request must be left out of the next list, or be terminated.",
        _REQUESTS,
        detail="Judged around provoked cancellations with at least two entries, also while no link is up. What a "
               "launched product lists again by itself convicts, too."),
    Requirement(
        "R-10", MUST, STANDARD,
        "A presystem without any charging request must send an empty list, not a payload without one.",
        f"{_SCHEMA_11} and 2.0-rc1", inferred=True,
        detail="A missing or null list key convicts. Sending nothing after everything was cancelled is a warning if "
               "the next reconnect brings no empty list, either. "
               "Terminate for every entry is right before 2.0, and the only way in 1.0."),
    Requirement(
        "R-11", MUST, STANDARD,
        "In dialect vdv-2.0-rc1 a list must not carry chargingInstruction.",
        _SCHEMA_20,
        detail="From a release candidate."),
    Requirement(
        "R-12", SHOULD, GUIDELINE,
        "chargingInstruction should fit: not Normal for changed values, not Changed or Terminate for unknown ids.",
        f"{_REQUESTS}; {_ERRORS}", inferred=True,
        detail="Not held against the first list of a product that may remember an older CMS, nor after answers were "
               "lost."),
    Requirement(
        "R-13", SHOULD, POLICY,
        "The presystem should send a list when something changed, not in a busy loop.",
        f"{_POLICY}; the standard's FAQ as quoted by others", inferred=True,
        detail="After steady_observe without events, more than ten equal lists or sixty lists a minute convict. An "
               "equal list with each push is a remark."),
    Requirement(
        "R-14", SHOULD, POLICY,
        "States of charge should be given in percent, not as fractions of one.",
        f"{_POLICY}, a guess from the values", inferred=True,
        detail="Convicts when every entry's maxTargetSoc lies above 0 and not above 1."),
    Requirement(
        "R-15", SHOULD, POLICY,
        "The presystem should send a changed schedule also while the vehicle is charging.",
        f"{_POLICY}; published use cases list it", inferred=True,
        detail="Judged only where the same change outside charging did bring a list."),
    Requirement(
        "R-16", MAY, GUIDELINE,
        "The presystem may send no lists at all and only receive.",
        _PREREQUISITES,
        not_judged="a freedom: a product that only receives says so in its profile"),
    Requirement(
        "R-17", SHOULD, POLICY,
        "A charging request should not ask for both kinds of preconditioning, nor for times after departure.",
        f"{_POLICY}; published validators ask it too", inferred=True,
        detail="The schemas allow both."),
    Requirement(
        "R-18", SHOULD, POLICY,
        "The presystem should match processes to its requests by presystem id and request id together.",
        f"{_POLICY}; {_SCHEMAS} for the two fields", inferred=True,
        detail="How a product matches processes is seen only where it then changes a list: another presystem's process "
               "under a request id of its own should not drop or alter its entry within two pushes."),
    Requirement(
        "R-19", SHOULD, POLICY,
        "A vehicle should have one open charging request per stay.",
        _POLICY, inferred=True,
        detail="Overlapping stays of one vehicle convict; touching ones and missing times do not."),
    Requirement(
        "R-20", MAY, POLICY,
        "The expected state of charge at arrival may be expected to lie below maxTargetSoc.",
        f"{_POLICY}; published validators ask it too", inferred=True,
        detail="A remark."),
    Requirement(
        "R-21", SHOULD, POLICY,
        "A new charging request's departure should not lie in the past.",
        _POLICY, inferred=True,
        detail="By more than clock_skew; left-over entries and wrong clocks are not held against it."),
    Requirement(
        "R-22", MAY, POLICY,
        "A priority may be expected to be 1 or more.",
        _POLICY, inferred=True,
        detail="A remark: no source gives a range or a direction."),
    Requirement(
        "R-23", SHOULD, POLICY,
        "A charging process id in a list should be one that a push issued.",
        _POLICY, inferred=True,
        detail="Left-over entries are not held against it."),
)  # fmt: skip

_LINK = (
    Requirement(
        "L-01", MUST, GUIDELINE,
        "The presystem must connect again by itself after it lost the link.",
        _CONNECTION,
        detail="No attempt within reconnect_within convicts, by this tool's limit; an attempt is enough, it need not "
               "succeed. After our close code 1008 only a should."),
    Requirement(
        "L-02", SHOULD, STANDARD,
        "The presystem should space its attempts, and more so the longer they fail.",
        "RFC 6455 7.2.3",
        detail="A tight loop, or spacing that neither grows nor is at least retry_steady, convicts. A first retry at "
               "once, jitter, a cap that is reached early and a fixed spacing of 15 s or more are right."),
    Requirement(
        "L-03", MUST, GUIDELINE,
        "A list that was not confirmed must come again, as the full current list.",
        _CONNECTION, inferred=True,
        detail="Convicts after a second chance on a new link, by this tool's limits, or when a later list lacks what "
               "the open one added. Same or new message id, same or new link, changed contents are right. Not owed "
               "where the next push shows the list as taken."),
    Requirement(
        "L-04", MUST, GUIDELINE,
        "After a reconnect, lists must wait for the boot's confirmation and the first push again.",
        _CONNECTION, inferred=True, cp=True,
        not_judged="judged through R-01 and B-04, which hold for every link"),
    Requirement(
        "L-05", MUST, POLICY,
        "A late or a second confirmation of a list must do no harm.",
        _POLICY, inferred=True,
        detail="Getting stuck afterwards convicts: a must for a late one, a should for a second. Sending the list "
               "again, closing and coming back, ignoring it are all right."),
    Requirement(
        "L-06", SHOULD, POLICY,
        "A confirmation with an unknown message id should not count as the open list's.",
        _POLICY, inferred=True,
        detail="Only a broken CMS sends one. Right id with a wrong action or presystem id may be taken or ignored."),
    Requirement(
        "L-07", MUST, POLICY,
        "A list whose answer was lost with its link must not stop the presystem from sending further ones.",
        _POLICY, inferred=True,
        detail="Convicts after a second chance, when a further step brings no list although one did before."),
    Requirement(
        "L-08", SHOULD, POLICY,
        "The presystem should notice a link that has gone silent, and connect again.",
        f"{_POLICY}; published connection guides recommend watching the link", inferred=True,
        detail="After silence_within. Our silence still acknowledges TCP, so products that rely on TCP keep-alive "
               "alone cannot see it."),
    Requirement(
        "L-09", MUST, STANDARD,
        "The presystem must answer WebSocket pings.",
        "RFC 6455 5.5.2",
        detail="One pong for several pings is right."),
    Requirement(
        "L-10", SHOULD, POLICY,
        "The presystem should keep the number of its unanswered lists bounded.",
        _POLICY, inferred=True,
        detail="More than ten lists left open within resend_within convict; resending at each push does not. Whoever "
               "did neither for open_observe is passed."),
    Requirement(
        "L-11", SHOULD, POLICY,
        "The presystem should use one link at a time.",
        _POLICY, inferred=True,
        detail="Requests on two accepted links later than overlap_within after the second's boot convict. Answers on "
               "the old one, a BMS beside an ITCS and a link in its close handshake do not."),
    Requirement(
        "L-12", SHOULD, POLICY,
        "A resend should not double a charging request.",
        f"{_POLICY}; the complete list of the guideline makes resending harmless", inferred=True,
        detail="One vehicle and departure twice where there was one before convicts; changed ids are R-05."),
    Requirement(
        "L-13", SHOULD, POLICY,
        "The presystem should send its full list again when pushes show that the CMS holds none of it.",
        _POLICY, inferred=True,
        detail="A product may trust that a confirmed list is kept: no source says otherwise. Only ever a warning."),
    Requirement(
        "L-14", SHOULD, POLICY,
        "After an outage the presystem should send its current list, not a replay of all that it missed.",
        _POLICY, inferred=True,
        detail="More than three different lists in the first minute convict."),
    Requirement(
        "L-15", MUST, POLICY,
        "The presystem must keep trying through an outage and return when it is over.",
        _POLICY, inferred=True,
        detail="A must for lost connections and 5xx answers; after 4xx, redirects and bad certificates a should."),
    Requirement(
        "L-16", SHOULD, STANDARD,
        "The presystem should answer our Close frame or end the connection.",
        "RFC 6455 5.5.1",
        detail="Within close_within; finishing a message first is right."),
    Requirement(
        "L-17", MUST, POLICY,
        "A change that could not be delivered during an outage must come after it.",
        _POLICY, inferred=True,
        detail="Convicts after a second chance. A change that was superseded, cancelled or already shown by a push "
               "need not come. Old values convict only where two changes in a row had each brought others."),
)  # fmt: skip

_ERROR_ANSWERS = (
    Requirement(
        "X-01", SHOULD, POLICY,
        "The presystem should not send a refused list again in a tight loop.",
        f"{_POLICY}; {_ERRORS}", inferred=True,
        detail="More than ten lists a minute convict; the same list, a corrected one and none are all right."),
    Requirement(
        "X-02", MUST, GUIDELINE,
        "The presystem must survive an error answer in its dialect's own form.",
        f"{_ERRORS}; {_SCHEMA_20} for errorMessage", inferred=True,
        detail="Getting stuck convicts: a must for the dialect's own form, a should for others. What is shown is not "
               "judged."),
    Requirement(
        "X-03", MAY, STANDARD,
        "In dialect vdv-2.0-rc1 the presystem may drop or keep a request that a push lists as rejected.",
        _SCHEMA_20, inferred=True,
        not_judged="what a rejection asks of the presystem is not published"),
    Requirement(
        "X-04", SHOULD, POLICY,
        "The presystem should survive malformed frames of the CMS.",
        _POLICY, inferred=True,
        detail="Only a broken CMS sends them. Closing with 1002, 1003, 1007 or 1009, or without a word, and coming "
               "back is right."),
    Requirement(
        "X-05", MUST, POLICY,
        "An error answer to one list must not end the sending of lists.",
        _POLICY, inferred=True,
        detail="Convicts after a second chance, when a further step brings no list although one did before."),
)  # fmt: skip

_VERSIONS = (
    Requirement(
        "V-01", MAY, STANDARD,
        "Payloads may be expected to follow one version of the schemas throughout.",
        _SCHEMAS, inferred=True,
        not_judged="a diagnosis beside R-04: it says which version an invalid payload would fit"),
)  # fmt: skip


def _by_id(rows: Iterable[Requirement]) -> Mapping[str, Requirement]:
    return MappingProxyType({row.id: row for row in rows})


REQUIREMENTS: Mapping[str, Requirement] = _by_id((
    *_CONNECTING, *_BOOTING, *_ENVELOPE, *_INFORMATION_ROWS, *_REQUEST_ROWS, *_LINK, *_ERROR_ANSWERS, *_VERSIONS,
))  # fmt: skip
"""All requirements by id, in the order of the catalogue."""
