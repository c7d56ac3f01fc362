"""What the CMS costs beside plain trio_websocket: CPU time of the server process, both measured in turns.

    python tests/benchmarks/bench_cms.py [--rounds 3] [--connections 200] [--pushes 300]

Connection: TCP, TLS 1.3, upgrade with Basic credentials, orderly close. Push: 200 kB from server to client. The plain
server does what a short program would do: ``serve_websocket``, ``accept``, ``send_message``. The client is the same for
both, blocking, and its time does not count.

A connection takes 1.4 to 1.6 of the plain one's millisecond, as the machine's load has it; what the difference consists
of was found by leaving it out, one thing at a time: about 0.1 ms each for eight recorded events, for h11, which reads
the head before the library reads one of our making, and for a link's writer and push rhythm, which are tasks to be
cancelled; 0.06 each for the decision with its masking and for the deadlines of the steps; 0.04 for close_notify at the
end of TLS. None of these can go without what it is for. More could be saved below both servers: with a loop over our
own frame watch in the place of trio_websocket's connection an experiment came to 1.17 where ours came to 1.47, though
it answered no Ping and held nobody back.

A push takes 0.5 to 0.6 of a plain one. Of our 0.24 ms the text that stays in the recording is 0.09, all of it fresh
memory, and a CMS that keeps no recording takes 0.15; the rest is TLS, the kernel and a few copies. Fresh memory is most
of the plain figure, too: where malloc happens to keep the library's buffers instead of giving them back after each
message, it falls from 0.45 ms to 0.26, and then the ratio says little.
"""

from __future__ import annotations

import argparse
import random
import socket
import ssl
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

PUSH_BYTES = 200_000
USER, PASSWORD = "depot", "a password for tests"


# -- the servers, each in a process of its own -------------------------------------------------------------------------


async def serve(kind: str) -> None:
    """Serve until standard input ends; a line asks for that many pushes and is answered with the CPU time so far."""
    import trio

    from mockpilot.cms.tls import mint

    certificates = mint(["localhost"])
    async with trio.open_nursery() as nursery:
        started = await nursery.start(serve_ours if kind == "ours" else serve_plain, certificates)
        port, push = started
        _tell(f"{port} {certificates.ca_pem.hex()}")
        async for line in trio.wrap_file(sys.stdin):
            await push(int(line))
            _tell(str(time.process_time()))
        nursery.cancel_scope.cancel()


async def serve_ours(certificates: object, task_status: object) -> None:
    """Our CMS, whose depot has a fixed push."""
    import trio

    from mockpilot.certification.setting import depot_for
    from mockpilot.clock import RunClock
    from mockpilot.cms.server import Server
    from mockpilot.cms.tls import Certificates
    from mockpilot.cms.world import World
    from mockpilot.control import Control
    from mockpilot.depot.site import Site
    from mockpilot.faults.injector import Injector
    from mockpilot.history.recorder import Recorder
    from mockpilot.profile import Profile
    from mockpilot.protocol.handshake import Account
    from mockpilot.protocol.vocabulary import DEFAULT_DIALECT

    told = b'{"depotInfoList":["' + b"x" * PUSH_BYTES + b'"]}'

    class FixedSite(Site):
        def information(self, *_: object) -> bytes:
            return told

    assert isinstance(certificates, Certificates)
    clock = RunClock()
    world = World(
        dialect=DEFAULT_DIALECT, push_interval_s=3600.0, accounts={"/vdv463/one": Account("one", USER, PASSWORD)},
        site=FixedSite(depot_for(Profile()), clock.instant()), clock=clock, recorder=Recorder(clock.now, clock.wall),
        injector=Injector(), chance=random.Random(7),
    )  # fmt: skip
    world.release_pushes.set()
    server = Server(world, certificates)
    control = Control(server)

    async def push(count: int) -> None:
        for _ in range(count):
            control.push()
            for link in server.live_links():
                await link.outbox.wait_shorter(5)

    async with trio.open_nursery() as nursery:
        port = await nursery.start(server.serve)
        task_status.started((port, push))  # type: ignore[attr-defined]


async def serve_plain(certificates: object, task_status: object) -> None:
    """The shortest server that does the same on the wire."""
    import base64

    import trio
    from trio_websocket import ConnectionClosed, WebSocketConnection, WebSocketRequest, serve_websocket

    from mockpilot.cms.tls import Certificates

    assert isinstance(certificates, Certificates)
    right = b"Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode())
    open_links: set[WebSocketConnection] = set()
    text = '[1,"CMS","one","","","ProvideChargingInformation",{"depotInfoList":["' + "x" * PUSH_BYTES + '"]}]'

    async def handle(request: WebSocketRequest) -> None:
        if dict(request.headers).get(b"authorization") != right:
            await request.reject(401)
            return
        connection = await request.accept()
        open_links.add(connection)
        try:
            while True:
                await connection.get_message()
        except ConnectionClosed:
            open_links.discard(connection)

    async def push(count: int) -> None:
        for _ in range(count):
            for connection in open_links:
                await connection.send_message(text)

    async with trio.open_nursery() as nursery:
        server = await nursery.start(serve_websocket, handle, "127.0.0.1", 0, certificates.context("good"))
        task_status.started((server.port, push))  # type: ignore[attr-defined]


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


# -- the client --------------------------------------------------------------------------------------------------------


class Measured:
    """A server process and the way to it."""

    def __init__(self, kind: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve", kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii"
        )
        port, ca = self._line().split()
        self._port, self._context = int(port), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.load_verify_locations(cadata=bytes.fromhex(ca).decode())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def command(self, pushes: int) -> float:
        """Have the server push; answers its CPU time so far."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{pushes}\n")
        self._process.stdin.flush()
        return float(self._line())

    def open(self) -> ssl.SSLSocket:
        """A link, up to its 101."""
        from cms.raw_client import GOOD_HEAD

        raw = socket.create_connection(("127.0.0.1", self._port))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = self._context.wrap_socket(raw, server_hostname="localhost")
        link.sendall(GOOD_HEAD.replace(b"Presystem1", b"one") + b"\r\n")
        assert b" 101 " in link.recv(4096)
        return link

    def end(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def connections(server: Measured, count: int) -> float:
    """CPU seconds of the server for one connection."""
    from cms.raw_client import close_frame

    before = server.command(0)
    for _ in range(count):
        with server.open() as link:
            link.sendall(close_frame())
            while link.recv(4096):
                pass
    return (server.command(0) - before) / count


def pushes(server: Measured, count: int) -> float:
    """CPU seconds of the server for one push."""
    import json
    import threading

    from cms.raw_client import frame

    with server.open() as link:
        boot = [1, "BMS", "one", "2031-03-04T17:20:00Z", "00000000-0000-4000-8000-000000000001", "BootNotification"]
        link.sendall(frame(json.dumps([*boot, {"presystem": "BMS"}]).encode()))
        reader = threading.Thread(target=_read_all, args=(link,), daemon=True)
        reader.start()
        time.sleep(0.2)
        before = server.command(0)
        took = server.command(count) - before
        link.shutdown(socket.SHUT_RDWR)
        reader.join()
    return took / count


def _read_all(link: ssl.SSLSocket) -> None:
    buffer = bytearray(1 << 18)
    try:
        while link.recv_into(buffer):
            pass
    except OSError:
        return


def main() -> None:
    """Measure in turns and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--pushes", type=int, default=300)
    parser.add_argument("--serve", choices=["ours", "plain"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        import trio

        trio.run(serve, options.serve)
        return
    what: list[tuple[str, Callable[[Measured, int], float], int]] = [
        ("connection", connections, options.connections), ("push of 200 kB", pushes, options.pushes),
    ]  # fmt: skip
    servers = {kind: Measured(kind) for kind in ("plain", "ours")}
    for name, measure, count in what:
        found: dict[str, list[float]] = {kind: [] for kind in servers}
        for _ in range(options.rounds + 1):
            for kind, server in servers.items():
                found[kind].append(measure(server, count))
        plain, ours = (statistics.median(found[kind][1:]) for kind in ("plain", "ours"))  # the first round warms up
        _tell(f"{name:15} plain {plain * 1e6:7.0f} us   ours {ours * 1e6:7.0f} us   ratio {ours / plain:.2f}")
    for server in servers.values():
        server.end()


if __name__ == "__main__":
    main()
