"""No artefact of a run tells the password, whatever the product and the profile do to make it."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from running import DEMO, INDEPENDENT, Certified, certify, mockpilot

PASSWORD = "grüne Wagenhalle+4711/&%"
USER = "acme"
LEAKY = (sys.executable, str(INDEPENDENT / "leaky_presystem.py"))


def forms() -> Iterator[bytes]:
    """The password raw, percent-encoded and in Base64, as it may stand in a file."""
    for encoding in ("utf-8", "latin-1"):
        data = PASSWORD.encode(encoding)
        yield data
        yield quote(data, safe="").encode()
        yield quote(data, safe="").lower().encode()
        yield quote_plus(data).encode()
        for before in (b"", f"{USER}:".encode()):
            for encoded in (base64.b64encode(before + data), base64.urlsafe_b64encode(before + data)):
                yield encoded.rstrip(b"=")
    yield json.dumps(PASSWORD)[1:-1].encode()
    yield PASSWORD.replace("&", "&amp;").encode()


def telling(folder: Path) -> list[tuple[str, bytes]]:
    """Files that tell it, and how."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(path.name, form) for path in files for form in forms() if form in path.read_bytes()]


@pytest.fixture(scope="module")
def leaked(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """A run whose product tells its password everywhere, and whose COMMAND and profile hold it."""
    folder = tmp_path_factory.mktemp("leaky")
    profile = folder / "lab.toml"
    text = DEMO.read_text(encoding="utf-8").replace("[cms]", f'user = "{USER}"\npassword = "{PASSWORD}"\n[cms]')
    profile.write_text(text.replace("stdin = true", f'command = ["echo", "{PASSWORD}"]'), encoding="utf-8")
    return certify(folder / "runs", "boot_accepted", "request_changed", "--limit", "confirm_within=1 s", "--limit",
                   "connect_within=5 s", command=(*LEAKY, PASSWORD, f"--login={USER}:{PASSWORD}"),
                   profile=profile)  # fmt: skip


def test_the_product_was_heard(leaked: Certified) -> None:
    """Or the rest of these tests would show nothing."""
    assert leaked.status == 1, leaked.stderr
    received = [event for event in leaked.trace("boot_accepted") if event["event"] == "message_received"]
    assert len(received) > 10
    assert any("***" in event.get("text", "") for event in received)
    assert "***" in (leaked.folder / "output" / "boot_accepted.log").read_text(encoding="utf-8")


def test_no_artefact_tells_the_password(leaked: Certified) -> None:
    """Neither as it is, nor percent-encoded, nor in Base64; nor does the terminal."""
    assert telling(leaked.folder) == []
    said = (leaked.stdout + leaked.stderr).encode()
    assert [form for form in forms() if form in said] == []


def test_what_is_made_again_tells_it_as_little(leaked: Certified) -> None:
    """Every form of ``report``."""
    for form in ("--html", "--junit", "--markdown", "--json"):
        done = mockpilot("report", str(leaked.folder), form)
        assert done.returncode == 0
        assert [form for form in forms() if form in done.stdout.encode()] == []


def test_a_command_is_stored_with_a_name_for_the_password(leaked: Certified) -> None:
    """Filled in again by whoever repeats the run."""
    stored = (leaked.folder / "run.toml").read_text(encoding="utf-8")
    assert '"{password}", "--login=acme:{password}"]' in stored
    assert '["echo", "***"]' in stored


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """Each form, within something longer too."""
    for number, form in enumerate(forms()):
        (tmp_path / str(number)).write_bytes(b"x " + form + b" y")
    assert len({name for name, _ in telling(tmp_path)}) == len(list(forms()))
