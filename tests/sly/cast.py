"""Who is tried: sly presystems, each with the rule that it breaks and a scenario that must show it."""

from __future__ import annotations

import uuid

from mockpilot.presystem.offences.making import is_boot, is_list
from sly.connecting import astray_later, bare_after_first, every_six_seconds, in_clear_text_after, trusting_after
from sly.links import (
    BootsAtOnce,
    BootsHastily,
    BootsTwice,
    LeavesHastily,
    WatchesFirstLink,
    WatchesWhenNothingIsOpen,
    hammering,
    hurrying_back,
    one_more_try,
    pong_without_payload,
    pongs,
    returning,
)
from sly.lists import (
    CancelsNothing,
    CancelsQuietly,
    ChangesAreLost,
    DropsWhatCharges,
    FixedValue,
    ForgetsMeanwhile,
    GoesBack,
    KeepsPoints,
    LetsGoOfPoints,
    NamesNoPoint,
    ResendsOnce,
    Revives,
    RevivesOnLinks,
    SendsChangesAtOnce,
    TakesAnswersInOrder,
    TellsAgain,
    TellsNothingButTheFirst,
    beginning_with_nothing,
    opening_lists,
)
from sly.making import Sly, behaving, is_answer
from sly.messages import (
    hours_off,
    ids_count_from_one,
    one_answer_in,
    previous_id_in,
    renamed_on_return,
    silent_on_return,
    stamps_stand_still,
)

VERIFIES, RECONNECTS, RETURNS = "handshake.verifies-certificate", "link.reconnects", "link.returns-after-outage"
COMES_AGAIN, CHANGE_COMES = "requests.unconfirmed-list-comes-again", "requests.change-comes-after-outage"
SLOWLY, VANISHED, CANCELLED = (
    "boot.rejected-retries-slowly", "information.vanished-points", "requests.cancelled-leaves",
)  # fmt: skip
CLOCK, PINGS = "envelope.clock", "link.answers-pings"

TAKEN_BACK = (
    "certificate_expired", "certificate_not_yet_valid", "certificate_self_signed", "certificate_unknown_ca",
    "certificate_wrong_host", "certificate_missing_intermediate", "tls_old", "subprotocol_alien", "redirect_elsewhere",
    "outage_503",
)  # fmt: skip
"""Scenarios that refuse attempts for a while."""

CONVICTED = (
    # connecting
    Sly("trusts any certificate once one was refused, from an unknown authority", VERIFIES, "certificate_unknown_ca",
        dialler=trusting_after(1)),
    Sly("trusts any certificate once two were refused", VERIFIES, "certificate_unknown_ca", dialler=trusting_after(2)),
    Sly("trusts any certificate once three were refused", VERIFIES, "certificate_unknown_ca",
        dialler=trusting_after(3)),
    Sly("tries again every six seconds, and trusts any certificate once five were refused", VERIFIES,
        "certificate_unknown_ca", every_six_seconds, dialler=trusting_after(5)),
    Sly("tries again every six seconds, and trusts any certificate once nine were refused", VERIFIES,
        "certificate_unknown_ca", every_six_seconds, dialler=trusting_after(9)),
    Sly("trusts any host once one was refused", VERIFIES, "certificate_wrong_host", dialler=trusting_after(1)),
    Sly("trusts a certificate that signed itself at the second attempt", VERIFIES, "certificate_self_signed",
        dialler=trusting_after(1)),
    Sly("speaks clear text after one failed handshake", "handshake.uses-tls", "certificate_expired",
        dialler=in_clear_text_after(1)),
    Sly("speaks clear text after three failed handshakes", "handshake.uses-tls", "certificate_unknown_ca",
        dialler=in_clear_text_after(3)),
    Sly("logs in on its first connection alone", "handshake.sends-credentials", "link_reset",
        dialler=bare_after_first),
    Sly("hammers after 401 alone", "handshake.slows-after-refusal", "login_refused_then_accepted",
        hammering(range(401, 402))),
    Sly("hammers after 403 alone", "handshake.slows-after-refusal", "login_refused", hammering(range(403, 404))),
    Sly("hammers after 503 alone", "link.backs-off", "outage_503", hammering(range(500, 600))),
    Sly("hammers after a redirect", "link.backs-off", "redirect_elsewhere", hammering(range(300, 400))),
    *(Sly(f"tries to come back once: {name}", RETURNS, name, one_more_try) for name in TAKEN_BACK),
    # booting
    Sly("boots once more when nobody answers, then waits for ever", "boot.tries-again", "boot_unanswered",
        booting=BootsTwice),
    Sly("boots again at once whenever it is rejected", SLOWLY, "boot_rejected", booting=BootsAtOnce),
    Sly("boots again at once whenever it meets an error", SLOWLY, "boot_refused", booting=BootsAtOnce),
    Sly("boots again almost a second after each rejection", SLOWLY, "boot_rejected", booting=BootsHastily),
    Sly("boots again almost a second after each error", SLOWLY, "boot_refused", booting=BootsHastily),
    Sly("boots again almost every second when nobody answers", "boot.tries-again", "boot_unanswered",
        booting=BootsHastily),
    Sly("opens link after link when it is rejected", SLOWLY, "boot_rejected", hurrying_back, booting=LeavesHastily),
    Sly("opens link after link when nobody answers", "boot.tries-again", "boot_unanswered", hurrying_back,
        booting=LeavesHastily),
    # links
    Sly("comes back twice", RECONNECTS, "link_reset", returning(2)),
    Sly("comes back three times", RECONNECTS, "link_reset", returning(3)),
    Sly("watches for silence on its first link alone", "link.notices-silence", "link_goes_silent",
        pushes=WatchesFirstLink),
    Sly("watches for silence only while no list is open", "link.notices-silence", "link_goes_silent_while_asking",
        pushes=WatchesWhenNothingIsOpen),
    Sly("answers its first ping alone", PINGS, "ping_often", pongs(lambda _, pong: pong == 1)),
    Sly("answers three pings", PINGS, "ping_often", pongs(lambda _, pong: pong <= 3)),
    Sly("answers no ping on its second link", PINGS, "ping_often", pongs(lambda link, _: link == 1)),
    # messages
    Sly("stamps its boots in local time", CLOCK, "link_reset", hours_off(is_boot)),
    Sly("stamps its lists in local time", CLOCK, "request_changed", hours_off(is_list)),
    Sly("stamps its answers in local time", CLOCK, "information_confirmed", hours_off(is_answer)),
    Sly("stamps its requests in local time", CLOCK, "link_reset", hours_off(lambda message: not is_answer(message))),
    Sly("looks at its clock once", CLOCK, "requests_steady", stamps_stand_still),
    Sly("counts message ids from one on every link", "envelope.message-id-is-new", "link_reset", ids_count_from_one),
    Sly("has another presystem id when it returns", "envelope.presystem-id", "link_reset", renamed_on_return),
    # pushes
    Sly("leaves one push in ten unanswered", "information.is-answered", "information_burst", one_answer_in(10)),
    Sly("passes over the first push of later links", "information.is-answered", "second_link", silent_on_return),
    Sly("answers one push in ten twice", "correlation.one-answer", "information_burst", one_answer_in(10, {}, {})),
    Sly("answers one push in ten with the id of the one before", "correlation.one-answer", "information_burst",
        previous_id_in(10)),
    Sly("answers one push in ten under no id", "correlation.echoes-message-id", "information_burst",
        one_answer_in(10, {"message_id": str(uuid.UUID(int=0))})),
    Sly("confirms one push in ten with a status", "information.confirmation-is-empty", "information_burst",
        one_answer_in(10, {"payload": {"status": "Accepted"}})),
    Sly("changes a request and leaves it at the point that vanished, beside some without any", VANISHED,
        "point_vanishes", book=KeepsPoints),
    Sly("changes a request and leaves it at the point's old id, beside some without any", VANISHED, "point_renamed",
        book=KeepsPoints),
    # requests
    Sly("takes a list for delivered once it was sent twice", COMES_AGAIN, "confirmation_missing_for_long",
        lists=ResendsOnce),
    Sly("takes the confirmation of an older list for the newest one's", COMES_AGAIN, "confirmation_late_after_change",
        lists=TakesAnswersInOrder),
    Sly("takes the confirmation of an older list for the newest one's, and begins with an empty list", COMES_AGAIN,
        "confirmation_late_after_change", beginning_with_nothing, lists=TakesAnswersInOrder),
    Sly("leaves the newest request out of the first list of later links, after an outage", CHANGE_COMES,
        "outage_with_changes", opening_lists(lambda draft: draft.entries[:-1])),
    Sly("leaves the newest request out of the first list of later links, after an unread list", CHANGE_COMES,
        "link_reset_before_read", opening_lists(lambda draft: draft.entries[:-1])),
    Sly("loses what is changed while no link is up", CHANGE_COMES, "outage_with_changed_values", book=ChangesAreLost),
    Sly("loses what is changed while no link is up, and sends its list on every link", CHANGE_COMES,
        "outage_with_changed_values", lists=TellsAgain, book=ChangesAreLost),
    Sly("begins later links with an empty list", "requests.told-again-after-amnesia", "cms_forgets",
        opening_lists(lambda _: ())),
    Sly("lists what was cancelled again with the list after next", CANCELLED, "request_cancelled",
        book=Revives),
    Sly("lists what was cancelled again on the next link", CANCELLED, "request_cancelled",
        lists=TellsAgain, book=RevivesOnLinks),
    Sly("cancels nothing while no link is up", CANCELLED, "outage_with_cancelling",
        lambda: behaving(plans_offline=False)),
    Sly("begins later links with the newest request alone, after an outage", "requests.complete-list",
        "outage_with_changes", opening_lists(lambda draft: draft.entries[-1:])),
    Sly("goes back to the list before the last one on every later link", "requests.complete-list",
        "request_cancelled", lists=TellsAgain, book=GoesBack),
    Sly("cancels nothing while no link is up, and sends its list on every link", CANCELLED, "outage_with_cancelling",
        lists=TellsAgain, book=CancelsNothing),
    Sly("cancels nothing, and says so on the next link alone", CANCELLED, "request_cancelled", lists=TellsAgain,
        book=CancelsNothing),
)  # fmt: skip

REMARKED = (
    Sly("asks for another path once its link is lost", "handshake.uses-the-path", "link_reset", astray_later),
    Sly("asks for another path once its link is closed", "handshake.uses-the-path", "link_closed_for_now",
        astray_later),
)
"""Whoever may be right by the letter of a rule, and yet never comes back: told, and undecided."""

FORGETFUL_FROM_NOTHING = Sly(
    "holds what was created while a list was open for told with it, and begins with an empty list", COMES_AGAIN,
    "confirmation_late_after_change", beginning_with_nothing, lists=ForgetsMeanwhile,
)

NOT_CLEARED = (
    Sly("names no point where one vanishes", VANISHED, "point_vanishes", book=NamesNoPoint),
    Sly("names no point where one is renamed", VANISHED, "point_renamed", book=NamesNoPoint),
    Sly("never lists more than three requests", "requests.complete-list", "request_changed",
        lambda: behaving(entries=lambda draft: draft.entries[:3])),
    Sly("never lists more than two requests", "requests.complete-list", "request_changed",
        lambda: behaving(entries=lambda draft: draft.entries[:2])),
    Sly("holds what was created while a list was open for told with it", COMES_AGAIN, "confirmation_late_after_change",
        lists=ForgetsMeanwhile),
    Sly("goes back to the values before the last change on every later link", CHANGE_COMES,
        "outage_with_changed_values", lists=TellsAgain, book=GoesBack),
    FORGETFUL_FROM_NOTHING,
    Sly("says nothing after the empty list that opens its link", "requests.empty-list-is-there",
        "all_requests_cancelled", beginning_with_nothing, lists=TellsNothingButTheFirst),
    Sly("sets one value with every change", CHANGE_COMES, "outage_with_changed_values", lists=TellsAgain,
        book=FixedValue),
    Sly("begins later links with the newest request alone", "requests.told-again-after-amnesia", "cms_forgets",
        opening_lists(lambda draft: draft.entries[-1:])),
    Sly("drops a request that changes while its vehicle is charging", "requests.change-while-charging",
        "request_changed_while_charging", book=DropsWhatCharges),
    Sly("sends pongs without what the ping said", PINGS, "ping_often", lambda: behaving(wire=pong_without_payload)),
)  # fmt: skip
"""What they do may be right, or cannot be told from what is; but the row must not be said to be kept."""

RIGHT = (
    Sly("sends what has changed although a list is open", COMES_AGAIN, "confirmation_late_after_change",
        lists=SendsChangesAtOnce),
    Sly("names points when told to, and lets go of one that vanished", VANISHED, "point_vanishes",
        book=LetsGoOfPoints),
    Sly("names points when told to, and lets go of one that was renamed", VANISHED, "point_renamed",
        book=LetsGoOfPoints),
    Sly("takes back what was cancelled on the next link alone", CANCELLED, "request_cancelled", lists=TellsAgain,
        book=CancelsQuietly),
)  # fmt: skip
"""They keep the rule in a way that is near to breaking it."""
