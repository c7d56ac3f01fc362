"""The book of charging requests."""

from __future__ import annotations

import copy
import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mockpilot.errors import UsageError
from mockpilot.presystem.conduct import Entry
from mockpilot.presystem.information import Information
from mockpilot.presystem.requests import RequestBook, content_of, read_requests
from mockpilot.presystem.settings import WORDINGS
from mockpilot.presystem.steps import Step
from presystem.fake_cms import EPOCH


def _book(buses: int = 2, dialect: str = "chargepilot") -> RequestBook:
    book = RequestBook(WORDINGS[dialect], uuid.uuid4)
    for _ in range(buses):
        book.add_bus(EPOCH)
    return book


def _points(book: RequestBook) -> list[str | None]:
    return [entry.get("chargingPointId") for entry in book.current()]


def _send_and_confirm(book: RequestBook) -> list[dict[str, Any]]:
    content = content_of(book.current())
    entries = book.draft(opens_link=True)
    book.confirm(content)
    return entries


def test_entries_have_no_point_before_a_push() -> None:
    """Points are known from pushes only."""
    assert _points(_book()) == [None, None]


def test_entries_take_free_points_of_a_push() -> None:
    """Each entry gets a point of its own while there are any."""
    book = _book(3)
    book.learn(Information(("a", "b")))
    assert _points(book) == ["a", "b", None]


def test_entry_moves_when_its_point_vanishes() -> None:
    """A vanished point is replaced; the others stay where they are."""
    book = _book()
    book.learn(Information(("a", "b", "c")))
    book.learn(Information(("c", "b")))
    assert _points(book) == ["c", "b"]


def test_push_without_points_changes_nothing() -> None:
    """An empty push is no reason to plan anew."""
    book = _book()
    book.learn(Information(("a", "b")))
    book.learn(Information())
    assert _points(book) == ["a", "b"]


def test_create_uses_the_named_point_if_advertised() -> None:
    """A step's point is used, an unknown one isn't."""
    book = _book(0)
    book.learn(Information(("a", "b", "c")))
    book.apply(Step("create-request", "b"), EPOCH)
    book.apply(Step("create-request", "elsewhere"), EPOCH)
    assert _points(book) == ["b", "a"]


def test_change_keeps_the_id_and_the_departure() -> None:
    """A change alters values only, and a second one alters them again."""
    book = _book()
    before = book.current()
    book.apply(Step("change-request", "", before[1]["chargingRequestId"]), EPOCH)
    after = book.current()
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert after[1]["chargingRequestId"] == before[1]["chargingRequestId"]
    book.apply(Step("change-request", "", before[1]["chargingRequestId"]), EPOCH)
    assert book.current()[1] != after[1]


def test_cancel_drops_one_entry_and_cancel_all_the_rest() -> None:
    """Deletion is omission."""
    book = _book(3)
    first, second, third = (entry["chargingRequestId"] for entry in book.current())
    book.apply(Step("cancel-request", "", second), EPOCH)
    assert book.ids() == {first, third}
    book.apply(Step("cancel-all-requests"), EPOCH)
    assert book.current() == []
    assert not book.unconfirmed()


def test_unknown_request_changes_nothing() -> None:
    """A step for a request that isn't there is passed over."""
    book = _book()
    before = book.current()
    assert "nothing to do" in book.apply(Step("cancel-request", "", "unknown"), EPOCH)
    assert book.current() == before


def test_list_is_unconfirmed_until_confirmed() -> None:
    """What was sent is uncertain, what was confirmed is known."""
    book = _book()
    content = content_of(book.current())
    book.draft(opens_link=True)
    assert book.unconfirmed()
    book.confirm(content)
    assert not book.unconfirmed()


def test_late_confirmation_of_older_content_leaves_the_new_one_open() -> None:
    """A confirmation counts for what was said then."""
    book = _book()
    content = content_of(book.current())
    book.draft(opens_link=True)
    book.add_bus(EPOCH)
    book.confirm(content)
    assert book.unconfirmed()


def test_departed_entries_leave() -> None:
    """An entry ends with its departure."""
    book = _book()
    book.forget_departed(EPOCH + timedelta(days=2))
    assert book.current() == []


def test_dialect_without_empty_list_terminates_the_last() -> None:
    """In 1.0 the last requests are terminated, then nothing more is said."""
    book = _book(2, "vdv-1.0")
    _send_and_confirm(book)
    book.apply(Step("cancel-all-requests"), EPOCH)
    assert book.unconfirmed()
    assert [entry["chargingInstruction"] for entry in _send_and_confirm(book)] == ["Terminate"] * 2
    assert not book.unconfirmed()


def test_dialect_without_empty_list_says_nothing_of_unsent_requests() -> None:
    """What the CMS never saw needs no termination."""
    book = _book(1, "vdv-1.0")
    book.apply(Step("cancel-all-requests"), EPOCH)
    assert not book.unconfirmed()


def test_ids_are_uris_where_the_dialect_wants_them() -> None:
    """In 1.0 ids are URIs."""
    assert all(one.startswith("urn:uuid:") for one in _book(2, "vdv-1.0").ids())


def test_requests_file_may_count_from_now(tmp_path: Path) -> None:
    """Times may be written as durations from now, ids may be left out."""
    file = tmp_path / "requests.json"
    file.write_text(json.dumps([{
        "vehicleId": "V", "chargingRequestData":
            {"minTargetSoc": 50, "maxTargetSoc": 80, "requestedTimeForDeparture": "+6 h"},
    }]))  # fmt: skip
    book = _book(0)
    book.adopt(read_requests(file), EPOCH)
    entry = book.current()[0]
    assert entry["chargingRequestData"]["requestedTimeForDeparture"] == "2031-03-04T23:20:00.000Z"
    assert str(uuid.UUID(entry["chargingRequestId"])) == entry["chargingRequestId"]


@pytest.mark.parametrize("outset", [None, [{"vehicleId": "V", "chargingRequestData": {
    "expectedArrivalTimeAtChargingPoint": "+2 min", "requestedTimeForDeparture": "+6 h"}}]])  # fmt: skip
def test_outset_is_planned_once_and_from_the_time_given(outset: list[Entry] | None) -> None:
    """Two buses or those of a file; what they looked like before isn't touched."""
    asked = copy.deepcopy(outset)
    book = RequestBook(WORDINGS["chargepilot"], uuid.uuid4, outset=outset)
    assert book.current() == []
    book.begin(EPOCH)
    book.begin(EPOCH + timedelta(days=1))
    assert len(book.current()) == (2 if outset is None else 1)
    arrives = book.current()[0]["chargingRequestData"]["expectedArrivalTimeAtChargingPoint"]
    assert arrives == "2031-03-04T17:22:00.000Z"
    assert outset == asked


def test_step_before_any_push_finds_the_outset_planned() -> None:
    """Cancelling everything means all that was to come, too."""
    book = RequestBook(WORDINGS["chargepilot"], uuid.uuid4, outset=None)
    book.apply(Step("cancel-all-requests"), EPOCH)
    book.begin(EPOCH)
    assert book.current() == []


def test_time_is_what_the_latest_push_told() -> None:
    """Before any push the own clock's; a push whose time cannot be read changes nothing."""
    book = _book(0)
    later = EPOCH + timedelta(hours=9)
    assert book.time(EPOCH) == EPOCH
    book.learn(Information(), later)
    book.learn(Information(), None)
    assert book.time(EPOCH) == later


@pytest.mark.parametrize("text", [
    "{", "{}", "3", "[3]", '[{"vehicleId": "V"}]',
    '[{"vehicleId": "V", "chargingRequestData": {"requestedTimeForDeparture": "+soon"}}]',
])  # fmt: skip
def test_bad_requests_file_is_one_sentence(tmp_path: Path, text: str) -> None:
    """A requests file that cannot work is named, with what was expected."""
    file = tmp_path / "requests.json"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"requests\.json.*expected"):
        read_requests(file)
