"""Whether something is under way between CMS and product."""

from __future__ import annotations

import json

from mockpilot.history import events as ev
from mockpilot.testing.quiet import Quiet


def message(kind: int, message_id: str, action: str = "ProvideChargingInformation") -> str:
    """A message as it travels."""
    return json.dumps([kind, "CMS", "Presystem1", "2031-03-04T17:20:00Z", message_id, action, {}])


def noted(*events: ev.Event) -> Quiet:
    """What was seen of these events."""
    quiet = Quiet()
    for event in events:
        quiet.note(event)
    return quiet


ONE = "00000000-0000-4000-8000-000000000001"
PUSH = ev.MessageSent(link=1, text=message(1, ONE))


def test_open_push_awaits_the_product() -> None:
    """Until it is answered on that link."""
    answered = ev.MessageReceived(link=1, text=message(2, ONE))
    assert noted(PUSH).awaits_product
    assert not noted(PUSH, answered).awaits_product
    assert noted(PUSH, ev.MessageReceived(link=2, text=message(2, ONE))).awaits_product


def test_ended_link_awaits_nothing() -> None:
    """Whoever has gone answers no more."""
    assert not noted(PUSH, ev.LinkEnded(link=1, by="product", how="broken off")).awaits_product


def test_connection_on_its_way_awaits_the_product() -> None:
    """Until its upgrade is answered, whatever the answer is."""
    arrival = ev.TcpAccepted(link=3, peer="127.0.0.1")
    assert noted(arrival).awaits_product
    assert not noted(arrival, ev.UpgradeAnswered(link=3, status=401)).awaits_product


def test_answer_of_ours_awaits_nothing() -> None:
    """Only requests do; every event is counted."""
    quiet = noted(ev.MessageSent(link=1, text=message(2, ONE)), ev.MessageReceived(link=1, text="no envelope"))
    assert not quiet.awaits_product
    assert quiet.events == 2
