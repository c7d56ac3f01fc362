"""WebSocket frames as bytes pass by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.raw_client import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close_frame, frame
from mockpilot.cms import frames
from mockpilot.cms.frames import (
    Broken,
    Control,
    FrameWatch,
    Message,
    build_frame,
    close_payload,
    is_close_code,
    read_close,
)

Found = Message | Control | Broken


def watched(data: bytes, *, masked: bool = True, cuts: list[int] | None = None) -> list[Found]:
    """What a watch makes of bytes that come in pieces."""
    watch = FrameWatch(masked=masked)
    found: list[Found] = []
    for cut in cuts or []:
        found += list(watch.feed(data[:cut]))
        data = data[cut:]
    return found + list(watch.feed(data))


@given(st.binary(max_size=300), st.sampled_from([TEXT, BINARY, PING, PONG]))
def test_build_frame_makes_what_a_watch_reads(payload: bytes, opcode: int) -> None:
    """Whole and unmasked, the smallest form of the length."""
    payload = payload[:125] if opcode >= CLOSE else payload
    (found, *broken) = watched(build_frame(opcode, payload), masked=False)
    assert isinstance(found, Message | Control)
    assert found.payload == payload
    assert broken == [] or (opcode == TEXT and broken == [Broken("bad UTF-8", 1007)])


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536, 200_000])
def test_build_frame_chooses_the_form_of_the_length(length: int) -> None:
    """At each border."""
    assert build_frame(BINARY, bytes(length)) == frame(bytes(length), BINARY, masked=False)
    assert watched(frame(bytes(length), BINARY)) == [Message(binary=True, payload=bytes(length))]


@given(st.lists(st.binary(max_size=100), max_size=5))
def test_build_frame_puts_pieces_together(pieces: list[bytes]) -> None:
    """However a payload is cut, the frame is the same."""
    assert build_frame(BINARY, *pieces) == build_frame(BINARY, b"".join(pieces))


@given(st.binary(max_size=400), st.lists(st.integers(1, 50), max_size=20))
def test_watch_reads_alike_however_bytes_are_cut(data: bytes, cuts: list[int]) -> None:
    """Any bytes, in any pieces, give the same; and nothing raises."""
    assert watched(data, cuts=cuts) == watched(data)


@given(st.lists(st.tuples(st.text(max_size=200), st.lists(st.integers(0, 20), max_size=4)), max_size=4),
       st.lists(st.integers(1, 30), max_size=20))  # fmt: skip
def test_watch_puts_fragments_together(texts: list[tuple[str, list[int]]], cuts: list[int]) -> None:
    """Messages cut into frames anywhere, with pings between, are the same messages."""
    data = b""
    for text, places in texts:
        pieces, rest = [], text.encode()
        for place in places:
            pieces.append(rest[:place])
            rest = rest[place:]
        pieces.append(rest)
        for n, piece in enumerate(pieces):
            data += frame(piece, CONTINUATION if n else TEXT, fin=n == len(pieces) - 1) + frame(b"p", PING)
    messages = [item for item in watched(data, cuts=cuts) if isinstance(item, Message)]
    assert [message.payload.decode() for message in messages] == [text for text, _ in texts]


def test_watch_says_nothing_after_the_end() -> None:
    """Neither after a Close nor after something broken."""
    assert watched(close_frame(1000) + frame(b"[1]")) == [Control(CLOSE, b"\x03\xe8")]
    assert watched(frame(b"", 3) + frame(b"[1]")) == [Broken("reserved opcode")]
    watch = FrameWatch(masked=True)
    assert list(watch.feed(close_frame())) == [Control(CLOSE, b"\x03\xe8")]
    assert list(watch.feed(frame(b"[1]"))) == []


@pytest.mark.parametrize(("data", "broken"), [
    (frame(b"", PING, masked=False)[:2], Broken("unmasked frame")), (b"\x8b\x80", Broken("reserved opcode")),
    (b"\x90\x80", Broken("reserved bits")), (b"\x09\x80", Broken("bad control frame")),
    (b"\x89\xfe", Broken("bad control frame")),
    (b"\x80\x80", Broken("bad continuation")),
])  # fmt: skip
def test_watch_judges_two_bytes_as_soon_as_they_are_there(data: bytes, broken: Broken) -> None:
    """The rest of the head may never come."""
    assert watched(data) == [broken]


def test_watch_refuses_masked_frames_of_a_server() -> None:
    """In that direction nothing is masked."""
    assert watched(frame(b"x"), masked=False) == [Broken("masked frame")]


def test_watch_counts_bytes_of_the_whole_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Announced is enough; fragments add up."""
    monkeypatch.setattr(frames, "MESSAGE_LIMIT", 10)
    assert watched(frame(b"0123456789")) == [Message(binary=False, payload=b"0123456789")]
    assert watched(frame(b"", length=11)) == [Broken("message too big", 1009)]
    assert watched(frame(b"012345", fin=False) + frame(b"67890", CONTINUATION)) == [Broken("message too big", 1009)]


@pytest.mark.parametrize(("payload", "meant"), [
    (b"", (None, "")), (b"\x03\xe8", (1000, "")), (b"\x03\xe9bye", (1001, "bye")), (b"\x03\xe8\xff", (1000, "\ufffd")),
])  # fmt: skip
def test_read_close_takes_a_body_apart(payload: bytes, meant: tuple[int | None, str]) -> None:
    """Code and reason, or neither."""
    assert read_close(payload) == meant
    if b"\xff" not in payload:
        assert close_payload(*meant) == payload


def test_is_close_code_knows_what_may_be_on_the_wire() -> None:
    """Not those that stand for the lack of a frame."""
    asked = (0, 999, 1000, 1003, 1004, 1005, 1006, 1007, 1015, 2999, 3000, 4999, 5000)
    assert [code for code in asked if is_close_code(code)] == [1000, 1003, 1007, 2999, 3000, 4999]
