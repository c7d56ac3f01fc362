"""The menu of certificates and TLS versions that are bad in exactly one way. Knows nothing of connections.

A recipe says how one differs from a good one, in a single field. Contexts are made when they are first shown, never
changed afterwards, and issue no session tickets: a client that resumes would never look at them.
"""

from __future__ import annotations

import functools
import ipaddress
import ssl
import warnings
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

ECDSA = trustme.KeyType.ECDSA
V1_0, V1_1, V1_2, V1_3 = (getattr(ssl.TLSVersion, name) for name in ("TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"))
Versions = tuple[ssl.TLSVersion, ssl.TLSVersion]

server_name_seen: ContextVar[list[str | None]] = ContextVar("server_name_seen")
"""Where the handshake of the present task leaves the server name that the client sent."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a certificate is made and shown; the defaults together are good."""

    signed_by: Literal["our authority", "another authority", "an intermediate", "itself"] = "our authority"
    """An intermediate is one of ours, and not sent along."""
    for_other_hosts: bool = False
    valid_days: tuple[int, int] = (-30, 365)
    """From when and until when, counted from now."""
    versions: Versions = (V1_2, V1_3)


RECIPES = {
    "expired": Recipe(valid_days=(-30, -2)),
    "not-yet-valid": Recipe(valid_days=(2, 365)),
    "wrong-host": Recipe(for_other_hosts=True),
    "unknown-ca": Recipe(signed_by="another authority"),
    "self-signed": Recipe(signed_by="itself"),
    "missing-intermediate": Recipe(signed_by="an intermediate"),
    "tls-1.2-only": Recipe(versions=(V1_2, V1_2)),
    "tls-1.3-only": Recipe(versions=(V1_3, V1_3)),
    "tls-old": Recipe(versions=(V1_0, V1_1)),
    "rotated": Recipe(),
}
"""By kind; ``rotated`` is good, and another than the one shown so far."""

OLD = RECIPES["tls-old"].versions


def make(recipe: Recipe, authority: trustme.CA, hosts: tuple[str, ...]) -> ssl.SSLContext:
    """Mint a certificate after a recipe and make the context that shows it.

    Raises:
        ValueError: the authority may sign no intermediate.
        ssl.SSLError: the machine's OpenSSL cannot do it.
    """
    context = new_context(recipe.versions, tickets=False)
    mint_leaf(recipe, authority, hosts).configure_cert(context)
    return context


def new_context(versions: Versions = (V1_2, V1_3), *, tickets: bool = True) -> ssl.SSLContext:
    """A server's context, so far without a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _limit(context, versions)
    if not tickets:
        context.num_tickets = 0
        context.options |= ssl.OP_NO_TICKET
    context.sni_callback = _note_server_name
    return context


def _limit(context: ssl.SSLContext, versions: Versions) -> None:
    if versions == (V1_2, V1_2):
        context.set_ciphers("ECDHE+aECDSA")  # the suites that go with our certificates
    elif versions[1] < V1_2:
        context.set_ciphers("DEFAULT@SECLEVEL=0")  # OpenSSL 3 speaks the old versions at no other level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # deprecated is what an old version is to be
        context.minimum_version, context.maximum_version = versions


def _note_server_name(_sslobj: object, name: str | None, _context: object) -> None:
    server_name_seen.get([]).append(name)


# -- leaves ------------------------------------------------------------------------------------------------------------


def mint_leaf(recipe: Recipe, authority: trustme.CA, hosts: tuple[str, ...]) -> trustme.LeafCert:
    """Mint the certificate of a recipe, with whatever is sent along."""
    now = datetime.now(UTC).replace(microsecond=0)
    begin, end = (now + timedelta(days=days) for days in recipe.valid_days)
    names = _other_hosts(hosts) if recipe.for_other_hosts else hosts
    leaf = _signer(recipe, authority).issue_cert(*names, not_before=begin, not_after=end, key_type=ECDSA)
    match recipe.signed_by:
        case "itself":
            return _signed_by_itself(leaf)
        case "an intermediate":
            return trustme.LeafCert(leaf.private_key_pem.bytes(), leaf.cert_chain_pems[0].bytes(), [])
    return leaf


def _signer(recipe: Recipe, authority: trustme.CA) -> trustme.CA:
    match recipe.signed_by:
        case "another authority":
            return trustme.CA(key_type=ECDSA)
        case "an intermediate":
            return authority.create_child_ca(ECDSA)
    return authority


def _signed_by_itself(leaf: trustme.LeafCert) -> trustme.LeafCert:
    """The same certificate, only signed with its own key."""
    key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    signed = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    builder = (
        x509.CertificateBuilder().subject_name(signed.subject).issuer_name(signed.subject)
        .public_key(key.public_key()).serial_number(signed.serial_number)
        .not_valid_before(signed.not_valid_before_utc).not_valid_after(signed.not_valid_after_utc)
    )  # fmt: skip
    for extension in signed.extensions:
        if not isinstance(extension.value, x509.AuthorityKeyIdentifier):
            builder = builder.add_extension(extension.value, extension.critical)
    return trustme.LeafCert(leaf.private_key_pem.bytes(), _pem(builder.sign(key, SHA256())), [])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _other_hosts(hosts: Iterable[str]) -> tuple[str, ...]:
    # A name that cannot be anybody's (RFC 2606), and an address beside ours, so that both kinds of check are asked.
    others = ["wrong-host.invalid"]
    if any(is_address(host) for host in hosts):
        others.append("192.0.2.1")
    return tuple(others)


def is_address(host: str) -> bool:
    """Whether it is an address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


# -- what the machine can do -------------------------------------------------------------------------------------------


@functools.cache
def can_speak(versions: Versions) -> bool:
    """Whether the machine's OpenSSL really completes a handshake with these versions; found out by trying."""
    authority = trustme.CA(key_type=ECDSA)
    try:
        return bool(probe(make(Recipe(versions=versions), authority, ("localhost",)), versions))
    except (ssl.SSLError, ValueError):
        return False


def probe(context: ssl.SSLContext, versions: Versions) -> str:
    """Shake hands in memory with a client that speaks these versions; answers the version, empty if none fits."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.check_hostname, asking.verify_mode = False, ssl.CERT_NONE
    try:
        _limit(asking, versions)
        client, server = asking.wrap_bio(back, there), context.wrap_bio(there, back, server_side=True)
        _shake_hands(client, server)
    except (ssl.SSLError, ValueError):
        return ""
    return client.version() or ""


def _shake_hands(client: ssl.SSLObject, server: ssl.SSLObject) -> None:
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
