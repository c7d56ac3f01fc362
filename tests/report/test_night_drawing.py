"""The picture of a night: its structure, its words, and where its lines lie."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_night import fleet, gathered, point, push
from mockpilot.report.night import Night
from mockpilot.report.night_drawing import drawing, page, row_height
from mockpilot.report.night_shapes import POWER_HEIGHT, power_panel
from mockpilot.report.night_words import said

HOSTILE = '<script>alert("x")</script>&\u202e\x1b'


def parsed(night: Night) -> Element:
    """The picture, which must be well-formed."""
    return fromstring(drawing(night))


def of_class(root: Element, tag: str, name: str) -> list[Element]:
    """Elements of one class within the tables and the panel, the legend left out."""
    legend = {one for found in root.iter("ul") for one in found.iter()}
    return [one for one in root.iter(tag) if one.get("class") == name and one not in legend]


def text_of(element: Element) -> str:
    """What a reader sees, blanks folded."""
    return " ".join(" ".join(element.itertext()).split())


def heights(path: str) -> list[float]:
    """All y of a path that has only steps."""
    return [float(one) for one in re.findall(r"(?:V|M[\d.]+ )(-?[\d.]+)", path)]


@pytest.mark.parametrize("vehicles", [1, 3, 20, 120])
def test_every_vehicle_has_a_row(vehicles: int) -> None:
    """With its name, its states of charge and what became of its minimum."""
    rows = parsed(fleet(vehicles)).findall(".//tbody/tr")
    assert len(rows) == vehicles
    assert {text_of(row).split()[0] for row in rows} == {f"bus-{at}" for at in range(vehicles)}
    assert "bus-0 40 → 80 % ✓ 70 % at 18:40" in map(text_of, rows)


def test_rows_are_as_high_as_there_is_room() -> None:
    """Few are seen well, many fit."""
    assert [row_height(number) for number in (3, 20, 120)] == [56, 32, 18]
    assert parsed(fleet(120)).find(f".//tbody/tr/td/svg[@height='{row_height(120)}']") is not None


def test_who_missed_the_minimum_is_marked() -> None:
    """By a sign and a colour, never by the colour alone."""
    cell = of_class(parsed(fleet(2)), "td", "min failed")
    assert [text_of(one) for one in cell] == ["✗ 90 %"]


def test_a_minimum_that_was_there_at_first_has_no_time() -> None:
    """Nobody told when it was reached."""
    night = gathered(push(0, point("p", "bus", soc=85, kw=9, least=80)), push(60))
    assert text_of(of_class(parsed(night), "td", "min passed")[0]) == "✓ 80 %"


def test_a_state_of_charge_is_never_rounded_up() -> None:
    """What was missed must not look reached."""
    night = gathered(push(0, point("p", "bus", soc=57.3, kw=9, least=80)), push(60, point("p", "bus", soc=79.99)))
    assert text_of(of_class(parsed(night), "td", "number")[0]) == "57.3 → 79.9 %"


def test_who_is_still_there_may_reach_it_yet() -> None:
    """So nothing is missed."""
    root = parsed(gathered(push(0, point("p", "bus", soc=40, kw=9, least=80)), push(60)))
    assert text_of(of_class(root, "td", "min failed")[0]) == "✗ 80 %"
    root = parsed(gathered(push(0, point("p", "bus", soc=40, kw=9, least=80)), push(60, point("p", "bus", soc=41))))
    assert text_of(of_class(root, "td", "min quiet")[0]) == "… 80 %"


def test_who_left_between_two_pushes_missed_nothing_that_anybody_saw() -> None:
    """It is neither told as ready nor as not."""
    pushes = [push(60 * at, point("p", "bus", soc=soc, kw=90, least=80)) for at, soc in enumerate((70, 75, 79.5))]
    night = gathered(*pushes, push(180))
    assert text_of(of_class(parsed(night), "td", "min quiet")[0]) == "? 80 %"
    assert list(said(night))[-1] == "1 vehicle, ? 1 stay left between two pushes, about to reach the minimum."


def test_an_earlier_stay_that_missed_its_minimum_is_told() -> None:
    """Not hidden behind the last one."""
    night = gathered(
        push(0, point("p", "bus", soc=40, kw=9, least=80, process="a")), push(60),
        push(120, point("p", "bus", soc=90, kw=9, least=85, process="b")), push(180),
    )  # fmt: skip
    assert text_of(of_class(parsed(night), "td", "min failed")[0]) == "✗ 80 %"
    assert list(said(night))[-1] == "1 vehicle, ✓ 1 stay with the minimum reached, ✗ 1 stay ended below the minimum."


@pytest.mark.parametrize("limit", [300.0, 500.0, 900.0])
def test_the_limit_lies_where_its_power_would(limit: float) -> None:
    """On the same scale as the curve, and with its name."""
    root = parsed(fleet(3, grid_limit_kw=limit))
    (line,), (label,) = of_class(root, "path", "limit"), of_class(root, "text", "limit")
    (curve,) = of_class(root, "path", "drawn")
    limit_y, peak_y = heights(line.get("d") or "")[0], min(heights(curve.get("d") or ""))
    assert (POWER_HEIGHT - limit_y) / (POWER_HEIGHT - peak_y) == pytest.approx(limit / 300.0, rel=0.01)
    assert text_of(label) == f"grid limit {limit:g} kW"


def test_a_limit_far_away_presses_nothing_down() -> None:
    """It is told, and that it lies above."""
    root = parsed(fleet(3, grid_limit_kw=5000.0))
    assert of_class(root, "path", "limit") == []
    assert text_of(of_class(root, "text", "limit")[0]) == "grid limit 5,000 kW ↑ above this picture"


def test_without_a_limit_there_is_none() -> None:
    """Neither line nor word."""
    assert "limit" not in text_of(parsed(fleet(3)))


def test_granted_power_is_a_line_of_its_own() -> None:
    """Dotted; where no push tells it, or all of it is drawn, there is none."""
    night = gathered(push(0, point("p", "bus", kw=50, limit=100)), push(60, point("p", "bus", kw=50, limit=60)))
    (line,) = of_class(parsed(night), "path", "granted")
    assert len(set(heights(line.get("d") or ""))) == 2
    assert of_class(parsed(fleet(1)), "path", "granted") == []
    night = gathered(push(0, point("p", "bus", kw=50, limit=50)), push(60, point("p", "bus", kw=60, limit=60)))
    assert of_class(parsed(night), "path", "granted") == []


def test_the_curve_steps_at_the_pushes() -> None:
    """Each value holds until the next push."""
    night = gathered(push(0, point("p", "bus", kw=50)), push(75, point("p", "bus", kw=100)), push(100))
    top = 100 * 1.14
    half = f"{POWER_HEIGHT * (1 - 50 / top):.2f}"
    assert power_panel(night).drawn.startswith(f"M0 {half}H0V{half}H750V{POWER_HEIGHT * (1 - 100 / top):.2f}H1000")


def test_many_values_in_one_place_keep_their_peak() -> None:
    """However narrow it is."""
    night = gathered(
        push(0, point("p", "bus", kw=50)),
        *(push(50_000 + at / 100, point("p", "bus", kw=90 if at == 5 else 10 + at)) for at in range(20)),
        push(100_000),
    )
    drawn = power_panel(night).drawn
    assert min(heights(drawn)) == pytest.approx(POWER_HEIGHT * (1 - 1 / 1.14), abs=0.01)
    assert len(drawn) < 120


def test_the_picture_says_what_it_shows() -> None:
    """For whoever can't see it, in its description."""
    root = parsed(fleet(3, grid_limit_kw=300.0))
    assert root.findtext(".//svg[@role='img']/title") == "Power over time"
    assert root.findtext(".//svg[@role='img']/desc") == (
        "Depot <Nord> · 14 Jan 2027 18:00 to 19:00 UTC, as pushes told it. "
        "Peak 300 kW at 18:00, never above the grid limit of 300 kW. "
        "300 kWh from the grid. 3 vehicles, ✓ 2 stays with the minimum reached, ✗ 1 stay ended below the minimum."
    )


def test_more_than_the_limit_is_said() -> None:
    """Nobody has to see it."""
    assert "above the grid limit of 200 kW for 1 h." in " ".join(said(fleet(3, grid_limit_kw=200.0)))


def test_a_vehicles_name_is_text() -> None:
    """Whatever it says; a long one is cut."""
    night = gathered(
        push(0, point("p", HOSTILE, soc=40, kw=9), point("q", "x" * 5000)), push(60), grid_limit_kw=20.0
    )
    for text in (drawing(night), page(night, [HOSTILE], HOSTILE)):
        assert "<script" not in text
        assert "\u202e" not in text
        assert len(text) < 25_000
    names = [one.text for one in parsed(night).findall(".//tbody/tr/th")]
    assert '<script>alert("x")</script>&\\u202e\\u001b' in names


@given(st.text(st.characters(exclude_categories=["Cs", "Cn"]), min_size=1, max_size=90))
def test_whatever_a_vehicle_is_called_the_picture_is_well_formed(name: str) -> None:
    """And the row is its own."""
    night = gathered(push(0, point("p", name, soc=40, kw=9)), push(60))
    assert len(parsed(night).findall(".//tbody/tr")) == 1


@given(st.lists(st.tuples(st.integers(1, 5000), st.floats(-10, 110), st.floats(0, 9999)), min_size=1, max_size=20))
def test_whatever_was_told_nothing_lies_outside(told: list[tuple[int, float, float]]) -> None:
    """A state of charge of 110 % included."""
    events = [push(at, point("p", "bus", soc=soc, kw=kw, least=80)) for at, soc, kw in sorted(told)]
    root = parsed(gathered(push(0, point("p", "bus", kw=1)), *events))
    for path in [*of_class(root, "path", "level"), *of_class(root, "path", "drawn")]:
        height = POWER_HEIGHT if path.get("class") == "drawn" else row_height(1)
        assert all(0 <= one <= height for one in heights(path.get("d") or ""))
        assert all(0 <= float(one) <= 1000 for one in re.findall(r"[MH]([\d.]+)", path.get("d") or ""))


def test_the_page_needs_nobody() -> None:
    """No network, no scripts, and its own style."""
    text = page(fleet(3), ["2 of 3 left with their minimum"], "A night")
    assert not re.search(r"<script|src=|@import|https?://", text)
    assert "default-src 'none'" in text
    assert "<title>A night</title>" in text
    assert "<li>2 of 3 left with their minimum</li>" in text
    assert "figure.night" in text


def test_a_night_without_vehicles_is_power_alone() -> None:
    """A station may tell its total and no vehicle."""
    root = parsed(gathered(push(0, point("p"), total=30), push(60)))
    assert root.find("table") is None
    assert text_of(root).endswith("18:00:40 18:00:50 18:01:00")
