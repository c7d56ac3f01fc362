"""Certificates and versions that are bad in exactly one way: mending that one thing makes each of them good."""

from __future__ import annotations

import ssl
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
import trustme
from cryptography import x509
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from cms.handshakes import client_context, shake_hands
from mockpilot.cms import menu
from mockpilot.cms.menu import RECIPES, V1_0, V1_1, V1_2, V1_3, Recipe
from mockpilot.faults.words import CERTIFICATE_KINDS
from rig import certificates

HOSTS = ("localhost", "127.0.0.1")
NOW = datetime.now(UTC)
REASONS = {
    "expired": "expired", "not-yet-valid": "not yet valid", "wrong-host": "mismatch",
    "unknown-ca": "unable to get local issuer", "missing-intermediate": "unable to get local issuer",
    "self-signed": "self-signed",
}  # fmt: skip
VERSIONS = {"tls-1.2-only": [V1_2], "tls-1.3-only": [V1_3], "tls-old": [V1_0, V1_1]}


@cache
def authority() -> trustme.CA:
    """One for all tests of this file."""
    return trustme.CA(key_type=menu.ECDSA)


def anchor() -> bytes:
    """What a client is to trust."""
    return authority().cert_pem.bytes()


def differing(recipe: Recipe) -> list[str]:
    """The fields in which a recipe is not good."""
    return [field.name for field in fields(Recipe) if getattr(recipe, field.name) != field.default]


def test_menu_has_every_kind_of_the_vocabulary() -> None:
    """And no other."""
    assert tuple(RECIPES) == CERTIFICATE_KINDS


@pytest.mark.parametrize("kind", REASONS)
@pytest.mark.parametrize("host", HOSTS)
async def test_bad_certificate_is_refused_for_what_is_bad(kind: str, host: str) -> None:
    """By name and by address alike."""
    shown = menu.make(RECIPES[kind], authority(), HOSTS)
    assert REASONS[kind] in await shake_hands(shown, host, anchor=anchor())


@pytest.mark.parametrize("kind", [kind for kind in RECIPES if kind != "rotated"])
async def test_mending_one_thing_makes_it_good(kind: str) -> None:
    """Of all ingredients a single one is bad; with the good one in its place a client that verifies is content."""
    (field,) = differing(RECIPES[kind])
    mended = replace(RECIPES[kind], **{field: getattr(Recipe(), field)})
    assert await shake_hands(menu.make(mended, authority(), HOSTS), anchor=anchor()) == "TLSv1.3"


def verifying() -> PolicyBuilder:
    """A client whose clock can be set; of the extensions it asks what browsers ask and not how they are marked."""
    anybody = ExtensionPolicy.permit_all()
    named = anybody.require_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    trusting = PolicyBuilder().store(Store([x509.load_pem_x509_certificate(anchor())]))
    signing = anybody.require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    return trusting.extension_policies(ca_policy=signing, ee_policy=named)


@pytest.mark.parametrize(("kind", "days"), [("expired", -2.1), ("not-yet-valid", 2.1)])
def test_certificate_out_of_its_time_is_good_in_its_time(kind: str, days: float) -> None:
    """The same certificate, looked at by a client with another clock; bad for a day at least by the right one."""
    shown = menu.mint_leaf(RECIPES[kind], authority(), HOSTS)
    leaf = x509.load_pem_x509_certificate(shown.cert_chain_pems[0].bytes())
    asked = verifying()
    then = asked.time(NOW + timedelta(days=days)).build_server_verifier(x509.DNSName("localhost"))
    assert then.verify(leaf, [])[0] == leaf
    for hours in (-25, 0, 25):
        now = asked.time(NOW + timedelta(hours=hours)).build_server_verifier(x509.DNSName("localhost"))
        with pytest.raises(VerificationError, match="not valid at validation time"):
            now.verify(leaf, [])


@pytest.mark.parametrize("host", ["wrong-host.invalid", "192.0.2.1"])
async def test_certificate_for_others_is_good_for_others(host: str) -> None:
    """Only the name is wrong."""
    shown = menu.make(RECIPES["wrong-host"], authority(), HOSTS)
    assert await shake_hands(shown, host, anchor=anchor()) == "TLSv1.3"


async def test_certificate_that_signed_itself_is_good_for_who_trusts_it() -> None:
    """Only its signature is nobody's."""
    leaf = menu.mint_leaf(RECIPES["self-signed"], authority(), HOSTS)
    shown = menu.new_context()
    leaf.configure_cert(shown)
    assert await shake_hands(shown, anchor=leaf.cert_chain_pems[0].bytes()) == "TLSv1.3"


async def test_certificate_without_its_intermediate_is_alone_and_not_of_the_anchor() -> None:
    """Sent along, the intermediate would have made it good."""
    child = authority().create_child_ca(menu.ECDSA)
    whole = menu.new_context()
    child.issue_cert(*HOSTS, key_type=menu.ECDSA).configure_cert(whole)
    assert await shake_hands(whole, anchor=anchor()) == "TLSv1.3"
    shown = menu.mint_leaf(RECIPES["missing-intermediate"], authority(), HOSTS)
    assert len(shown.cert_chain_pems) == 1
    leaf = x509.load_pem_x509_certificate(shown.cert_chain_pems[0].bytes())
    assert leaf.issuer != x509.load_pem_x509_certificate(anchor()).subject


@pytest.mark.parametrize("kind", VERSIONS)
async def test_version_is_spoken_alone_with_a_good_certificate(kind: str) -> None:
    """A client that speaks it verifies and comes through, any other does not."""
    if not menu.can_speak(RECIPES[kind].versions):
        pytest.skip("this machine's OpenSSL no longer speaks it")
    shown = menu.make(RECIPES[kind], authority(), HOSTS)
    for version in (V1_0, V1_1, V1_2, V1_3):
        said = await shake_hands(shown, anchor=anchor(), lowest=version, highest=version)
        assert said.startswith("TLSv") is (version in VERSIONS[kind]), said


async def test_tls_1_2_only_is_spoken_with_the_suites_of_its_certificate() -> None:
    """Without RSA anywhere, as older installations have it."""
    shown = menu.make(RECIPES["tls-1.2-only"], authority(), HOSTS)
    names = {cipher["name"] for cipher in shown.get_ciphers() if not cipher["name"].startswith("TLS_")}
    assert all(name.startswith("ECDHE-ECDSA-") for name in names), names
    assert "ECDHE-ECDSA-AES128-GCM-SHA256" in names


async def test_rotated_certificate_is_another_good_one() -> None:
    """Who pinned the first one is the only one to mind."""
    assert differing(RECIPES["rotated"]) == []
    one, other = (menu.mint_leaf(RECIPES["rotated"], authority(), HOSTS) for _ in range(2))
    assert one.cert_chain_pems[0].bytes() != other.cert_chain_pems[0].bytes()
    assert await shake_hands(menu.make(RECIPES["rotated"], authority(), HOSTS), anchor=anchor()) == "TLSv1.3"


def test_bad_certificates_issue_no_tickets() -> None:
    """A client that resumes would never look at them."""
    for kind in certificates().bad_kinds:
        context = certificates().context(kind)
        assert context.options & ssl.OP_NO_TICKET
        assert context.num_tickets == 0


def test_probe_says_which_version_is_spoken() -> None:
    """Found out by shaking hands, not by asking a library what it was built with."""
    shown = menu.make(RECIPES["tls-1.2-only"], authority(), HOSTS)
    assert menu.probe(shown, (V1_2, V1_3)) == "TLSv1.2"
    assert menu.probe(shown, (V1_3, V1_3)) == ""


@pytest.mark.parametrize("kind", [*REASONS, "tls-1.2-only", "rotated"])
def test_session_of_the_good_certificate_is_not_resumed_with_another(kind: str) -> None:
    """A client that keeps sessions shakes hands in full, and so looks at what it is shown."""
    good, client = certificates().context("good"), client_context(highest=V1_2)
    first = _session(client, good, None)
    assert _session(client, good, first.session).session_reused
    trusting = client_context(highest=V1_2)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    kept = _session(trusting, good, None).session
    assert _session(trusting, good, kept).session_reused
    assert not _session(trusting, certificates().context(kind), kept).session_reused


def _session(client: ssl.SSLContext, server: ssl.SSLContext, session: ssl.SSLSession | None) -> ssl.SSLObject:
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(back, there, server_hostname="localhost", session=session)
    answering = server.wrap_bio(there, back, server_side=True)
    menu._shake_hands(asking, answering)
    return asking
