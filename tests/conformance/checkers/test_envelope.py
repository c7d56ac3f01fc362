"""Form of frames and presystem id, judged from made recordings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.playbook import BOOT, LISTS, PRESYSTEM, PUSHES, Play, entry, uuid
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

PRESYSTEM_ID = "envelope.presystem-id"


def frame(**slots: Any) -> str:
    """A confirmation with some slots otherwise."""
    right = {"type": 2, "source": "BMS", "presystem": PRESYSTEM, "stamp": "2031-03-04T17:20:00Z", "id": uuid(3),
             "action": PUSHES, "payload": {}}  # fmt: skip
    return json.dumps(list((right | slots).values()))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "envelope.seven-slots"),
        ("ping", "envelope.seven-slots"),
        ('{"a": 1}', "envelope.seven-slots"),
        (frame()[:-1] + ", 8]", "envelope.seven-slots"),
        (frame(payload=float("nan")), "envelope.seven-slots"),
        (frame(type="2"), "envelope.message-type"),
        (frame(type=4), "envelope.message-type"),
        (frame(id="conf-1"), "envelope.message-id-is-uuid"),
        (frame(stamp="2031-03-04T17:20:00"), "envelope.time-stamp"),
        (frame(action="provideChargingInformation"), "envelope.action"),
        (frame(payload=[]), "envelope.payload-is-object"),
        (frame().encode().replace(b"BMS", b"\xff\xfe"), "envelope.text-frames"),
        (frame(presystem=7), "envelope.presystem-id"),
        (frame(source=None), "boot.source"),
    ],
)
def test_defect_is_convicted_alone(text: str | bytes, rule: str) -> None:
    """One cause, one conviction: the push counts as answered, if it may have been."""
    play = Play().connect().boot().accept().push(message_id=uuid(3)).wait(0.2).says_raw(text).wait(20)
    assert play.musts() == {rule}


def test_bad_utf8_is_convicted_once() -> None:
    """The frame and the end of the link that it forces are one thing."""
    broken = ev.ProtocolBroken(what="bad UTF-8", code=1007)
    play = Play().exchange().says_raw(b"\xff").here(broken).ended("us", "cleanly")
    found = play.convicted_of("envelope.text-frames")
    assert (found.count, found.expected) == (1, "text in UTF-8")
    assert found.perhaps.endswith("encode it in UTF-8")
    alone = Play().exchange().here(broken).ended("us", "cleanly")
    assert alone.musts() == {"envelope.text-frames"}


def test_binary_message_is_convicted_alone() -> None:
    """Its text is read all the same."""
    play = Play().connect().boot().accept().push(message_id=uuid(3)).says_raw(frame(), binary=True).wait(20)
    assert play.musts() == {"envelope.text-frames"}
    assert play.held("information.is-answered")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + frame(),
        frame().replace("{}", '{"a": 1, "a": 1}'),
        frame(type=2.0),
    ],
)
def test_unclean_json_is_a_warning(text: str) -> None:
    """It can be read."""
    play = Play().exchange().push(message_id=uuid(3)).says_raw(text)
    assert play.convicted_of("envelope.clean-json").level is Level.SHOULD


@pytest.mark.parametrize("stamp", ["2031-03-04T17:20:00+00:00", "2031-03-04t17:20:00.123456789z"])
def test_spelling_of_utc_is_free(stamp: str) -> None:
    """Offset zero, any precision, any case."""
    play = Play().exchange().push().confirm(stamp=stamp)
    assert play.held("envelope.time-stamp")
    assert play.held("envelope.time-stamp-is-utc")


def test_other_zone_is_a_warning() -> None:
    """The instant is right."""
    play = Play().exchange().push().confirm(stamp="2031-03-04T19:20:00+02:00")
    assert play.convicted_of("envelope.time-stamp-is-utc").level is Level.SHOULD


def test_uuid_in_capitals_is_a_uuid() -> None:
    """Any version and case, also as an echo."""
    play = Play().connect().boot().accept().push(message_id="abcdef00-0000-4000-8000-00000000000a")
    play.confirm(message_id="ABCDEF00-0000-4000-8000-00000000000A")
    assert not play.complaints()
    assert play.held("correlation.echoes-message-id")


def test_error_answer_without_object_is_a_remark_in_chargepilot() -> None:
    """The guideline allows any value there."""
    play = Play().exchange().push().confirm(type=3, payload="no")
    assert play.convicted_of("envelope.payload-is-object").level is Level.MAY
    strict = Play(dialect="vdv-1.1").exchange().push().confirm(type=3, payload="no")
    assert strict.convicted_of("envelope.payload-is-object").level is Level.MUST


def test_frames_on_an_ending_link_are_judged_for_form_alone() -> None:
    """The product may finish its message after our Close."""
    play = Play().exchange().here(ev.CloseSent(code=1001)).asks(entry("a", point="nowhere"), ending=True)
    assert not play.complaints()
    assert play.says_raw("[]", ending=True).musts() == {"envelope.seven-slots"}


def test_push_of_the_product_is_convicted_alone() -> None:
    """An answer sent as a request is no missing answer as well."""
    play = Play().connect().boot().accept().push().confirm(type=1).wait(30)
    assert play.musts() == {"envelope.direction"}


# -- presystem id --------------------------------------------------------------------------------------------------


def test_one_presystem_id_holds() -> None:
    """Over all links."""
    assert Play().exchange().closed().exchange().held(PRESYSTEM_ID)


def test_other_id_on_one_link_is_convicted() -> None:
    """A plain contradiction."""
    assert Play().exchange().push().confirm(presystem="other").convicted_of(PRESYSTEM_ID).level is Level.MUST


def test_other_id_on_the_next_link_is_convicted() -> None:
    """The same kind of presystem, one after the other."""
    play = Play().exchange().closed()
    play.presystem = "other"
    assert play.connect().boot().convicted_of(PRESYSTEM_ID).level is Level.MUST


def test_bms_and_itcs_of_one_product_may_differ() -> None:
    """Two presystems, side by side."""
    play = Play().exchange()
    play.presystem, play.sent_as = "other", "ITCS"
    play.connect().boot(payload={"presystem": "ITCS"}).says(1, LISTS, {"chargingRequestList": []})
    assert PRESYSTEM_ID not in play.complaints()


@pytest.mark.parametrize(("launched", "level"), [(True, Level.SHOULD), (False, Level.MAY)])
def test_other_id_than_the_profile_throughout_is_no_contradiction(launched: bool, level: Level) -> None:
    """A launched product was told the right one; a person may have typed another."""
    play = Play(launched=launched, presystem="other").connect().boot()
    assert play.convicted_of(PRESYSTEM_ID).level is level


def test_echo_of_our_own_wrong_id_is_not_held_against_it() -> None:
    """We named another presystem ourselves."""
    play = Play().exchange().hands(1, PUSHES, {}, uuid(50), "odd", presystem="odd").confirm(uuid(50), presystem="odd")
    assert play.held(PRESYSTEM_ID)


def test_boot_with_a_bad_id_is_still_a_boot() -> None:
    """Only its id is convicted."""
    assert Play().connect().says(1, BOOT, {"presystem": "BMS"}, "boot-1").musts() == {"envelope.message-id-is-uuid"}


def test_presystem_id_should_be_a_uri_in_1_0_alone() -> None:
    """A warning there, and nothing at all in the versions after it."""
    assert Play(dialect="vdv-1.0", presystem="urn:depot:7").exchange().held("envelope.ids-are-uris")
    finding = Play(dialect="vdv-1.0").exchange().convicted_of("envelope.ids-are-uris")
    assert finding.level is Level.SHOULD
    assert "envelope.ids-are-uris" not in Play(dialect="vdv-1.1").exchange().judged().rules_exercised


def test_id_that_is_no_text_at_all_is_not_judged_as_a_uri() -> None:
    """The slot has a rule of its own for that."""
    play = Play(dialect="vdv-1.0", presystem="urn:depot:7").exchange().push().confirm(presystem=7)
    assert "envelope.ids-are-uris" not in play.complaints()
