"""Settings from options and environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockpilot.errors import UsageError
from mockpilot.presystem.backoff import Backoff
from mockpilot.presystem.settings import QUICK_PACE, Settings, settings_from

ENVIRONMENT = {"MOCKPILOT_URL": "wss://[::1]:8463/vdv463/a%2Fb?x=1", "MOCKPILOT_PASSWORD": "secret"}


def _settings(options: dict[str, str | None] | None = None, *, quick: bool = False, **environment: str) -> Settings:
    return settings_from(options or {}, ENVIRONMENT | environment, quick=quick)


def test_defaults_need_only_url_and_password() -> None:
    """The rest has defaults; the user is called like the presystem."""
    settings = _settings()
    assert (settings.user, settings.presystem_id, settings.kind, settings.dialect, settings.subprotocol) == (
        "Presystem1", "Presystem1", "BMS", "chargepilot", "v1.463.vdv.de",
    )  # fmt: skip
    assert settings.back_off == Backoff(15.0, 300.0)


def test_url_is_taken_apart_and_path_left_alone() -> None:
    """Path and query stay exactly as handed over."""
    settings = _settings()
    assert (settings.host, settings.port, settings.host_header, settings.target) == (
        "::1", 8463, "[::1]:8463", "/vdv463/a%2Fb?x=1",
    )  # fmt: skip


def test_option_wins_over_variable() -> None:
    """An option is stronger than its variable."""
    settings = _settings({"id": "mine", "password_env": "OTHER"}, MOCKPILOT_PRESYSTEM_ID="theirs", OTHER="hidden")
    assert (settings.presystem_id, settings.password) == ("mine", "hidden")


def test_password_is_never_shown() -> None:
    """The settings can be logged."""
    assert "secret" not in repr(_settings())


def test_quick_shortens_back_off_and_time_outs() -> None:
    """Quick means 200 ms to 2 s."""
    settings = _settings(quick=True)
    assert (settings.back_off, settings.pace) == (Backoff(0.2, 2.0), QUICK_PACE)


def test_back_off_and_silence_are_durations() -> None:
    """Durations are written as people do."""
    settings = _settings({"back_off": "500 ms..4 s", "silence_after": "2 min"}, quick=True)
    assert (settings.back_off, settings.silence_after_s) == (Backoff(0.5, 4.0), 120.0)


def test_empty_subprotocol_offers_none() -> None:
    """An empty variable says that none is to be offered."""
    assert _settings(MOCKPILOT_SUBPROTOCOL="").subprotocol == ""


@pytest.mark.parametrize(("options", "environment", "named"), [
    ({}, {"MOCKPILOT_URL": ""}, "--url"),
    ({"url": "ws://host/"}, {}, "wss://"),
    ({"url": "wss://host:99999/"}, {}, "wss://"),
    ({"url": "wss://"}, {}, "wss://"),
    ({}, {"MOCKPILOT_PASSWORD": ""}, "MOCKPILOT_PASSWORD"),
    ({"password_env": "NOWHERE"}, {}, "NOWHERE"),
    ({"user": "a:b"}, {}, "colon"),
    ({"ca": "/nowhere/ca.pem"}, {}, "/nowhere/ca.pem"),
    ({"requests": "/nowhere/list.json"}, {}, "/nowhere/list.json"),
    ({"kind": "DMS"}, {}, "BMS, ITCS"),
    ({"dialect": "vdv-3"}, {}, "vdv-1.1"),
    ({"silence_after": "soon"}, {}, "--silence-after"),
    ({"back_off": "5 s"}, {}, "FIRST..CAP"),
    ({"back_off": "5..9"}, {}, "--back-off"),
    ({"back_off": "5 s..1 s"}, {}, "no longer than its cap"),
    ({}, {"MOCKPILOT_PUSH_INTERVAL_S": "often"}, "MOCKPILOT_PUSH_INTERVAL_S"),
    ({}, {"MOCKPILOT_PUSH_INTERVAL_S": "0"}, "MOCKPILOT_PUSH_INTERVAL_S"),
])  # fmt: skip
def test_mistake_is_one_sentence(options: dict[str, str | None], environment: dict[str, str], named: str) -> None:
    """Each mistake names the thing and stays on one line."""
    with pytest.raises(UsageError) as caught:
        settings_from(options, ENVIRONMENT | environment)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_ca_file_is_a_path(tmp_path: Path) -> None:
    """A readable file is taken over."""
    file = tmp_path / "ca.pem"
    file.write_text("")
    assert _settings(MOCKPILOT_CA_FILE=str(file)).ca_file == file


@pytest.mark.parametrize(("dialect", "presystem_id", "user", "error_key"), [
    ("chargepilot", "Presystem1", "Presystem1", "message"),
    ("vdv-1.0", "urn:mockpilot:presystem1", "presystem1", "errorMessage"),
    ("vdv-1.1", "Presystem1", "Presystem1", "errorMessage"),
    ("vdv-2.0-rc1", "Presystem1", "Presystem1", "errorMessage"),
])  # fmt: skip
def test_dialect_chooses_id_and_words(dialect: str, presystem_id: str, user: str, error_key: str) -> None:
    """Whoever names no id gets one that the dialect allows, with a user name that Basic credentials can carry."""
    settings = _settings({"dialect": dialect})
    assert (settings.presystem_id, settings.user, settings.wording.error_key) == (presystem_id, user, error_key)
    assert _settings({"dialect": dialect, "id": "mine"}).user == "mine"
