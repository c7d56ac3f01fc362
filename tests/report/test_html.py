"""The report page."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as with_changes

from made_night import point, push
from mockpilot.conformance.levels import Level
from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.limits import Limits
from mockpilot.profile import Expected
from mockpilot.protocol.envelope import Action
from mockpilot.report import html
from mockpilot.report.evidence import section
from mockpilot.report.html import Digest, render_html
from mockpilot.report.shapes import shapes
from mockpilot.report.templates import prose
from mockpilot.report.wording import STATEMENTS
from mockpilot.results import About, FaultResult, Product, run_result, scenario_result
from report.recorded_events import frame, opened, recorded
from sample_run import NO_BACK_OFF, NO_SUBPROTOCOL, TODAY, facts, found, recording, sample_run, verdict

VOID = {"meta", "br", "col", "link", "img", "input", "hr"}


class Outline(HTMLParser):
    """Checks that tags are balanced, and collects ids, links and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.gaps: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr":
            return
        gap = "" if ("class", "id") in attrs else " "
        if tag not in VOID:
            self.open.append(tag)
            self.gaps.append(gap)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]

        self.text += gap

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += self.gaps.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text += data


@pytest.fixture(scope="module")
def page() -> str:
    result, histories = sample_run()
    digests = [Digest("result.json", "ab" * 32, holds=True), Digest("run.toml", "cd" * 32, holds=False)]
    return render_html(result, histories, profile='[presystem]\nid = "acme"\n', digests=digests, run="runs/x")


def text_of(page: str) -> str:
    """What a reader sees, blanks folded."""
    return " ".join(Outline(page).text.split())


def test_the_page_is_well_formed(page: str) -> None:
    """Tags are balanced, ids unique, and every link leads to one of them."""
    outline = Outline(page)
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert {link.removeprefix("#") for link in outline.links} <= set(outline.ids)


def test_the_page_needs_no_network(page: str) -> None:
    """It is read from an attachment."""
    assert not re.search(r"<link|<img|url\((?!#)|@import|https?://| src=", page)
    assert "default-src 'none'" in page


def test_the_page_lets_no_script_run_but_its_own(page: str) -> None:
    """Even if a product's text got through as markup, the policy would stop it."""
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{own}'" in page
    assert not re.search(r"<[^>]*\son\w+=", page)


def test_the_page_is_for_everybody(page: str) -> None:
    """Headings in order, tables with scopes, scrolling parts that a keyboard reaches, a language and a title."""
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert [tag for tag in re.findall(r"<th\b[^>]*>", page) if "scope=" not in tag] == []
    assert [tag for tag in re.findall(r'<div class="wide"[^>]*>', page) if 'tabindex="0"' not in tag] == []
    assert '<html lang="en">' in page


def test_the_page_begins_with_product_and_outcome(page: str) -> None:
    """Who was tested, what came out, and how."""
    assert text_of(page).startswith(
        "✗ failed, by this tool's limits · Acme DepotManager 8.2.0 · BMS acme · two-way · mockpilot "
        "To what to repair first Acme DepotManager 8.2.0 BMS acme · two-way · 14 Jan 2027, 09:12 UTC · took 1 min 17 s"
    )


@pytest.mark.parametrize(
    "said",
    [
        "What to repair first A list that was not confirmed is not delivered; it must come again. ✗ L-03 MUST",
        "link.backs-off · occurred planned for 8.3 it@acme.example 2027-03-31 outage_503",
        "mockpilot again runs/x confirmation_missing",
        "L-03 A list that was not confirmed must come again",
        "MUST, level inferred; ChargePilot guideline, initial connection ✗ did not hold",
        "11.0 s ? waited for ProvideChargingRequests: nothing",
        "lose “lost” 4.0 s 9.0 s ✓ yes, event 11",
        "◆ ProvideChargingRequests #5e0c",
        "confirmation Accepted #5e0c · lost",
        "link 1 after 1.0 s, from 127.0.0.1:5000 request GET /vdv463/acme credentials right, user acme",
        "C-03 The presystem must check the server's certificate",
        "result.json " + "ab" * 32 + " run.toml " + "cd" * 32 + " ✗ changed",
        "1 file changed since the run ended.",
        "confirmation_missing ✗ failed ✓ passed · limit of this run by us, cleanly 1 min 17 s 1 of 1",
        "L-03 · MUST, by this tool's limits, level inferred · rule requests.unconfirmed-list-comes-again",
        "Expected the full current list again, within 60 s or after a reconnect Observed nothing for 60 s",
        '8 8.000 1 product → CMS [1,"BMS","acme","2027-01-14T09:12:40Z"',
        "expected deviation, counts for no outcome",
        "What the CMS did The confirmation never arrives. What was required The list must come again.",
        "fault never fired: again, armed at 2.1 s",
        "✗ Failed, by this tool's limits L-03 MUST, in 1 scenario: A list that was not confirmed is not delivered;",
        "it must come again. 1 more to repair. What to repair first VDV 463",
        "1 scenario, each with its reason request_changed receive-only",
        "4 of 102 were exercised",
        "Connecting, 1 of 13 exercised",
        "What was not shown ? confirmation_twice fault never fired: again, armed at 2.1 s",
        '[presystem] id = "acme"',
        *STATEMENTS,
    ],
)
def test_the_page_says(page: str, said: str) -> None:
    """What a reader looks for is there."""
    assert said in text_of(page)


def test_a_products_text_is_no_markup() -> None:
    """Whatever a frame or a name holds is shown, not obeyed."""
    hostile = "<script>alert(1)</script>\u202e\x1b[2J"
    result, histories = sample_run()
    named = with_changes(result, facts=facts(product=Product(name=hostile)))
    page = render_html(named, dict.fromkeys(histories, recording(hostile=hostile)))
    assert page.count("<script") == 1
    assert "\u202e" not in page
    assert "<script>alert(1)</script>\\u202e\\u001b[2J" in text_of(page)


def test_a_run_with_short_limits_is_marked() -> None:
    """Whoever reads it on a train must know, in the words of the terminal; of some that are shorter it is a fact."""
    result, histories = sample_run()
    limits = Limits().with_changes({"hold": 0.1, "boot_never": 50.0}).as_seconds()
    low = text_of(render_html(with_changes(result, facts=facts(short_limits=("hold",), limits=limits)), histories))
    assert ("! short limits : 2 below the default; so short that the speed of this machine counts, too: hold. "
            "It is good for a first look only." in low)  # fmt: skip
    limits = Limits().with_changes({"boot_never": 50.0}).as_seconds()
    shorter = text_of(render_html(with_changes(result, facts=facts(limits=limits)), histories))
    assert " · 1 limit below the default · profile acme.toml" in shorter
    assert "short limits" not in shorter


def test_a_clean_run_has_nothing_to_repair() -> None:
    """And says so."""
    passed = scenario_result("one", verdict(), recording(), duration_s=1.0)
    result = run_result(facts(), [passed], today=TODAY)
    assert "Nothing: no must and no should was found broken." in text_of(render_html(result, {}))


def test_a_remark_stands_beside_a_pass() -> None:
    """In the tables of scenarios and requirements and among the claims, each with a link to what is remarked."""
    remark = replace(NO_SUBPROTOCOL, level=Level.MAY)
    scenarios = [
        scenario_result(name, verdict(*findings), recording(), duration_s=1.0, about=About("", ("C-06", "B-01")))
        for name, findings in (("one", [remark]), ("two", []))
    ]
    page = render_html(run_result(facts(), scenarios, today=TODAY), {"one": recording()})
    linked = '<span class="passed">✓&nbsp;passed</span> · <a href="#one-finding-1">remark</a>'
    assert page.count(linked) == 2
    text = text_of(page)
    assert "one ✓ passed · remark ✓ passed ✓ passed by us, cleanly" in text
    assert "two ✓ passed ✓ passed ✓ passed" in text
    assert "What was remarked Nothing of it has to be repaired" in text
    assert "counts for no outcome. · C-06 It must not." in text
    assert "✓ held · remark" in text
    assert "1 requirement of this scenario held B-01" in text


def test_an_expected_deviation_stands_beside_a_pass() -> None:
    """Whoever reads that it passed reads what was let through, before what is remarked."""
    known, remark = replace(NO_SUBPROTOCOL, level=Level.MUST), replace(NO_BACK_OFF, level=Level.MAY)
    about_it = recording(exercises=("C-06",))
    scenarios = [
        scenario_result(name, verdict(*findings), about_it, duration_s=1.0, expected=(known.rule,))
        for name, findings in (("one", [known, remark]), ("two", [known]))
    ]
    page = render_html(run_result(facts(), scenarios, today=TODAY), {})
    linked = '<span class="passed">✓&nbsp;passed</span> · <a href="#one-finding-2">expected deviation</a>'
    assert page.count(f'{linked} · <a href="#one-finding-1">remark</a>') == 1
    text = text_of(page)
    assert "two ✓ passed · expected deviation ✓ passed ✓ passed" in text
    assert "Every must that it exercised held, but for what is an expected deviation; see what is remarked." in text
    assert "Every must that it exercised held, but for what is an expected deviation. Repeat it" in text


def test_a_fault_that_cannot_be_seen_is_no_open_question() -> None:
    """The page says why nothing shows it; of any other it asks."""
    refused, reset = (
        FaultResult(name=how, do=do, armed_s=1.0, fired_s=2.0, seen=False, how={"how": how})
        for do, how in (("refuse", "tcp"), ("drop", "reset"))
    )
    passed = scenario_result("one", verdict(), recording(), duration_s=1.0)
    scenario = with_changes(passed, faults=(refused, reset))
    text = text_of(render_html(run_result(facts(), [scenario], today=TODAY), {}))
    assert "2.0 s cannot be seen: a connection that TCP refused; the next one that comes in stands for it" in text
    assert "drop reset “reset” 1.0 s 2.0 s ? no" in text


def test_an_optional_fault_that_never_fired_is_no_open_question() -> None:
    """Nor is it counted among those that should have fired."""
    fired = FaultResult(name="one", do="drop", armed_s=1.0, fired_s=2.0, seen=True)
    never = FaultResult(name="two", do="answer", armed_s=1.0, fired_s=None, seen=False, optional=True)
    passed = scenario_result("one", verdict(), recording(), duration_s=1.0)
    text = text_of(render_html(run_result(facts(), [with_changes(passed, faults=(fired, never))], today=TODAY), {}))
    assert " 1 s 1 of 1 " in text
    assert "answer “two” optional 1.0 s never no" in text
    spare = text_of(render_html(run_result(facts(), [with_changes(passed, faults=(never,))], today=TODAY), {}))
    assert " 1 s – " in spare


def test_a_warning_of_a_claim_is_no_failure() -> None:
    """Its mark is that of a should, and a known deviation has none."""
    for expected, mark in ((), "warned"), ((NO_SUBPROTOCOL.rule,), "expected"):
        scenario = scenario_result("one", verdict(NO_SUBPROTOCOL), recording(), duration_s=1.0, expected=expected,
                                   about=About("", ("C-06",)))  # fmt: skip
        page = render_html(run_result(facts(), [scenario], today=TODAY), {})
        assert f'<b class="{mark}">' in page


def test_a_finding_that_was_seen_often_shows_the_frames_of_the_first_time() -> None:
    """The others are a list of numbers."""
    once = found("boot.comes-first", "B-01", events=(5, 6, 8))
    for finding, frames in (once, 3), (replace(once, events=(2, 3, 5, 6), count=2), 2):
        scenario = scenario_result("one", verdict(finding), recording(), duration_s=1.0)
        shown = section(scenario, recording(), 100_000).findings[0]
        assert len(shown.frames) == frames
        assert len(shown.more) == len(finding.events) - frames


def test_a_requirements_id_stays_together(page: str) -> None:
    """A narrow page breaks no line behind its hyphen; markup of whoever wrote the text stays text."""
    assert '<p class="reason"><span class="id">L-03</span> MUST, in 1 scenario: ' in page
    assert '<span class="id">L-03</span> A list that was not' in page.replace("</b>", "").replace("<b>", "")
    assert prose("<b> L-06's & TLS-12") == "&lt;b&gt; <span class=\"id\">L-06</span>&#x27;s &amp; TLS-12"


def test_a_frame_leads_to_the_finding_that_names_it(page: str) -> None:
    """From the wire log back to what was judged."""
    assert '<a class="said" href="#confirmation_missing-finding-1">◆ L-03</a>' in page


def test_an_unfinished_run_says_so() -> None:
    """What is there is shown, recordings or not."""
    result, _ = sample_run()
    assert "The run did not finish." in text_of(render_html(with_changes(result, finished=False), {}))


def test_a_long_wire_log_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames that findings name are shown all the same."""
    monkeypatch.setattr(html, "_LEAST_ROOM", 1_500)
    monkeypatch.setattr(html, "ROOM", 1_500)
    result, histories = sample_run()
    text = text_of(render_html(result, histories))
    assert re.search(r"⋮ \d+ more events stand in the trace, traces/confirmation_missing\.jsonl", text)
    assert "8 8.000 +1.000 1 product → CMS ◆ L-03" in text


def test_a_missing_recording_leaves_only_the_log_out() -> None:
    """Findings stay."""
    result, _ = sample_run()
    text = text_of(render_html(result, {"boot_accepted": History()}))
    assert "Wire log" not in text
    assert "Expected the full current list again" in text


def test_a_broken_checker_is_our_bug() -> None:
    """Its traceback is shown, and nobody else is blamed."""
    broken = with_changes(scenario_result("one", verdict(), recording(), duration_s=1.0), broken=("KeyError: 'x'",))
    text = text_of(render_html(run_result(facts(), [broken], today=TODAY), {}))
    assert "a bug of this tool, not of the product. KeyError: 'x'" in text


def test_a_recording_in_which_power_flows_has_its_picture() -> None:
    """Against the limit that its first line tells; the others have none."""
    result, histories = sample_run()
    started = with_changes(histories["boot_accepted"][0], grid_limit_kw=300.0)
    powered = History([started, *(push(60 * at, point("p", "<b>", soc=40 + at, kw=150)) for at in range(3))])
    page = render_html(result, {**histories, "boot_accepted": powered})
    outline = Outline(page)
    assert page.count("<figure class=\"night") == 1
    assert outline.open == []
    heading = "Power and states of charge, 1 vehicle Depot <Nord> · 14 Jan 2027 18:00:00 to 18:02:00 UTC"
    assert heading in text_of(page)
    assert "Peak 150 kW at 18:00:00, never above the grid limit of 300 kW. 5 kWh from the grid." in text_of(page)
    assert "<figure class=\"night" not in render_html(result, histories)


@pytest.mark.parametrize(("vehicles", "opened"), [(12, True), (13, False)])
def test_a_big_picture_waits_to_be_asked_for(vehicles: int, opened: bool) -> None:
    """Many scenarios of a big depot must not bury each other."""
    result, histories = sample_run()
    buses = [point(f"p{at}", f"bus-{at}", kw=1) for at in range(vehicles)]
    powered = History([histories["boot_accepted"][0], push(0, *buses), push(60)])
    page = render_html(result, {"boot_accepted": powered})
    assert ("<details open><summary><h4>Power" in page) is opened


@pytest.mark.parametrize(("until", "said"), [
    (date(2027, 1, 13), "The expected deviation from link.backs-off should have been repaired by 2027-01-13."),
    (None, "The expected deviation from link.backs-off no longer happens: take it out of the profile."),
])  # fmt: skip
def test_a_deviation_that_fails_the_run_is_to_be_repaired(until: date | None, said: str) -> None:
    """It stands where everything else stands that has to be done."""
    findings = [NO_BACK_OFF] if until else []
    judged = verdict(*findings, rules=(NO_BACK_OFF.rule,))
    history = recording(exercises=("L-02",))
    scenario = scenario_result("one", judged, history, duration_s=1.0, expected={NO_BACK_OFF.rule})
    expected = (Expected(NO_BACK_OFF.rule, "planned for 8.3", "it@acme.example", until),)
    page = text_of(render_html(run_result(facts(), [scenario], expected=expected, today=TODAY), {}))
    assert f"What to repair first {said} ✗ profile planned for 8.3 · it@acme.example" in page
    assert "✗ Failed" in page


def test_timing_stands_beside_its_limits() -> None:
    """Measured over all recordings, on one scale."""
    history = recorded(
        *opened(), (2.0, e.PingSent(link=1, payload="a")), (2.4, e.PongReceived(link=1, payload="a")),
        (3.0, e.CloseSent(link=1, code=1001)), (23.0, e.CloseReceived(link=1, code=1001)),
    )  # fmt: skip
    result, _ = sample_run()
    limited = with_changes(result, facts=facts(limits={"pong_within": 30.0, "close_within": 10.0}))
    text = text_of(render_html(limited, {"boot_accepted": history}))
    assert "pong after a ping 1 400 ms 400 ms 400 ms 400 ms 30 s pong_within" in text
    assert "answer to a Close frame 1 20 s 20 s 20 s 20 s 10 s close_within ! 1 later" in text


def test_many_scenarios_share_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page must fit an e-mail, however many there are."""
    result, histories = sample_run()
    sizes = []
    for room in (3_000_000, 40_000):
        monkeypatch.setattr(html, "ROOM", room)
        monkeypatch.setattr(html, "_LEAST_ROOM", 0)
        sizes.append(len(render_html(result, histories)))
    assert sizes[1] < sizes[0]


def test_gaps_are_counted_by_their_kind() -> None:
    """So that a reader sees at once whether the product or the tool is to blame."""
    result, histories = sample_run()
    said = re.search(r"Not exercised: (.*?)\. Connecting", text_of(render_html(result, histories)))
    assert said is not None
    counts = {words: int(number) for number, words in re.findall(r"(\d+) ([^,]+)", said[1])}
    silent = [one for one in result.requirements.values() if one.outcome in {"not exercised", "not judged"}]
    assert sum(counts.values()) == len(silent)
    assert "cannot be judged from outside" in counts


def hostile_frames() -> st.SearchStrategy[str]:
    """What a product may send: envelopes with anything in their slots, and no envelopes."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["status", "depotInfoList", "chargingStationInfoList", "chargingPointInfoList"]) | st.text(),
        inner, max_size=3,
    ), max_leaves=8)  # fmt: skip
    slots = st.tuples(
        st.sampled_from([1, 2, 3, 1.0, "1"]), st.text(max_size=3), st.text(max_size=3), st.text(max_size=8),
        st.text(max_size=8) | st.just("\ud800\u202e"), st.sampled_from([*map(str, Action), "Other"]), anything,
    )  # fmt: skip
    return st.text(max_size=40) | slots.map(json.dumps)


@given(st.lists(st.tuples(st.booleans(), hostile_frames()), max_size=12))
@settings(max_examples=max(settings().max_examples // 4, 20))
def test_no_traffic_breaks_a_page(frames: list[tuple[bool, str]]) -> None:
    """After hours of a run, whatever was said must not keep its report from being written."""
    kinds = {True: e.MessageReceived, False: e.MessageSent}
    messages = [(2.0 + number, kinds[theirs](link=1, text=text)) for number, (theirs, text) in enumerate(frames)]
    history = recorded(*opened(), *messages)
    result, _ = sample_run()
    page = render_html(result, {"boot_accepted": history, "confirmation_missing": history})
    assert page.encode()
    assert page.count("<script") == 1
    assert "\u202e" not in page
    assert shapes([history]) is not None


def test_a_payload_of_many_levels_breaks_nothing() -> None:
    """Nor does it take forever."""
    deep = frame(1, "BootNotification", payload='{"a":' + "[" * 60 + "]" * 60 + "}")
    history = recorded(*opened(), (2.0, e.MessageReceived(link=1, text=deep)))
    result, _ = sample_run()
    assert render_html(result, {"boot_accepted": history})
    (paths,) = shapes([history]).values()
    assert len(paths) < 30
