"""What TLS shows: whom the product trusts, which versions it speaks, whether it names the server.

With something between the product and us, none of that is the product's. A completed handshake proves nothing (some
check afterwards), nor does a resumed one (they never look).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from datetime import timedelta

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import OLD_TLS, Link
from mockpilot.conformance.levels import Level
from mockpilot.conformance.observation import Observation, held
from mockpilot.counts import counted
from mockpilot.protocol.envelope import parse_timestamp

VERIFIES_CERTIFICATE = "handshake.verifies-certificate"
TRUSTS_THE_CA = "handshake.trusts-the-ca"
REFUSES_OLD_TLS = "handshake.refuses-old-tls"
SPEAKS = {"tls-1.2-only": "handshake.speaks-tls-1.2", "tls-1.3-only": "handshake.speaks-tls-1.3"}
SENDS_SERVER_NAME = "handshake.sends-server-name"

OLD_VERSIONS = ("SSLv3", "TLSv1", "TLSv1.1")
MISTRUSTED = 3
"""Attempts at the good certificate that end inside TLS, before a product is said not to trust its authority."""
DATED = ("expired", "not-yet-valid")
CLOCK_OFF = timedelta(hours=12)
"""Certificates are expired or not yet valid by a day; a product whose own clock is half as far off may not see it."""
_MISMATCH = ("protocol", "version", "cipher")
"""Words of reasons that speak of versions and suites, not of trust."""


def check(case: Case) -> Iterator[Observation]:
    """Every handshake."""
    if case.proxied:
        return
    for link in case.links:
        yield from _bad_certificate(case, link)
        yield from _old_version(case, link)
        yield from _server_name(link)
    for instance in dict.fromkeys(link.instance for link in case.links):
        links = [link for link in case.links if link.instance == instance]
        yield from _authority(case, links)
        for kind, rule in SPEAKS.items():
            yield from _version(links, kind, rule)


# -- bad certificates ----------------------------------------------------------------------------------------------


_KNOWN_ANYWAY = "the intermediate is known from before, or fetched; nothing is wrong with that"


def _bad_certificate(case: Case, link: Link) -> Iterator[Observation]:
    if not link.bad_certificate or (link.tls is not None and link.tls.resumed):
        return
    shown = link.certificate
    if shown in DATED and _clock_is_off(case):
        return
    if link.tls is not None and _sent_something(link):
        # An intermediate may be known from elsewhere.
        yield Observation(
            VERIFIES_CERTIFICATE, False, (link.tls.index, _proof(link)),
            f"the connection given up before a byte is sent, for the certificate is bad: {shown}",
            "an upgrade request was sent" if link.upgrades else f"{_bytes(link)} bytes were sent",
            Level.MAY if shown == "missing-intermediate" else None, cause=shown, link=link.number,
            perhaps=_KNOWN_ANYWAY if shown == "missing-intermediate" else "",
        )  # fmt: skip
    elif link.ended_inside_tls_by_peer() and _reached_a_good_one(case, link):
        yield held(VERIFIES_CERTIFICATE, _end_of(link), link=link.number)


def _sent_something(link: Link) -> bool:
    return _bytes(link) > 0 or bool(link.upgrades)


def _bytes(link: Link) -> int:
    return link.ended.application_bytes if link.ended is not None else 0


def _proof(link: Link) -> int:
    if link.upgrades:
        return link.upgrades[0].index
    return link.ended.index if link.ended is not None else link.begun.index


def _end_of(link: Link) -> int:
    decisive = link.tls_failed or link.ended
    return decisive.index if decisive is not None else link.begun.index


def _reached_a_good_one(case: Case, link: Link) -> bool:
    return any(other.upgrades and not other.tainted and other.instance == link.instance for other in case.links)


def _clock_is_off(case: Case) -> bool:
    """Whether the product's own stamps are so far from our time that dates mean nothing to it."""
    for link in case.links:
        for frame in link.received:
            said = parse_timestamp(frame.envelope.timestamp) if frame.envelope is not None else None
            ours = parse_timestamp(frame.event.wall)
            if said is not None and ours is not None:
                return abs(said - ours) > CLOCK_OFF
    return False


# -- the authority -------------------------------------------------------------------------------------------------


def _authority(case: Case, links: Sequence[Link]) -> Iterator[Observation]:
    """An operator's product may have been given another anchor: then it is a hint about the set-up."""
    good = [link for link in links if link.certificate == "good"]
    reached = next((link for link in good if link.upgrades), None)
    if reached is not None:
        yield held(TRUSTS_THE_CA, reached.upgrades[0].index, link=reached.number)
    else:
        turned_away = [link for link in good if _mistrusts(link)]
        if len(turned_away) >= MISTRUSTED:
            yield Observation(
                TRUSTS_THE_CA, False, tuple(_end_of(link) for link in turned_away),
                "a TLS handshake with our certificate, which the authority that was handed over has signed",
                f"{counted(len(turned_away), 'attempt')} ended inside TLS: {_reason(turned_away[0])}",
                None if case.presystem.launched else Level.MAY,
            )  # fmt: skip
    yield from _rotated(links)


def _rotated(links: Sequence[Link]) -> Iterator[Observation]:
    """Pinning the leaf is allowed: the guideline leaves open whether its certificate is an anchor or a pin."""
    rotated = [link for link in links if link.certificate == "rotated"]
    reached = next((link for link in rotated if link.upgrades), None)
    if reached is not None:
        yield held(TRUSTS_THE_CA, reached.upgrades[0].index, link=reached.number)
        return
    refused = next((link for link in rotated if _mistrusts(link)), None)
    if refused is not None:
        yield Observation(
            TRUSTS_THE_CA, False, (_end_of(refused),), "another certificate of the same authority accepted",
            f"the attempt ended inside TLS: {_reason(refused)}", Level.MAY, cause="rotated", link=refused.number,
            message="A new certificate of the same authority may be expected to be accepted.",
            perhaps="the certificate itself is pinned; a renewal will then need a change here too",
        )  # fmt: skip


def _mistrusts(link: Link) -> bool:
    mismatch = link.tls_failed is not None and any(word in link.tls_failed.reason for word in _MISMATCH)
    return link.ended_inside_tls_by_peer() and not mismatch


def _reason(link: Link) -> str:
    return link.tls_failed.reason if link.tls_failed is not None else "it left without a byte"


# -- versions ------------------------------------------------------------------------------------------------------


def _old_version(case: Case, link: Link) -> Iterator[Observation]:
    if link.tls is not None and link.tls.version in OLD_VERSIONS and _sent_something(link):
        yield Observation(
            REFUSES_OLD_TLS, False, (link.tls.index, _proof(link)), "no data over TLS older than 1.2",
            f"data over {link.tls.version}", cause=link.tls.version, link=link.number,
        )  # fmt: skip
    elif link.certificate == OLD_TLS and link.ended_inside_tls() and _reached_a_good_one(case, link):
        yield held(REFUSES_OLD_TLS, _end_of(link), link=link.number)


def _version(links: Sequence[Link], kind: str, rule: str) -> Iterator[Observation]:
    """1.2 or newer is asked for: whoever speaks 1.3 may leave 1.2 out."""
    shown = [link for link in links if link.certificate == kind and (link.tls is not None or link.tls_failed)]
    reached = next((link for link in shown if link.upgrades), None)
    if reached is not None:
        yield held(rule, reached.upgrades[0].index, link=reached.number)
        return
    missed = [link for link in shown if link.ended_inside_tls()]
    if not missed or not any(link.upgrades for link in links):
        return
    newer = any(link.upgrades and link.tls is not None and link.tls.version == "TLSv1.3" for link in links)
    yield Observation(
        rule, False, tuple(_end_of(link) for link in missed), f"an upgrade request over {kind.replace('-', ' ')}",
        f"the attempt ended inside TLS: {_reason(missed[0])}", Level.MAY if newer else None, link=missed[0].number,
    )  # fmt: skip


# -- the server's name ---------------------------------------------------------------------------------------------


def _server_name(link: Link) -> Iterator[Observation]:
    if link.tls is None or not link.upgrades:
        return
    host = _host_of(link)
    if not host or _is_address(host):
        return
    if link.tls.server_name is None:
        yield Observation(
            SENDS_SERVER_NAME, False, (link.tls.index, link.upgrades[0].index), f"server name {host} in the handshake",
            "none", link=link.number,
        )  # fmt: skip
    else:
        yield held(SENDS_SERVER_NAME, link.tls.index, link=link.number)


def _host_of(link: Link) -> str:
    value = next((value for name, value in link.upgrades[0].headers if name.lower() == "host"), "").strip()
    if value.startswith("["):
        return value.partition("]")[0].removeprefix("[")
    return value.partition(":")[0]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
