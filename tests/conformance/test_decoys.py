"""Decoys: what conforming presystems do, and what a careless judge would convict. None gets a must.

Each follows one trap; what several traps share stands with the checkers.
"""

from __future__ import annotations

from itertools import pairwise

from conformance.playbook import BOOT, LISTS, Play, entry, uuid
from mockpilot.conformance.levels import Cause, Outcome
from mockpilot.history import events as ev

A, B, C = entry("a"), entry("b"), entry("c")


def test_resumed_session_never_saw_the_bad_certificate() -> None:
    """The client goes on with the old session's trust."""
    play = Play("C-03").exchange().closed().tls("unknown-ca", resumed=True).upgrade().boot().ended("us")
    verdict = play.judged()
    assert (verdict.outcome, verdict.cause) == (Outcome.INCONCLUSIVE, Cause.NEVER_EXERCISED)


def test_client_that_checks_the_host_after_the_handshake() -> None:
    """It ends without a byte."""
    play = Play("C-03").exchange().closed().tls("wrong-host").ended("product", "broken off", sent=0).exchange()
    assert play.judged().outcome is Outcome.PASSED


def test_login_by_challenge_with_a_wrong_password_round() -> None:
    """Bare, refused, then up to four more requests at once, per attempt."""
    play = Play()
    for _ in range(3):
        play.connect(status=401, credentials="none").ended("us", "cleanly")
        for _ in range(4):
            play.tls().upgrade(401, fault="refused").ended("us", "cleanly")
        play.wait(15)
    assert not play.exchange().complaints()


def test_probe_every_second_beside_the_product() -> None:
    """It neither hammers nor breaks a back-off."""
    play = Play().exchange().ended("us")
    for gap in (1, 2, 4, 8, 16, 32):
        play.refused()
        for _ in range(gap):
            play.tcp(first=None).ended("product", sent=0).wait(1)
    play.exchange()
    assert not play.complaints()
    assert play.held("link.backs-off")


def test_reconciling_instead_of_resending() -> None:
    """The confirmation was lost, but the next push shows the list."""
    play = Play().exchange().asks(A).loses_confirmation(applied=True).pushed(4, shows=("a",))
    assert not play.closed().exchange().pushed(8, shows=("a",)).complaints()


def test_frames_that_were_under_way() -> None:
    """A list read after Rejected, after our Close, and after a push that changed the depot."""
    after_rejection = Play().connect().boot().accept("Rejected", "odd").wait(0.3).asks(A)
    after_close = Play().exchange().here(ev.CloseSent(code=1001)).wait(0.3).asks(A, ending=True).ended("us", "cleanly")
    after_change = Play().exchange().asks(A).takes().push("P2").wait(0.3).asks(A).confirm()
    assert not after_rejection.complaints()
    assert not after_close.exchange().complaints()
    assert not after_change.complaints()


def test_slow_products_have_a_longer_guard() -> None:
    """Three times the usual answer time, at most five seconds."""
    play = Play().connect().boot().accept("Rejected", "odd").wait(1.4).asks(A)
    assert play.musts() == {"boot.rejected-sends-no-list"}


def test_push_before_acceptance_may_be_answered_or_not() -> None:
    """The confirmation was lost, or overtaken."""
    def early() -> Play:
        return Play().connect().boot().withholds(2, BOOT, {"status": "Accepted"}, uuid(1)).push()

    assert not early().confirm().wait(30).boot().accept().push().confirm().complaints()
    assert not early().wait(30).boot().accept().push().confirm().complaints()


def test_leftovers_of_the_scenario_before() -> None:
    """Old entries, old points, old ids, instruction Changed, a long back-off."""
    old = entry("old", point="P9", chargingInstruction="Changed")
    play = Play(points=("P9",)).wait(240).exchange().asks(old, message_id=uuid(900)).takes()
    play.step("create-request").asks(old, A).takes().pushed(2)
    assert not play.complaints()


def test_resend_keeps_id_and_time_stamp() -> None:
    """The identical frame comes on the new link four minutes later."""
    play = Play().exchange().asks(A, message_id=uuid(77)).loses_confirmation()
    same = str(play.events[-3].text)  # type: ignore[attr-defined]
    play.closed().wait(240).exchange().says_raw(same).applies()
    play.hands(2, LISTS, {}, uuid(77)).pushed(3)
    assert not play.complaints()
    assert play.held("requests.unconfirmed-list-comes-again")


def test_resends_keep_their_time_stamp_under_new_ids() -> None:
    """A queue of written messages: each is sent again with a message id of its own, and the stamp that it had."""
    play, stamp = Play().exchange(), Play().stamp()
    for _ in range(4):
        play.asks(A, stamp=stamp).loses_confirmation().pushed(4)
    assert "envelope.clock" not in play.complaints()


def test_next_link_while_the_old_one_is_closing() -> None:
    """Close handshakes wait ten seconds in one library, until our own Close in another."""
    play = Play().exchange().here(ev.CloseSent(code=1012)).here(ev.CloseReceived(code=1012)).wait(0.2)
    play.exchange().wait(10).on(1).ended("us", "cleanly").on(2).pushed(3)
    assert not play.complaints()


def test_complete_lists_carry_old_entries() -> None:
    """A vanished point, a departure in the past: an operator's product never edits by itself."""
    old, gone = entry("old", leaves_in_min=-60), entry("gone", point="P1")
    play = Play(launched=False).exchange().asks(old, gone).takes().push("P2").confirm().wait(5)
    play.step("create-request").asks(old, gone, entry("a", point="P2")).takes().pushed()
    assert not play.complaints()


def test_right_silence_is_never_failed_and_never_passed() -> None:
    """Receive-only, operator-driven, stopped after 401, gone under a supervisor, slower than our limits."""
    receive_only = Play("L-03", sends_requests=False).exchange().pushed(9)
    waiting = Play("L-03", launched=False, provoked=False).exchange().pushed(9)
    stopped = Play("C-11").exchange().closed().refused(401).wait(300)
    gone = Play("L-01").exchange().closed().line(ev.ProductExited(status=0, by_us=False)).wait(400)
    slow = Play("L-01").exchange().closed().wait(200)
    outcomes = {play.judged().outcome for play in (receive_only, waiting, stopped, gone, slow)}
    assert outcomes == {Outcome.INCONCLUSIVE}


def test_our_own_lateness_convicts_nobody() -> None:
    """Our process stopped for three seconds inside each limit."""
    late = ev.Stalled(late_s=3)
    boot = Play().connect().wait(6).line(late).boot()
    confirmation = Play().connect().boot().accept().push().wait(16).line(late).confirm()
    assert not boot.complaints()
    assert not confirmation.complaints()


def test_capitals_in_ids_and_late_answers_of_an_old_link() -> None:
    """Echoes differ in case; an answer crosses a reconnect."""
    play = Play().exchange().push(message_id="abcdef00-0000-4000-8000-00000000000f").ended("us").exchange()
    assert not play.confirm("ABCDEF00-0000-4000-8000-00000000000F").complaints()


def test_back_off_with_jitter_up_to_five_minutes() -> None:
    """15 s doubling, a tenth more or less."""
    play = Play().exchange().ended("us").wait(14)
    times = [0, 16, 44, 110, 225, 480, 760, 1080]
    for before, after in pairwise(times):
        play.refused().wait(after - before)
    assert not play.exchange().complaints()


def test_list_under_way_while_we_stalled() -> None:
    """It was sent before the Rejected arrived; we were late to read it."""
    play = Play().connect().boot().accept("Rejected", "odd").wait(3).line(ev.Stalled(late_s=2.9)).asks(A).wait(20)
    assert not play.complaints()


def test_boots_that_piled_up_while_we_stalled() -> None:
    """A minute and a half of calm retries is read at once."""
    play = Play().connect().boot().withholds(2, BOOT, {"status": "Accepted"}, uuid(1))
    play.wait(100).line(ev.Stalled(late_s=95))
    for _ in range(12):
        play.boot()
    assert not play.accept().push().confirm().complaints()


def test_answers_after_twenty_seconds() -> None:
    """Late is not never, and the last ones are still to come."""
    play = Play("I-01").connect().boot().accept().push(message_id=uuid(700)).wait(15)
    for number in range(701, 708):
        play.push(message_id=uuid(number)).wait(5).confirm(uuid(number - 1)).wait(10)
    assert not play.wait(3).musts()


def test_bms_and_itcs_of_one_product_keep_lists_of_their_own() -> None:
    """Neither list need hold the other's entries."""
    play = Play().exchange()
    play.sent_as = "ITCS"
    play.connect().boot(payload={"presystem": "ITCS"}).accept().push().confirm().asks(C).takes()
    play.sent_as = "BMS"
    play.on(1).asks(A).takes().step("create-request").asks(A, B).takes().step("change-request")
    play.sent_as = "ITCS"
    play.on(2).asks(C).takes()
    play.sent_as = "BMS"
    assert not play.on(1).asks(A, B).takes().pushed(2).complaints()


def test_empty_list_first_need_not_come_again() -> None:
    """Pushes show that nothing is held, so the lost empty list is as good as taken."""
    play = Play("L-03").exchange().asks().loses_confirmation().wait(60).closed().exchange().pushed(6)
    assert not play.complaints()
    assert not play.exercised("requests.unconfirmed-list-comes-again")


def test_lost_list_whose_entries_have_departed_need_not_come_again() -> None:
    """There is nothing left to ask for."""
    play = Play("L-03").exchange().asks(entry("d", leaves_in_min=1)).loses_confirmation().wait(60)
    assert not play.closed().exchange().pushed(9).complaints()


def test_entries_without_point_and_of_the_past() -> None:
    """Both may stand in a list, and the past one may leave it."""
    bare, old = entry("bare"), entry("old", leaves_in_min=-5)
    del bare["chargingPointId"]
    play = Play().exchange().asks(bare, old).takes().step("create-request").asks(bare, old, A).takes()
    play.step("create-request").asks(bare, A, B).takes().step("change-request").asks(bare, A, entry("b", soc=50))
    assert not play.takes().pushed(2).musts()


def test_two_entries_of_one_vehicle() -> None:
    """Today's and tomorrow's, over a reconnect."""
    both = entry("today", "bus", leaves_in_min=100), entry("tomorrow", "bus", leaves_in_min=900)
    play = Play().exchange().asks(*both).takes().step("create-request").asks(*both, A).takes().closed()
    assert not play.exchange().asks(*both, A).takes().pushed(2).complaints()


def test_equal_list_twice_under_new_ids() -> None:
    """Sent again at once, and again on the next link."""
    play = Play().exchange().asks(A).asks(A).takes().pushed(2).closed().exchange().asks(A).takes().asks(A).takes()
    assert not play.pushed(2).complaints()


def test_challenge_rounds_of_two_to_five_requests_are_calm() -> None:
    """One attempt each, whatever the refusal."""
    for requests in (2, 3, 4, 5):
        play = Play("C-11", tick=0.02).exchange().closed()
        for _ in range(12):
            play.connect(status=401, credentials="none").ended("us", "cleanly")
            for _ in range(requests - 1):
                play.refused(401)
            play.wait(5)
        assert not play.complaints()
        assert play.held("handshake.slows-after-refusal")


# -- what hid behind such freedoms ---------------------------------------------------------------------------------


def test_hammering_that_folding_would_hide() -> None:
    """Three single requests a second are no attempts of a second each."""
    play = Play("C-11", tick=0.001).exchange().closed()
    for _ in range(200):
        play.refused(401).wait(0.3)
    assert play.complaints() == {"handshake.slows-after-refusal"}


def test_doubled_connects_are_no_growth() -> None:
    """A library's silent repeat at a fixed pace, whichever way the number of gaps falls."""
    for attempts in (35, 36):
        play = Play("L-02", tick=0.0005).exchange().closed()
        for _ in range(attempts):
            play.refused().refused().wait(2)
        assert play.exchange().complaints() == {"link.backs-off"}


def test_operators_product_is_not_spared_for_good() -> None:
    """Answers to links before the recording come first, not with every push."""
    stray, renamed = Play(launched=False).exchange(), Play(launched=False).exchange()
    for number in range(5):
        stray.wait(15).push().confirm().confirm(uuid(5000 + number))
        renamed.wait(15).push().confirm(uuid(5000 + number) if number % 2 else None)
    assert stray.musts() == {"correlation.one-answer"}
    assert renamed.musts() == {"correlation.echoes-message-id"}


def test_calm_after_rejection_says_nothing_of_lists() -> None:
    """Who has nothing to send shows a pace, not that lists wait."""
    play = Play("B-06", launched=False, provoked=False).connect().boot().accept("Rejected", "odd").wait(40)
    verdict = play.boot().accept().push().confirm().wait(60).judged()
    assert (verdict.outcome, verdict.cause) == (Outcome.INCONCLUSIVE, Cause.NEVER_EXERCISED)


def test_list_of_a_step_does_not_show_that_an_empty_one_came_again() -> None:
    """It would have come anyway."""
    play = Play("L-03").exchange().asks().loses_confirmation().wait(60).closed().exchange().pushed(2)
    play.step("create-request").asks(A).takes().pushed(2)
    assert not play.exercised("requests.unconfirmed-list-comes-again")


def test_one_slow_answer_buys_no_silence() -> None:
    """Deaf from the second push on, after a minute for the first."""
    play = Play().connect().boot().accept().push().wait(60).confirm()
    for _ in range(4):
        play.push().wait(15)
    assert play.musts() == {"information.is-answered"}


def test_old_link_left_open_behind_a_new_one() -> None:
    """Pushes are answered on the new link alone."""
    play = Play().exchange().connect().boot().accept().push().confirm()
    for _ in range(4):
        play.on(1).push().on(2).push().confirm().wait(15)
    assert not play.complaints()


def test_monitoring_over_tls_is_no_reconnect() -> None:
    """Beside an operator's product somebody looks at the certificate every ten seconds."""
    play = Play("L-01", launched=False).exchange().closed()
    for _ in range(40):
        play.tls().ended("product", sent=0).wait(10)
    assert play.musts() == {"link.reconnects"}
