"""Facts of a connection."""

from __future__ import annotations

from mockpilot.history import events as e
from mockpilot.report.connections import Connection, connections
from report.recorded_events import opened, recorded


def test_a_link_is_told_from_its_beginning_to_its_end() -> None:
    """TLS, request, login, answer, and who ended it how."""
    ended = e.LinkEnded(link=1, by="us", how="cleanly", detail="Close 1001")
    assert connections(recorded(*opened(), (9.0, ended))) == [
        Connection(
            1, "1.0", "127.0.0.1", "good", "TLSv1.3, AES, server name lab", "GET /vdv463/acme",
            [("Upgrade", "websocket")], "right, user acme", "101, subprotocol v1.463.vdv.de", "",
            "by us, cleanly: Close 1001",
        )
    ]  # fmt: skip


def test_a_link_that_came_nowhere_says_so() -> None:
    """Clear text, a bad certificate, a broken frame, no end."""
    one, two = connections(recorded(
        e.TcpAccepted(link=1, peer="a"), e.FirstBytes(link=1, looks_like="clear-text upgrade"),
        e.ProtocolBroken(link=1, what="unmasked frame", code=1002),
        e.TcpAccepted(link=2, peer="b", certificate="wrong host"),
        e.TlsFailed(link=2, ended_by="product", reason="alert", hello_seen=True, certificate="wrong host"),
        e.UpgradeAnswered(link=3, status=401),
    ))  # fmt: skip
    assert (one.tls, one.broken) == ("none: the first bytes look like clear-text upgrade", "unmasked frame")
    assert (two.certificate, two.tls) == ("wrong host", "not completed, ended by the product: alert")
    assert two.ended == "still open when the recording ended"
