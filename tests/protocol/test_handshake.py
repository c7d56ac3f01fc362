"""Upgrade requests to decisions, and what is left of secrets on the way."""

from __future__ import annotations

import base64
import hmac
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.protocol import handshake
from mockpilot.protocol.handshake import (
    Account,
    Decision,
    Headers,
    UpgradeRequest,
    decide,
    is_telling,
    looks_like_websocket,
    mask_headers,
    mask_secret,
    password_stands_in,
    path_for,
    path_of,
    weigh_credentials,
)

PASSWORD = "correct horse: battery"
ACCOUNT = Account("Presystem1", "depot", PASSWORD)
ODD = Account("urn:depot/ü", "büro", "pässwörter")
ACCOUNTS = {"/vdv463/Presystem1": ACCOUNT, "/vdv463/urn:depot/ü": ODD}
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
V1 = "v1.463.vdv.de"
PASSWORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=24)


def basic(user: str = "depot", password: str = PASSWORD, scheme: str = "Basic") -> str:
    """Credentials as RFC 7617 wants them."""
    return f"{scheme} {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def request(target: str = "/vdv463/Presystem1", *, without: str = "", method: str = "GET", version: str = "1.1",
            more: Headers = (), **replaced: str) -> UpgradeRequest:  # fmt: skip
    """A good upgrade request, with headers left out, replaced or added."""
    headers = {
        "Host": "cms", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": KEY, "Authorization": basic(),
    }  # fmt: skip
    headers |= {name.replace("_", "-"): value for name, value in replaced.items()}
    headers.pop(without, None)
    return UpgradeRequest(method, target, [*headers.items(), *more], version)


def decided(asked: UpgradeRequest, subprotocols: tuple[str, ...] = (V1,)) -> Decision:
    """The decision on a request."""
    return decide(asked, ACCOUNTS, subprotocols)


def test_decide_opens_the_link_to_who_may_come_in() -> None:
    """Path and credentials are right: 101, with the account."""
    decision = decided(request())
    assert (decision.status, decision.account, decision.credentials, decision.user) == (101, ACCOUNT, "right", "depot")
    assert decision.problems == ()


@pytest.mark.parametrize("target", [
    "/vdv463/Presystem1", "/vdv463/Presystem1?x=1", "/vdv463/Presystem1?next=http://a/b", "/vdv463/Pre%73ystem1",
    "wss://cms/vdv463/Presystem1", "https://cms:443/vdv463/Presystem1?x", "ws://[::1]/vdv463/Presystem1",
    "http://[broken/vdv463/Presystem1",
])  # fmt: skip
def test_decide_takes_every_form_of_the_target(target: str) -> None:
    """Queries, percent-encoding and the absolute form name the same path; a bad authority is nobody's affair."""
    assert decided(request(target)).status == 101


@pytest.mark.parametrize("target", ["/vdv463/urn%3Adepot%2F%C3%BC", "/vdv463/urn:depot/%c3%bc"])
def test_decide_decodes_presystem_ids(target: str) -> None:
    """An id that needs percent-encoding is found, and its UTF-8 credentials are right."""
    decision = decided(request(target, Authorization=basic("büro", "pässwörter")))
    assert (decision.status, decision.account, decision.user) == (101, ODD, "büro")


@pytest.mark.parametrize("presystem_id", ["Presystem1", "urn:depot:1", "a/b c", "ü%20", "?#"])
def test_path_for_leads_back_to_the_account(presystem_id: str) -> None:
    """The target that a presystem is handed is the path of its account."""
    account = Account(presystem_id, "depot", PASSWORD)
    target = path_for("/vdv463/{presystem_id}", presystem_id)
    assert decide(request(target), {f"/vdv463/{presystem_id}": account}, ()).account == account


@pytest.mark.parametrize("target", [
    "/", "", "*", "/vdv463", "/vdv463/", "/vdv463/presystem1", "/vdv463/Presystem1/", "/vdv463/Presystem2", "wss://cms",
    "wss://cms/", "/vdv463/%FF", "//vdv463/Presystem1", "/x?/vdv463/Presystem1",
])  # fmt: skip
@pytest.mark.parametrize("credentials", [basic(), basic("x"), "Bearer x", "Basic !"])
def test_decide_looks_at_the_path_before_the_credentials(target: str, credentials: str) -> None:
    """An unknown path is 404, whatever the credentials are."""
    assert decided(request(target, Authorization=credentials)).status == 404


@pytest.mark.parametrize(("authorization", "verdict", "user"), [
    (None, "none", None),
    (basic(password="wrong"), "wrong password", "depot"),
    (basic(user="Depot"), "wrong user", "Depot"),
    (basic(user="x", password="y"), "wrong user", "x"),
    (basic(password=""), "wrong password", "depot"),
    (basic(user=""), "wrong user", ""),
    ("Bearer abc", "other scheme", None), ("Digest username=depot", "other scheme", None), ("", "other scheme", None),
    ("Basic", "malformed", None), ("Basic !!!", "malformed", None), ("Basic YQ", "malformed", None),
    ("Basic " + base64.b64encode(b"no colon").decode(), "malformed", None),
    ("Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "malformed", None),
    ("Basic ä", "malformed", None), (basic() + " x", "malformed", None),
])  # fmt: skip
def test_decide_refuses_wrong_credentials(authorization: str | None, verdict: str, user: str | None) -> None:
    """401 with the challenge that RFC 7617 asks for; the verdict says what was wrong."""
    asked = request(without="Authorization") if authorization is None else request(Authorization=authorization)
    decision = decided(asked)
    assert (decision.status, decision.credentials, decision.user) == (401, verdict, user)
    assert decision.headers == (("WWW-Authenticate", 'Basic realm="mockpilot"'),)


@pytest.mark.parametrize("authorization", [basic(scheme="basic"), basic(scheme="BASIC"), "  " + basic() + "  ",
                                           basic().replace(" ", "   ")])  # fmt: skip
def test_decide_is_generous_about_spelling_of_the_scheme(authorization: str) -> None:
    """The scheme's name has no case, blanks no meaning."""
    assert decided(request(Authorization=authorization)).status == 101


def test_credentials_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """User and password both go through the comparison of the standard library, also when the user is wrong."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert weigh_credentials([basic("x", "y")], ACCOUNT) == ("wrong user", "x")
    assert compared == [(b"x", b"depot"), (b"y", PASSWORD.encode())]


@given(st.text(st.characters(codec="latin-1"), max_size=60))
def test_credentials_are_weighed_whatever_they_are(text: str) -> None:
    """No value of the header raises."""
    weigh_credentials([text], ACCOUNT)
    weigh_credentials(["Basic " + text], ACCOUNT)


@pytest.mark.parametrize(("offered", "known", "selected"), [
    ([V1], (V1,), V1), ([f"v2.463.vdv.de, {V1}"], (V1,), V1), (["v2.463.vdv.de", V1], (V1,), V1),
    ([f" {V1} ,x"], (V1,), V1), (["x"], (V1,), None), ([], (V1,), None), ([V1.upper()], (V1,), None),
    ([""], (V1,), None),
    (["b", "a"], ("a", "b"), "a"), (["b"], ("a", "b"), "b"), ([V1], (), None),
])  # fmt: skip
def test_decide_selects_the_preferred_subprotocol(
    offered: list[str], known: tuple[str, ...], selected: str | None
) -> None:
    """Ours goes before theirs, over several headers and values; none in common is none."""
    more = [("Sec-WebSocket-Protocol", value) for value in offered]
    decision = decided(request(more=more), known)
    assert (decision.status, decision.subprotocol) == (101, selected)


@pytest.mark.parametrize(("asked", "named"), [
    (request(method="POST"), "method"), (request(version="1.0"), "HTTP/1.1"),
    (request(without="Host"), "Host"), (request(more=[("host", "b")]), "Host"),
    (request(without="Upgrade"), "Upgrade"), (request(Upgrade="h2c"), "Upgrade"),
    (request(without="Connection"), "Connection"), (request(Connection="close"), "Connection"),
    (request(without="Sec-WebSocket-Version"), "Version"), (request(Sec_WebSocket_Version="8"), "Version"),
    (request(more=[("Sec-WebSocket-Version", "13")]), "Version"),
    (request(without="Sec-WebSocket-Key"), "Key"), (request(Sec_WebSocket_Key="x"), "Key"),
    (request(Sec_WebSocket_Key=base64.b64encode(b"short").decode()), "Key"), (request(Sec_WebSocket_Key="ä"), "Key"),
    (request(more=[("Sec-WebSocket-Key", KEY)]), "Key"),
    (request(Host="dépôt"), "ASCII"), (request(Connection="Upgrade, \xff"), "ASCII"),
    (request(more=[("Sec-WebSocket-Protocol", "\xff")]), "ASCII"),
])  # fmt: skip
def test_decide_refuses_what_is_no_upgrade(asked: UpgradeRequest, named: str) -> None:
    """400 that names what RFC 6455 would have had otherwise, whatever path and credentials are."""
    decision = decided(asked)
    assert decision.status == 400
    assert len(decision.problems) == 1
    assert named in decision.problems[0]
    assert decision.body == decision.problems[0]


def test_decide_says_which_version_would_do() -> None:
    """A wrong version is answered with the right one; other problems are not."""
    assert decided(request(Sec_WebSocket_Version="8")).headers == (("Sec-WebSocket-Version", "13"),)
    assert decided(request(version="1.0")).headers == ()


@pytest.mark.parametrize("asked", [request(Upgrade="WebSocket"), request(Connection="keep-alive, upgrade"),
                                   request(Upgrade="h2c, websocket")])  # fmt: skip
def test_decide_reads_tokens_without_case(asked: UpgradeRequest) -> None:
    """Tokens may stand in lists and be spelt either way."""
    assert decided(asked).status == 101


HEADERS = st.lists(st.tuples(st.text(max_size=12), st.text(st.characters(codec="latin-1"), max_size=30)), max_size=8)


@given(st.text(max_size=12), st.text(max_size=40), HEADERS)
def test_decide_never_raises(method: str, target: str, headers: list[tuple[str, str]]) -> None:
    """Whatever a head says, there is a decision."""
    assert decided(UpgradeRequest(method, target, headers)).status in (400, 404, 401)
    assert decided(request(target, more=headers)).status in (101, 400, 404, 401)


@pytest.mark.parametrize(("asked", "speaks"), [
    (request(), True), (UpgradeRequest("GET", "/", [("upgrade", "h2c")]), True),
    (UpgradeRequest("GET", "/", [("SEC-WEBSOCKET-KEY", "x")]), True),
    (UpgradeRequest("GET", "/", [("Host", "x")]), False),
])  # fmt: skip
def test_looks_like_websocket_tells_strangers(asked: UpgradeRequest, speaks: bool) -> None:
    """Anything that speaks of WebSocket is meant for us."""
    assert looks_like_websocket(asked) is speaks


@pytest.mark.parametrize(("name", "value", "left"), [
    ("Authorization", basic(), "Basic ***"), ("AUTHORIZATION", basic(scheme="bAsIc"), "bAsIc ***"),
    ("authorization", "Bearer abc.def", "Bearer ***"), ("Authorization", "s3cret", "***"),
    ("Authorization", "s3cret with blank", "***"), ("Authorization", "", "***"),
    ("Authorization", "Basic", "Basic ***"),
    ("Proxy-Authorization", basic(), "Basic ***"), ("Cookie", "session=abc; other=def", "***"),
    ("X-Other", "plain", "plain"),
])  # fmt: skip
def test_mask_headers_leaves_the_scheme_alone(name: str, value: str, left: str) -> None:
    """Of credentials nothing but the name of a known scheme is kept, of other headers everything."""
    assert mask_headers([(name, value)]) == ((name, left),)


@given(st.text(max_size=40), st.sampled_from(["Authorization", "authorization", "Cookie", "Proxy-Authorization"]))
def test_mask_headers_never_lets_a_value_survive(value: str, name: str) -> None:
    """Whatever was sent, one of a few fixed texts is left."""
    left = mask_headers([(name, value)])[0][1]
    assert left == "***" or left.lower() in [f"{scheme} ***" for scheme in handshake._SCHEMES]


@pytest.mark.parametrize("form", [
    PASSWORD, quote(PASSWORD), quote(PASSWORD, safe=""), quote_plus(PASSWORD), quote(PASSWORD).lower(),
    "".join(f"%{byte:02x}" for byte in PASSWORD.encode()), "correct%20horse:+battery",
    *(base64.b64encode(f"{user}:{PASSWORD}".encode()).decode() for user in ("", "a", "ab", "abc", "depot")),
    base64.urlsafe_b64encode(b"a:" + PASSWORD.encode()).decode().rstrip("="),
])  # fmt: skip
def test_mask_secret_finds_every_form(form: str) -> None:
    """Raw, percent-encoded in any spelling, and in Base64 at any place."""
    masked = mask_secret(f"/vdv463?password={form}&x=1", PASSWORD)
    assert masked != f"/vdv463?password={form}&x=1"
    assert form not in masked
    assert masked.startswith("/vdv463?password=")
    assert masked.endswith("&x=1")


@given(PASSWORDS, st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.integers(0, 5))
def test_mask_secret_hides_any_password_in_any_form(password: str, around: str, form: int) -> None:
    """Of random passwords too nothing is left; a second look finds nothing more."""
    data = password.encode()
    text = [
        password, data.decode("latin-1"), quote(password, safe=""), quote_plus(password),
        base64.b64encode(around.encode() + b":" + data).decode(), base64.urlsafe_b64encode(data).decode(),
    ][form]  # fmt: skip
    masked = mask_secret(f"<{text}>", password)
    assert "***" in masked
    assert text not in masked
    assert mask_secret(masked, password) == masked


def test_mask_secret_leaves_short_ones_alone() -> None:
    """Seven characters would be found in any word."""
    assert mask_secret("a sentence with sentence", "sentenc") == "a sentence with sentence"


@pytest.mark.parametrize(("asked", "place"), [
    (request(), ""), (request(f"/vdv463/Presystem1?p={quote(PASSWORD)}"), "target"),
    (request(more=[("X-Auth", PASSWORD)]), "X-Auth"), (request(more=[("Cookie", basic())]), "Cookie"),
    (request(Sec_WebSocket_Version=PASSWORD), "Sec-WebSocket-Version"),
])  # fmt: skip
def test_password_stands_in_names_the_place(asked: UpgradeRequest, place: str) -> None:
    """The header that is made for it doesn't count."""
    assert password_stands_in(asked, PASSWORD) == place


def test_account_keeps_its_password_out_of_its_representation() -> None:
    """Tracebacks and logs may show an account."""
    assert PASSWORD not in repr(ACCOUNT)


@pytest.mark.parametrize(
    ("target", "path"),
    [("/a%20b?x=1", "/a b"), ("wss://host:1/a%2Fb", "/a/b"), ("http://[x", "/"), ("http://[x/y", "/y"), ("", "")],
)
def test_path_of_any_target_is_found(target: str, path: str) -> None:
    """Absolute form, query and nonsense: checkers and CMS read the same, and nothing raises."""
    assert path_of(target) == path


def test_password_is_telling_if_it_is_long_and_no_name() -> None:
    """A short one, or one that is also a name, stands in messages anyway."""
    assert is_telling("sixteen characters and more", "depot", "depot-7")
    assert not is_telling("Betriebshof7", "depot", "depot-7")
    assert not is_telling("Presystem-of-Depot-7", "depot", "urn:Presystem-of-Depot-7")
