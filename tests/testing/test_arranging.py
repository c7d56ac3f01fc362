"""From wishes and a profile to what an episode is played with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockpilot.errors import MockpilotError, UsageError
from mockpilot.profile import CmsSettings, PresystemSettings, Profile
from mockpilot.testing.arranging import FIRST_INSTANT, Arrangement, arrange, set_for
from mockpilot.testing.authority import Authority, suits
from mockpilot.testing.wishes import Wishes

if TYPE_CHECKING:
    import trio.testing


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    """One CA for all of these."""
    with Authority() as made:
        yield made


def arranged(authority: Authority, profile: Any = None, depot: Any = None, **wishes: Any) -> Arrangement:
    """What comes of wishes."""
    return arrange(Wishes().changed(wishes), profile, depot, authority, "test")


def test_dialect_brings_its_own_presystem_unless_one_is_named(authority: Authority) -> None:
    """An id that was only the default follows the dialect, and so does the user."""
    plain = arranged(authority, dialect="vdv-1.0").profile.presystem
    assert (plain.id, plain.user) == ("urn:mockpilot:presystem1", "presystem1")
    named = Profile(presystem=PresystemSettings(id="acme", user="someone"))
    kept = arranged(authority, named, dialect="vdv-1.0").profile.presystem
    assert (kept.id, kept.user, kept.dialect) == ("acme", "someone", "vdv-1.0")


def test_profile_is_read_from_its_file(authority: Authority, tmp_path: Path) -> None:
    """And wishes win over it; one that cannot be read is named."""
    file = tmp_path / "acme.toml"
    file.write_text('[presystem]\nid = "acme"\n[cms]\npush_interval = "3 s"\n')
    assert arranged(authority, file).profile.cms.push_interval_s == 3
    assert arranged(authority, str(file), push_interval="1 s").profile.cms.push_interval_s == 1
    with pytest.raises(MockpilotError, match="no such file"):
        arranged(authority, tmp_path / "missing.toml")


def test_seed_is_another_one_each_time_unless_it_is_named(authority: Authority) -> None:
    """Nothing is the same by accident."""
    assert arranged(authority, seed=5).seed == 5
    assert arranged(authority).seed != arranged(authority).seed


async def test_port_is_the_kernel_s_choice(authority: Authority) -> None:
    """Whatever the profile listens on: tests run beside each other."""
    fixed = Profile(cms=CmsSettings(listen="127.0.0.1:8463"))
    assert set_for(arranged(authority, fixed)).server.port == 0


async def test_unknown_depot_is_named(authority: Authority) -> None:
    """With the known ones."""
    with pytest.raises(MockpilotError, match="one of edge_cases"):
        set_for(arranged(authority, depot="nowhere"))


async def test_first_instant_is_fixed_only_where_all_else_is(
    authority: Authority, autojump_clock: trio.testing.MockClock
) -> None:
    """Manual time and a seed; else the CMS's day is today."""
    assert set_for(arranged(authority, time="manual", seed=5)).clock.instant() == FIRST_INSTANT
    assert set_for(arranged(authority, time="manual")).clock.instant() != FIRST_INSTANT
    assert set_for(arranged(authority, seed=5)).clock.instant() != FIRST_INSTANT


async def test_nobody_answers_beside_a_test(authority: Authority) -> None:
    """A profile that asks a person finds none."""
    assert await set_for(arranged(authority)).ask("press Enter") is False


def test_authority_leaves_no_file(tmp_path: Path) -> None:
    """Its anchor is there as long as it is."""
    with Authority() as made:
        assert made.ca_file.read_bytes() == made.certificates.ca_pem
    assert not made.ca_file.parent.exists()


def test_authority_suits_whoever_has_no_certificates_of_its_own() -> None:
    """Nor another host."""
    assert suits(Profile(presystem=PresystemSettings(id="acme")))
    assert not suits(Profile(cms=CmsSettings(host="lab-pc")))
    assert not suits(Profile(cms=CmsSettings(certs=Path("certs"))))
    with pytest.raises(UsageError, match="PEM file is expected"):
        Authority(Profile(cms=CmsSettings(certs=Path("nowhere"))))
