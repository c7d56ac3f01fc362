"""What ``mockpilot check`` says of a connection until it is a link."""

from __future__ import annotations

import pytest

from mockpilot.cli.getting_in import Line, getting_in
from mockpilot.history.arrivals import login_words, tls_words
from mockpilot.history.events import Event, TlsFailed, UpgradeRequested
from mockpilot.profile import Profile


def told(event: Event) -> list[Line]:
    """The lines for an event a second after TCP."""
    return list(getting_in(event, Profile(), 1.0))


@pytest.mark.parametrize(("credentials", "mark", "said"), [
    ("none", "!", "no credentials came with it; some products send them after the 401 that follows"),
    ("wrong user", "✗", "the user was 'me', expected is 'Presystem1'"),
    ("wrong password", "✗", "the password was wrong; what to log in as stands above"),
    ("other scheme", "✗", "the credentials were of another scheme, expected is HTTP Basic"),
    ("malformed", "✗", "the credentials were malformed, expected is HTTP Basic"),
    ("right", "✓", "Basic, user me, password right"),
])  # fmt: skip
def test_login_is_told_in_the_words_of_a_run(credentials: str, mark: str, said: str) -> None:
    """As ``certify`` words it while it waits, and with what to do."""
    asked = UpgradeRequested(link=1, method="GET", target="/", headers=(), credentials=credentials, user="me")  # type: ignore[arg-type]
    assert [line for line in told(asked) if line[1] == "login"] == [(mark, "login", said)]
    assert login_words(asked, "Presystem1") in ("", said.partition(";")[0])


@pytest.mark.parametrize(("failed", "said"), [
    (TlsFailed(link=1, reason="tlsv1 alert unknown ca", ended_by="product", hello_seen=True),
     "it does not trust the CA (tlsv1 alert unknown ca)"),
    (TlsFailed(link=1, reason="no shared cipher", ended_by="us", hello_seen=True), "no shared cipher"),
])  # fmt: skip
def test_failed_handshake_is_told_in_the_words_of_a_run(failed: TlsFailed, said: str) -> None:
    """With where to look."""
    spoken = f"the handshake failed: {said}; the CA and the address to connect to stand above"
    assert told(failed) == [("✗", "TLS", spoken)]
    assert tls_words(failed) == said


def test_wrong_path_is_told_in_the_words_of_a_run() -> None:
    """And the right one; a user who is expected there alone is not called a wrong one."""
    asked = UpgradeRequested(link=1, method="GET", target="/x", headers=(), credentials="wrong user", user="Presystem1")
    assert told(asked)[:2] == [
        ("!", "upgrade", "the path was /x, expected is /vdv463/Presystem1"),
        ("·", "login", "Basic, user Presystem1; the password is only compared on the right path"),
    ]
