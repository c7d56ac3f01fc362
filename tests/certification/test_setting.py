"""From a profile to what a CMS needs: address, accounts, certificates, depot."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mockpilot.certification.setting import (
    certificates_for,
    check_host,
    depot_for,
    host_of,
    new_password,
    passwords,
    server_for,
    site_for,
    url_of,
)
from mockpilot.clock import RunClock
from mockpilot.cms import tls
from mockpilot.errors import ProfileError, UsageError
from mockpilot.profile import CmsSettings, PresystemSettings, Profile

NOON = datetime(2031, 3, 4, 12, tzinfo=UTC)


def with_cms(**changes: str | Path) -> Profile:
    """A profile with other settings of the CMS."""
    return Profile(cms=replace(CmsSettings(), **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("cms", "url"), [
    ({}, "wss://127.0.0.1:8463/vdv463/Depot%207"),
    ({"listen": "[::1]:0"}, "wss://[::1]:8463/vdv463/Depot%207"),
    ({"host": "lab-pc", "listen": "0.0.0.0:0"}, "wss://lab-pc:8463/vdv463/Depot%207"),
    ({"path": "/cms/{presystem_id}/v1"}, "wss://127.0.0.1:8463/cms/Depot%207/v1"),
])  # fmt: skip
def test_url_has_host_port_and_path(cms: dict[str, str], url: str) -> None:
    """The id percent-encoded, an IPv6 address in brackets, and the host's name before the listen address."""
    assert url_of(with_cms(**cms), "Depot 7", 8463) == url


async def test_percent_encoded_path_leads_to_its_account() -> None:
    """Requests are compared decoded."""
    profile = with_cms(path="/vdv%20463/{presystem_id}")
    server = server_for(profile, tls.mint(["127.0.0.1"]), {"Presystem1": "secret word"}, RunClock())
    assert list(server.world.accounts) == ["/vdv 463/Presystem1"]


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:8463"])
def test_listening_everywhere_needs_a_host(listen: str) -> None:
    """Nobody can connect to such an address."""
    with pytest.raises(UsageError, match=r"cms\.host: a name or address that the product can connect to"):
        check_host(with_cms(listen=listen))
    check_host(with_cms(listen=listen, host="lab-pc"))
    check_host(with_cms(listen="localhost:0"))


def test_passwords_are_made_up_where_none_is_named() -> None:
    """Long, ASCII, without a colon, and never the same twice."""
    named = passwords([PresystemSettings(id="a", password="sesame open"), PresystemSettings(id="b")])
    assert named["a"] == "sesame open"
    assert len(base64.urlsafe_b64decode(named["b"])) == 18
    assert new_password() != new_password()


def test_certificates_are_minted_or_read(tmp_path: Path) -> None:
    """The folder's authority is the one that the product is given."""
    assert {"expired", "wrong-host"} < set(certificates_for(Profile()).bad_kinds)
    tls.write(tmp_path / "lab", ["lab-pc"])
    certificates = certificates_for(with_cms(certs=tmp_path / "lab", host="lab-pc"))
    assert certificates.ca_pem == (tmp_path / "lab" / "ca.pem").read_bytes()


def test_depot_is_bundled_or_a_file(tmp_path: Path) -> None:
    """A name or a path."""
    own = tmp_path / "yard.toml"
    own.write_text('[depot]\nid = "yard"\nname = "Yard"\n[[station]]\nid = "s"\n[[station.point]]\nid = "p"\n')
    assert site_for(with_cms(depot=own), NOON).real_points() == ("p",)
    assert len(site_for(Profile(), NOON).real_points()) > 1


@pytest.mark.parametrize("depot", ["no-such", Path("no/such.toml")])
def test_depot_that_is_not_there_is_named(depot: str | Path) -> None:
    """With those that are."""
    with pytest.raises(ProfileError, match=r"cms\.depot: a depot file or one of .*small.* is expected"):
        depot_for(with_cms(depot=depot))


def test_depot_that_is_no_text_is_named(tmp_path: Path) -> None:
    """The file, and what was expected."""
    (tmp_path / "yard.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match=r"yard\.toml: text in UTF-8 is expected"):
        depot_for(with_cms(depot=tmp_path / "yard.toml"))


async def test_server_knows_every_presystem_by_its_path() -> None:
    """The path decoded, as the upgrade's is before it is looked up."""
    several = (PresystemSettings(id="Depot 7", user="seven"), PresystemSettings(id="b"))
    profile = Profile(presystem=several[0], presystems=several)
    server = server_for(profile, tls.mint(["127.0.0.1"]), {"Depot 7": "s7", "b": "sb"}, RunClock(), port=1)
    accounts = server.world.accounts
    assert {path: (one.user, one.password) for path, one in accounts.items()} == {
        "/vdv463/Depot 7": ("seven", "s7"), "/vdv463/b": ("b", "sb"),
    }  # fmt: skip
    assert host_of(profile) == "127.0.0.1"
