"""Certificates of a run: minted, loaded, written, and shown when a fault asks for them."""

from __future__ import annotations

import ssl
import stat
from pathlib import Path

import pytest

from cms.handshakes import shake_hands
from mockpilot.cms import menu, tls
from mockpilot.errors import UsageError
from rig import certificates


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_good_certificate_is_good_for_name_and_address(host: str) -> None:
    """Whichever of them stands in the URL."""
    assert await shake_hands(certificates().context("good"), host) == "TLSv1.3"


async def test_tls_1_2_is_spoken_and_nothing_lower() -> None:
    """With an ECDSA certificate, as older products need it."""
    v12 = ssl.TLSVersion.TLSv1_2
    assert await shake_hands(certificates().context("good"), lowest=v12, highest=v12) == "TLSv1.2"
    assert certificates().context("good").minimum_version == v12


def test_contexts_are_made_when_they_are_first_shown_and_only_once() -> None:
    """A run may show none, and one that changed under a client would prove nothing."""
    shown = tls.mint(["localhost"])
    assert shown.context("expired") is shown.context("expired")
    assert shown.context("rotated") is not shown.context("good")
    assert shown.elsewhere(("a.example",)) is shown.elsewhere(("a.example",))


async def test_certificate_for_elsewhere_is_good_there_and_nowhere_else() -> None:
    """The same authority, another name."""
    context = certificates().elsewhere(("elsewhere.example",))
    assert await shake_hands(context, "elsewhere.example") == "TLSv1.3"
    assert "mismatch" in await shake_hands(context, "localhost")


async def test_what_was_written_is_loaded(tmp_path: Path) -> None:
    """A folder that outlives a run; keys are for their owner alone."""
    tls.write(tmp_path / "lab", ["localhost"])
    loaded = tls.load(tmp_path / "lab", ["localhost"])
    assert await shake_hands(loaded.context("good"), anchor=loaded.ca_pem) == "TLSv1.3"
    assert await shake_hands(loaded.context("rotated"), anchor=loaded.ca_pem) == "TLSv1.3"
    assert set(loaded.bad_kinds) == set(certificates().bad_kinds)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (tmp_path / "lab").iterdir()}
    assert (modes["ca.key"], modes["server.key"]) == (0, 0)


def test_folder_without_the_key_of_the_authority_shows_the_good_one_only(tmp_path: Path) -> None:
    """Bad ones cannot be made."""
    tls.write(tmp_path, ["localhost"])
    (tmp_path / "ca.key").unlink()
    loaded = tls.load(tmp_path, ["localhost"])
    assert (loaded.bad_kinds, loaded.can_sign) == ((), False)
    with pytest.raises(UsageError, match=r"certificate 'expired' needs the key of the CA \(ca.key\)"):
        loaded.context("expired")
    with pytest.raises(UsageError, match=r"needs the key of the CA"):
        loaded.elsewhere(("localhost",))


def test_version_that_the_machine_cannot_speak_is_absent_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence; the other kinds are there."""
    monkeypatch.setattr(menu, "can_speak", lambda _versions: False)
    shown = tls.mint(["localhost"])
    assert set(menu.RECIPES) - set(shown.bad_kinds) == {"tls-old"}
    with pytest.raises(UsageError, match=r"certificate 'tls-old' needs an OpenSSL that still speaks TLS 1\.0 or 1\.1"):
        shown.context("tls-old")


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
