"""Certificates: a good one, and others that are bad in exactly one way."""

from __future__ import annotations

import ssl
import stat
from pathlib import Path

import pytest
import trio

from mockpilot.cms import tls
from mockpilot.cms.tls import Certificates
from mockpilot.errors import UsageError
from rig import certificates, connection


async def shake_hands(
    shown: Certificates, kind: str, host: str = "localhost", *, lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> str:  # fmt: skip
    """What a client that verifies makes of a certificate: the version of TLS, or why it refuses."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=shown.ca_pem.decode())
    context.minimum_version, context.maximum_version = lowest, highest
    here, there = connection()
    client = trio.SSLStream(here, context, server_hostname=host)
    server = trio.SSLStream(there, shown.contexts[kind], server_side=True)
    found: list[str] = []

    async def serve() -> None:
        try:
            await server.do_handshake()
        except trio.BrokenResourceError:
            await trio.aclose_forcefully(there)

    async def ask() -> None:
        try:
            await client.do_handshake()
            found.append(str(client.version()))
        except trio.BrokenResourceError as error:
            cause = error.__cause__
            found.append(getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or str(cause))
            await trio.aclose_forcefully(here)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        nursery.start_soon(ask)
    return found[0]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_good_certificate_is_good_for_name_and_address(host: str) -> None:
    """Whichever of them stands in the URL."""
    assert await shake_hands(certificates(), "good", host) == "TLSv1.3"


async def test_tls_1_2_is_spoken_and_nothing_lower() -> None:
    """With an ECDSA certificate, as older products need it."""
    v12 = ssl.TLSVersion.TLSv1_2
    assert await shake_hands(certificates(), "good", lowest=v12, highest=v12) == "TLSv1.2"
    assert {context.minimum_version for context in certificates().contexts.values()} == {v12}


@pytest.mark.parametrize(("kind", "reason"), [("unknown-ca", "certificate"), ("wrong-host", "mismatch")])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_bad_certificate_is_bad_in_one_way(kind: str, reason: str, host: str) -> None:
    """Another authority with the right host, the right authority with another host."""
    assert reason in (await shake_hands(certificates(), kind, host)).lower()


def test_bad_certificates_issue_no_tickets() -> None:
    """A client that resumes would never look at them."""
    for kind in certificates().bad_kinds:
        assert certificates().contexts[kind].options & ssl.OP_NO_TICKET
    assert set(certificates().bad_kinds) == {"unknown-ca", "wrong-host"}


async def test_what_was_written_is_loaded(tmp_path: Path) -> None:
    """A folder that outlives a run; keys are for their owner alone."""
    tls.write(tmp_path / "lab", ["localhost"])
    loaded = tls.load(tmp_path / "lab", ["localhost"])
    assert await shake_hands(loaded, "good") == "TLSv1.3"
    assert set(loaded.bad_kinds) == {"unknown-ca", "wrong-host"}
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (tmp_path / "lab").iterdir()}
    assert (modes["ca.key"], modes["server.key"]) == (0, 0)


def test_folder_without_the_key_of_the_authority_shows_the_good_one_only(tmp_path: Path) -> None:
    """Bad ones cannot be made."""
    tls.write(tmp_path, ["localhost"])
    (tmp_path / "ca.key").unlink()
    assert tls.load(tmp_path, ["localhost"]).bad_kinds == ()


@pytest.mark.parametrize("name", tls.PEM_FILES)
def test_missing_file_is_named_with_the_next_step(name: str, tmp_path: Path) -> None:
    """So that nobody has to guess."""
    tls.write(tmp_path, ["localhost"])
    (tmp_path / name).unlink()
    with pytest.raises(UsageError, match=rf"{name}: a PEM file is expected there; 'mockpilot certs"):
        tls.load(tmp_path, ["localhost"])


@pytest.mark.parametrize("name", ["server.pem", "server.key", "ca.key", "ca.pem"])
def test_file_that_is_no_pem_is_told(name: str, tmp_path: Path) -> None:
    """In one sentence with the folder."""
    tls.write(tmp_path, ["localhost"])
    (tmp_path / name).write_text("no PEM")
    with pytest.raises(UsageError, match=r"(?s)test_file.*PEM form"):
        tls.load(tmp_path, ["localhost"])


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A key that is in use somewhere is not replaced."""
    tls.write(tmp_path, ["localhost"])
    before = (tmp_path / "ca.key").read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        tls.write(tmp_path, ["localhost"])
    assert (tmp_path / "ca.key").read_bytes() == before
