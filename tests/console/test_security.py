"""Who may ask the console for what, over real loopback sockets: everything that a page elsewhere could try."""

from __future__ import annotations

import contextlib
import json
import ssl
from pathlib import Path

import pytest
import trio

from console.lab import Lab, lab
from mockpilot.cms import tls
from mockpilot.console.admission import SCRIPTS
from mockpilot.console.opening import Place, check
from mockpilot.console.routes.application import ROUTES
from mockpilot.console.whereabouts import Whereabouts, announced, running
from mockpilot.errors import UsageError

MARKUP = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


async def ask(bench: Lab, head: str) -> tuple[int, str]:
    """One request as it is written, and what came of it."""
    stream = await trio.open_tcp_stream("127.0.0.1", bench.port)
    async with stream:
        await stream.send_all(head.replace("\n", "\r\n").encode() + b"\r\n")
        answer = b""
        while b"\r\n\r\n" not in answer:
            more = await stream.receive_some()
            assert more, "the console hung up without a word"
            answer += bytes(more)
        return int(answer.split()[1]), answer.decode(errors="replace")


def head_of(bench: Lab, path: str = "/links", *, host: str | None = None, method: str = "GET", more: str = "") -> str:
    """A head with the full key."""
    at = f"127.0.0.1:{bench.port}" if host is None else host
    return f"{method} {path} HTTP/1.1\nHost: {at}\nAuthorization: Bearer {bench.opened.keys.full}\n{more}"


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic wrong", "Bearer ", "Bearer \u00ff"])
async def test_nothing_is_told_without_the_key(authorization: str | None, tmp_path: Path) -> None:
    """On any route, the description among them."""
    named = f"Authorization: {authorization}\n" if authorization is not None else ""
    async with lab(tmp_path) as bench:
        for path in ("/health", "/links", "/feed", "/messages/0", "/api/openapi.json", "/nowhere"):
            status, answer = await ask(bench, f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{bench.port}\n{named}")
            assert (status, "application/problem+json" in answer, "listener_up" in answer) == (401, True, False)


async def test_key_for_looking_does_nothing(tmp_path: Path) -> None:
    """It sees all; whatever would act is refused, and leaves nothing behind."""
    async with lab(tmp_path) as bench:
        headers = {"Authorization": f"Bearer {bench.opened.keys.read}"}
        assert (await bench.http.get("/health", headers=headers)).json()["role"] == "read"
        before, refused = len(bench.cms.history), 0
        for route in ROUTES:
            for method in route.http_methods - {"GET"}:
                path = next(iter(route.paths)).replace("{number:int}", "1").replace("{name:str}", "x")
                answer = await bench.http.request(method, path, headers=headers, json={})
                assert (answer.status_code, "may only look" in answer.text) == (403, True)
                refused += 1
        assert (len(bench.cms.history), refused > 12) == (before, True)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1",
                                  "127.0.0.1.evil.example:{port}", "[::2]:{port}"])  # fmt: skip
async def test_host_that_is_not_ours_is_refused(host: str, tmp_path: Path) -> None:
    """A name that somebody has pointed at loopback gets nothing, not even the page."""
    async with lab(tmp_path) as bench:
        for path in ("/", "/links"):
            status, answer = await ask(bench, head_of(bench, path, host=host.format(port=bench.port)))
            assert status == 421, answer


async def test_missing_host_is_refused(tmp_path: Path) -> None:
    """HTTP/1.0 brings none."""
    async with lab(tmp_path) as bench:
        status, _ = await ask(bench, f"GET /links HTTP/1.0\nAuthorization: Bearer {bench.opened.keys.full}\n")
        assert status == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1"])
async def test_foreign_page_is_refused(origin: str, tmp_path: Path) -> None:
    """Even with the key; and it is never told that it might ask."""
    async with lab(tmp_path) as bench:
        named = f"Origin: {origin.format(port=bench.port)}\n"
        status, answer = await ask(bench, head_of(bench, more=named))
        assert (status, "access-control" in answer.lower()) == (403, False)
        assert (await ask(bench, head_of(bench, method="OPTIONS", more=named)))[0] == 403
        assert (await ask(bench, head_of(bench, more=f"Origin: http://127.0.0.1:{bench.port}\n")))[0] == 200


@pytest.mark.parametrize("in_chunks", [False, True])
async def test_oversized_body_is_refused(in_chunks: bool, tmp_path: Path) -> None:
    """Announced or not; the console goes on, and nothing was done."""
    async with lab(tmp_path) as bench, await bench.dial() as stream:
        size = "Transfer-Encoding: chunked" if in_chunks else "Content-Length: 3000000"
        head = bench.head("/marks", method="POST", more=f"Content-Type: application/json\n{size}")
        await stream.send_all(head.replace(b"HTTP/1.0", b"HTTP/1.1"))
        with contextlib.suppress(trio.BrokenResourceError):  # it may hang up while we are still talking
            for _ in range(30):
                await stream.send_all(b"186a0\r\n" * in_chunks + b"x" * 100_000 + b"\r\n" * in_chunks)
        answer = b""
        with contextlib.suppress(trio.BrokenResourceError):
            answer = bytes(await stream.receive_some())
        assert answer[:12] in (b"", b"HTTP/1.1 413")
        assert await bench.get("/links") == []
        assert [one.kind for one in bench.cms.history] == ["listener_up"]


async def test_oversized_head_is_refused(tmp_path: Path) -> None:
    """Nobody fills our memory with headers."""
    async with lab(tmp_path) as bench:
        async with await bench.dial() as stream:
            with contextlib.suppress(trio.BrokenResourceError):
                await stream.send_all(bench.head(more=f"X-Long: {'x' * 300_000}"))
                assert bytes(await stream.receive_some())[:10] in (b"", b"HTTP/1.1 4")
        assert await bench.get("/links") == []


@pytest.mark.parametrize("path", [
    "/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "//etc/passwd", "/console.js/..",
    "/console.css/../routes.py", "/page/../routes.py", "/messages/..%2f0", "/faults/..%2f..%2fhealth",
])  # fmt: skip
async def test_path_leads_nowhere_else(path: str, tmp_path: Path) -> None:
    """There are no files to be walked through."""
    async with lab(tmp_path) as bench:
        status, answer = await ask(bench, head_of(bench, path))
        assert status in (400, 404)
        assert "root:" not in answer
        assert "import" not in answer


async def test_page_allows_no_markup_from_elsewhere(tmp_path: Path) -> None:
    """A strict policy on everything, and a script that never makes markup of text."""
    async with lab(tmp_path) as bench:
        for path in ("/", "/console.js", "/console.css", "/icon.svg", "/links"):
            policy = (await bench.http.get(path)).headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "require-trusted-types-for 'script'" in policy
        page = (await bench.http.get("/")).text
        for name in SCRIPTS:
            script = (await bench.http.get(f"/{name}")).text
            for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("):
                assert sink not in script
        assert "style=" not in page
        assert "http" not in page


async def test_markup_in_messages_stays_text(tmp_path: Path) -> None:
    """As JSON, never as a page."""
    async with lab(tmp_path) as bench:
        client = await bench.cms.boot()
        await client.say(MARKUP, MARKUP)
        await bench.do("POST", "/marks", {"text": MARKUP})
        answer = await bench.ask("GET", "/messages")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert MARKUP in [one["text"] for one in answer.json()["lines"]]


async def test_thousand_idle_connections_disturb_nobody(tmp_path: Path) -> None:
    """A request and a presystem are served meanwhile."""
    async with lab(tmp_path) as bench:
        idle: list[trio.SocketStream] = []

        async def connect() -> None:
            idle.extend([await bench.dial() for _ in range(100)])

        async with trio.open_nursery() as dialling:
            for _ in range(10):
                dialling.start_soon(connect)
        assert await bench.get("/links") == []
        await bench.cms.boot()
        assert len(idle) == 1000
        for one in idle:
            await trio.aclose_forcefully(one)


@pytest.mark.parametrize(("place", "password", "missing"), [
    (Place("0.0.0.0"), "a long password", "--console-certs"),
    (Place("192.0.2.7"), "a long password", "--console-certs"),
    (Place("0.0.0.0", certs=Path("x"), name="lab"), "", "MOCKPILOT_CONSOLE_PASSWORD"),
    (Place("0.0.0.0", certs=Path("x"), name="lab"), "short", "MOCKPILOT_CONSOLE_PASSWORD"),
    (Place("0.0.0.0", certs=Path("x")), "a long password", "--console-name"),
])  # fmt: skip
def test_beyond_loopback_takes_tls_and_a_password(place: Place, password: str, missing: str) -> None:
    """What is missing is named."""
    with pytest.raises(UsageError, match=missing):
        check(place, password)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_loopback_takes_nothing(host: str) -> None:
    """A key is made up for it."""
    check(Place(host), "")


async def test_console_is_served_over_tls(tmp_path: Path) -> None:
    """To nobody who speaks plain HTTP."""
    certs = tmp_path / "certs"
    tls.write(certs, ["localhost", "127.0.0.1"])
    context = ssl.create_default_context(cafile=str(certs / "ca.pem"))
    async with lab(tmp_path, Place("127.0.0.1", certs=certs, name="localhost"), verify=context) as bench:
        assert bench.opened.address.startswith("https://localhost:")
        assert (await bench.get("/health"))["ready"]
        plain = await trio.open_tcp_stream("127.0.0.1", bench.port)
        async with plain:
            await plain.send_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b""
            with trio.move_on_after(5):
                while more := await plain.receive_some():
                    answer += bytes(more)
        assert b"HTTP" not in answer


def test_announcement_is_the_users_own(tmp_path: Path) -> None:
    """Nobody else can read the key, and it is gone with the console."""
    place = tmp_path / "runtime"
    with announced(Whereabouts("http://127.0.0.1:1", "secret", 1), place) as file:
        assert (file.stat().st_mode & 0o777, place.stat().st_mode & 0o777) == (0o600, 0o700)
        assert json.loads(file.read_text())["key"] == "secret"
        assert [one.process for one in running(place)] == [1]
    assert running(place) == []
    place.chmod(0o755)
    with pytest.raises(UsageError, match="only you can open"), announced(Whereabouts("x", "y", 1), place):
        pass
