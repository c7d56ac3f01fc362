"""Which scenarios run, and why the others do not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mockpilot.certification.selection import Selection, check_expected, select, without_command
from mockpilot.errors import UsageError
from mockpilot.profile import Expected, PresystemSettings, Profile, Provoke
from mockpilot.scenario.definition import Scenario
from mockpilot.scenario.stage import Stage


async def _script(_cms: Stage) -> None:
    """Nothing to play."""


def a_scenario(name: str, *exercises: str, needs: tuple[str, ...] = ()) -> Scenario:
    """A scenario that claims these requirements."""
    return Scenario(name, "", "", exercises, "Booting", needs, 1.0, (), _script)


CATALOGUE = {
    one.name: one for one in (
        a_scenario("boot_accepted", "B-01", "E-01"),
        a_scenario("boot_accepted_late", "B-04"),
        a_scenario("confirmation_missing", "L-03", needs=("requests",)),
        a_scenario("request_changed", "R-05", needs=("requests", "provoking")),
        a_scenario("certificate_unknown_ca", "C-03", needs=("ca key",)),
        a_scenario("subprotocol_missing", "C-08", needs=("subprotocol",)),
        a_scenario("link_lost", "L-01", "L-02"),
    )
}  # fmt: skip
PROFILE = Profile(provoke=Provoke(stdin=True))


def chosen(*words: str, skip: tuple[str, ...] = (), profile: Profile = PROFILE, ca_key: bool = True) -> Selection:
    """What a selection leaves."""
    return select(CATALOGUE, words, skip, profile, bad_certificates=["unknown-ca"] if ca_key else [])


def test_everything_runs_when_nothing_is_said() -> None:
    """In the catalogue's order."""
    assert [one.name for one in chosen().run] == list(CATALOGUE)


@pytest.mark.parametrize(("words", "names"), [
    (["boot_accepted"], ["boot_accepted"]),
    (["boot_"], ["boot_accepted", "boot_accepted_late"]),
    (["link_lost", "boot_accepted"], ["boot_accepted", "link_lost"]),
    (["L-03"], ["confirmation_missing"]),
    (["L-"], ["confirmation_missing", "link_lost"]),
    (["link.backs-off"], ["link_lost"]),
    (["X-01"], []),
])  # fmt: skip
def test_a_word_is_a_name_a_requirement_or_a_rule(words: list[str], names: list[str]) -> None:
    """Or the beginning of one; a whole name means that scenario alone, a known row that nobody claims nothing."""
    selection = chosen(*words)
    assert [one.name for one in selection.run] == names
    assert {selection.left_out[name] for name in CATALOGUE if name not in names} <= {"filter"}


@pytest.mark.parametrize(("word", "hint"), [
    ("confirmation_mising", "did you mean 'confirmation_missing'?"), ("L-99", "found 'L-99'"), ("", "found ''"),
    ("Boot", "found 'Boot'"),
])  # fmt: skip
def test_a_word_that_fits_nothing_is_a_mistake(word: str, hint: str) -> None:
    """In the selection and in what is skipped."""
    with pytest.raises(UsageError, match="SELECTION: ") as mistake:
        chosen(word)
    assert hint in str(mistake.value)
    with pytest.raises(UsageError, match="--skip: "):
        chosen(skip=(word,))


def test_what_is_skipped_is_left_out_with_that_reason() -> None:
    """Whether it was selected by name or not."""
    selection = chosen("boot_", skip=("B-04", "L-"))
    assert [one.name for one in selection.run] == ["boot_accepted"]
    assert selection.left_out["boot_accepted_late"] == "skipped"
    assert selection.left_out["link_lost"] == "filter"


def test_a_receive_only_product_sends_no_lists() -> None:
    """Scenarios that need them are left out with that reason."""
    selection = chosen(profile=replace(PROFILE, presystem=PresystemSettings(sends_requests=False), presystems=()))
    assert selection.left_out == {"confirmation_missing": "receive-only", "request_changed": "receive-only"}


def test_a_product_that_offers_no_subprotocol_cannot_miss_one() -> None:
    """Scenarios that need one to be offered are left out with that reason."""
    presystem = PresystemSettings(offers_subprotocol=False)
    selection = chosen(profile=replace(PROFILE, presystem=presystem, presystems=()))
    assert selection.left_out == {"subprotocol_missing": "offers no subprotocol"}


def test_steps_need_a_way_to_provoke_them() -> None:
    """The key of the profile is named."""
    selection = chosen(profile=Profile())
    assert selection.left_out == {
        "request_changed": "needs a way to provoke the product: [provoke] in the profile"
    }


def test_steps_on_standard_input_are_for_a_command() -> None:
    """Whoever starts the product by hand is told which ways are left; all other scenarios run."""
    selection = select(CATALOGUE, (), (), PROFILE, bad_certificates=["unknown-ca"], by_hand=True)
    assert list(selection.left_out) == ["request_changed"]
    assert selection.left_out["request_changed"].startswith("no way to provoke by hand: [provoke] stdin needs")
    asked = replace(PROFILE, provoke=Provoke(ask="Do it"))
    assert not select(CATALOGUE, (), (), asked, bad_certificates=["unknown-ca"], by_hand=True).left_out
    assert (without_command(PROFILE).provoke, without_command(asked)) == (None, asked)


def test_bad_certificates_need_the_key_of_the_authority() -> None:
    """The file is named."""
    assert chosen(ca_key=False).left_out == {"certificate_unknown_ca": "needs the key of the CA (ca.key)"}


def test_expected_rules_must_exist() -> None:
    """The profile and the nearest rule are named."""
    check_expected(Profile(expected=(Expected("link.backs-off", "later"),)))
    with pytest.raises(UsageError, match=r"acme\.toml: expected\.rule: .* 'link\.back-off' — did you mean"):
        check_expected(Profile(expected=(Expected("link.back-off", "later"),), file=Path("acme.toml")))
