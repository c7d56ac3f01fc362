"""The sequence drawing as markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.report.drawing import CMS, PRODUCT, Stretch, place, sequence_drawing, stretches, strips
from mockpilot.report.lines import Line
from mockpilot.report.sequence import lines
from report.recorded_events import frame, opened, recorded
from sample_run import recording

LIST = "ProvideChargingRequests"


def test_nothing_said_is_nothing_drawn() -> None:
    """A recording without traffic has no conversation."""
    assert sequence_drawing(History(), "one") == ""
    assert sequence_drawing(recorded(e.Mark(text="x")), "one") == ""


def test_a_drawing_is_well_formed_and_leads_to_the_log() -> None:
    """Links only to rows that the page has."""
    markup = sequence_drawing(recording(), "one", marked=(8,), known=(8, 10))
    assert {part.tag for part in Xml.fromstring(markup)} == {"svg"}
    assert re.findall(r'href="#([^"]+)"', markup) == ["one-8", "one-10"]
    assert "◆ ProvideChargingRequests #5e0c" in markup


def test_a_products_text_is_no_markup() -> None:
    """Whatever it calls itself."""
    markup = sequence_drawing(recording(hostile="<script>alert(1)</script>"), "one")
    assert "<script" not in markup
    assert "&lt;script&gt;" in markup


def test_a_lost_message_ends_in_a_cross() -> None:
    """Half way."""
    (lost,) = place([Line("arrow", "confirmation", fate="lost", fault="f", said="lost")])
    assert (lost.begins, lost.ends, lost.text) == (CMS, 50, "confirmation · lost")
    assert 'class="cross"' in sequence_drawing(recording(), "one")


def test_a_late_message_slopes() -> None:
    """From where it was held down to where it left; the next one of that fault doesn't."""
    placed = place([
        Line("held", "held back", 1.0, fault="f"),
        Line("arrow", "push", 2.0),
        Line("arrow", "confirmation", 3.0, fate="late", fault="f"),
        Line("arrow", "confirmation", 4.0, fate="late", fault="f"),
    ])  # fmt: skip
    assert placed[2].y_from == placed[0].y < placed[2].y
    assert placed[3].y_from == placed[3].y


def test_a_repeated_message_is_double() -> None:
    """Two lines side by side."""
    history = recorded(
        *opened(), e.FaultArmed(name="f", do="repeat"), e.MessageSent(link=1, text=frame(1, LIST), fault="f")
    )
    assert sequence_drawing(history, "one").count('class="twin"') == 1


def test_time_goes_downwards_and_is_told_once() -> None:
    """A pause is wider than its lines."""
    placed = place([Line("note", "a", 1.0), Line("note", "b", 1.01), Line("note", "c", 9.0)])
    assert [one.time for one in placed] == ["1.0", "", "9.0"]
    assert placed[2].y - placed[1].y > placed[1].y - placed[0].y


def test_life_lines_follow_the_links() -> None:
    """Faint without a link, dotted in silence, solid while any is open."""
    told = lines(recorded(
        *opened(1, 1.0), *opened(2, 2.0), (3.0, e.LinkEnded(link=1, by="us", how="cleanly")),
        (4.0, e.WentSilent(link=2, fault="f")), (5.0, e.LinkEnded(link=2, by="us", how="broken on purpose")),
    ))  # fmt: skip
    placed = place(told)
    found = stretches(placed, 500)
    assert [one.style for one in found] == ["closed", "open", "silent", "closed"]
    assert found[-1] == Stretch(placed[-1].y, 500, "closed")
    assert (placed[0].begins, placed[0].ends) == (PRODUCT, CMS)


def test_a_drawing_consists_of_strips() -> None:
    """So that it can be printed on several sheets; nothing is lost or told twice, and the life lines go on."""
    placed = place([Line("arrow", str(number), float(number) / 10) for number in range(60)])
    cut = strips(placed)
    assert len(cut) > 3
    assert [one for strip in cut for one in strip.placed] == placed
    assert [strip.y for strip in cut] == [0, *(strip.y + strip.height for strip in cut[:-1])]
    assert all(strip.stretches[-1].y_to == strip.y + strip.height for strip in cut)


def test_no_strip_ends_where_something_slopes_across() -> None:
    """It would be cut in two."""
    notes = [Line("arrow", str(number), 1.0) for number in range(60)]
    placed = place([Line("held", "held", 0.0, fault="f"), *notes, Line("arrow", "late", 2.0, fate="late", fault="f")])
    assert len(strips(placed)) == 1
