"""How the links of a recording ended, in the one phrase that results show."""

from __future__ import annotations

from mockpilot.history.events import LinkEnded, TcpAccepted, UpgradeAnswered
from mockpilot.history.recorder import History

_PHRASES = {
    ("us", "cleanly"): "by us, cleanly",
    ("us", "broken on purpose"): "by us, broken on purpose",
    ("us", "broken off"): "by us, broken on purpose",
    ("product", "cleanly"): "by the product, cleanly",
    ("product", "broken off"): "by the product, broken off",
    ("product", "broken on purpose"): "by the product, broken off",
}


def how_links_ended(history: History) -> str:
    """Say how the last open link ended, clearing up included.

    What nobody can say who ended counts as broken off by the product: we know what we did ourselves.
    """
    begun = {event.link for event in history.of(TcpAccepted)}
    opened = [event for event in history.of(UpgradeAnswered) if event.status == 101 and event.link in begun]
    if not opened:
        return "never opened"
    ends = {event.link: event for event in history.of(LinkEnded)}
    last = ends.get(opened[-1].link)
    if last is None:
        return "still open"
    return _PHRASES.get((last.by, last.how), "by the product, broken off")
