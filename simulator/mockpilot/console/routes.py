"""The control API: which path means which command or view. The only module that knows the web framework.

Its description is generated from these functions and the records of ``shapes``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from importlib import resources
from typing import Annotated, Any, Literal

import msgspec
from litestar import Litestar, Request, Response, delete, get, patch, post, put
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter, SkipValidation
from litestar.response import Stream

from mockpilot import __version__
from mockpilot.console import views
from mockpilot.console.bench import Bench, NotDoneError, UnknownError
from mockpilot.console.feed import Feed
from mockpilot.console.guard import PROBLEM, App
from mockpilot.console.lines import line_of, verdict_of
from mockpilot.console.shapes import (
    ClockAsked,
    ClockShown,
    DepotAsked,
    DepotShown,
    Done,
    FaultAsked,
    FaultsAsked,
    FaultShown,
    Findings,
    Health,
    HoldAsked,
    HoldChanged,
    HoldShown,
    Lines,
    LinkShown,
    MarkAsked,
    MessageAsked,
    MessageShown,
    PlanAsked,
    PlanMade,
    Problem,
    PushAsked,
    Pushes,
    ResetAsked,
    State,
    VerbShown,
    WaitAnswer,
    WaitAsked,
    seconds,
)
from mockpilot.errors import MockpilotError
from mockpilot.faults.plan import FaultPlan, read_fault, read_plan
from mockpilot.faults.verbs import DROP_HOWS, Fault
from mockpilot.history.events import Message
from mockpilot.protocol.vocabulary import DIALECTS
from mockpilot.scenario.catalogue import VERSION
from mockpilot.toml_tables import Problems

MOST_BODY = 2_000_000
"""Bytes of a request."""
MOST_LINES = 1000

TheBench = NamedDependency[SkipValidation[Bench]]
TheFeed = NamedDependency[SkipValidation[Feed]]
Number = Annotated[int, PathParameter(ge=0, le=10**12)]
Name = Annotated[str, PathParameter(min_length=1, max_length=200)]
Index = Annotated[int, QueryParameter(ge=0, le=10**12)]


def _problem(what: str) -> ResponseSpec:
    return ResponseSpec(Problem, description=what, media_type=PROBLEM, generate_examples=False)


LOOKED: Mapping[int, ResponseSpec] = {
    400: _problem("the request is not what is described here"),
    401: _problem("no key, or a wrong one"),
    403: _problem("this key may only look, or the page is a foreign one"),
    421: _problem("the Host is not the console's"),
}
FOUND = {**LOOKED, 404: _problem("there is no such thing")}
ACTED = {**LOOKED, 409: _problem("it was not done, and why not"), 413: _problem("the request is too large")}
FOUND_AND_ACTED = {**FOUND, **ACTED}


# -- looking -----------------------------------------------------------------------------------------------------------


@get("/health", responses=LOOKED)
async def health(request: Request[Any, Any, Any], bench: TheBench) -> Health:
    """Whether the CMS is ready, which one it is, and what this key allows."""
    first = bench.recording.first_line
    return Health(
        ready=True, mockpilot=__version__, catalogue=VERSION, dialect=bench.dialect, role=request.auth,
        title=bench.title, listening=bench.control.server.is_listening, addresses=bench.addresses,
        since=first.wall if first is not None else "", first_event=bench.recording.first,
        next_event=bench.recording.end,
    )  # fmt: skip


@get("/state", responses=LOOKED)
async def state(feed: TheFeed) -> State:
    """Links, what is awaited, faults, holds, pushes, depot, clock and findings, all at once."""
    return feed.state()


@get("/links", responses=LOOKED)
async def links(bench: TheBench) -> list[LinkShown]:
    """Who is connected."""
    return views.links(bench)


@get("/links/{number:int}", responses=FOUND)
async def link(bench: TheBench, number: Number) -> LinkShown:
    """One link."""
    bench.link(number)
    return next(one for one in views.links(bench) if one.id == number)


@get("/faults", responses=LOOKED)
async def faults(bench: TheBench) -> list[FaultShown]:
    """All faults with their evidence, the newest first."""
    return views.faults(bench)


@get("/faults/{name:str}", responses=FOUND)
async def fault(bench: TheBench, name: Name) -> FaultShown:
    """One fault with its evidence."""
    return views.fault_shown(bench, bench.fault(name))


@get("/vocabulary", responses=LOOKED)
async def vocabulary() -> list[VerbShown]:
    """Every verb of the fault vocabulary with its parameters."""
    return views.vocabulary()


@get("/push", responses=LOOKED)
async def pushes(bench: TheBench) -> Pushes:
    """Whether pushes go out, and how often."""
    return views.pushes(bench)


@get("/holds", responses=LOOKED)
async def holds(bench: TheBench) -> list[HoldShown]:
    """Messages that are held, and holds that wait for one."""
    return views.holds(bench)


@get("/depot", responses=LOOKED)
async def depot(bench: TheBench) -> DepotShown:
    """The simulated world."""
    return views.depot(bench)


@get("/clock", responses=LOOKED)
async def clock(bench: TheBench) -> ClockShown:
    """Which time it is, and whose."""
    return views.clock(bench)


@get("/findings", responses=LOOKED)
async def findings(feed: TheFeed) -> Findings:
    """What the rules say so far; newer findings follow about every second."""
    return feed.judging.look()


@get("/messages", responses=LOOKED)
async def messages(
    bench: TheBench, since: Index = 0, most: Annotated[int, QueryParameter(ge=1, le=MOST_LINES)] = 200,
    link: Annotated[int | None, QueryParameter(ge=0, le=10**12)] = None,
    text: Annotated[str, QueryParameter(max_length=200)] = "",
) -> Lines:  # fmt: skip
    """Lines of the recording from an event on; ``text`` keeps those in which it stands, whatever the case."""
    found, next_, sought = [], since, text.casefold()
    for event in bench.recording.since(since):
        next_ = event.index + 1
        if link is not None and event.link != link:
            continue
        raw = event.text or "" if isinstance(event, Message) else ""
        line = line_of(event, bench.dialect)
        if sought in f"{line.text} {raw}".casefold():
            found.append(line)
        if len(found) >= most:
            break
    return Lines(lines=found, first=bench.recording.first, next=next_)


@get("/messages/{index:int}", responses=FOUND)
async def message(bench: TheBench, feed: TheFeed, index: Number) -> MessageShown:
    """One event in full: raw, with the schema verdicts of all dialects and the findings that name it."""
    event = bench.recording[index]
    if event is None:
        raise UnknownError(f"event {index}: one from {bench.recording.first} to {bench.recording.end - 1} is expected")
    raw = event.text if isinstance(event, Message) and event.text is not None else getattr(event, "base64", None) or ""
    known = sorted(DIALECTS, key=lambda name: name != bench.dialect)
    text = event.text if isinstance(event, Message) else None
    return MessageShown(
        line=line_of(event, bench.dialect), raw=raw,
        verdicts=[verdict_of(text, name) for name in known] if text is not None else [],
        findings=[one for one in feed.judging.look().findings if index in one.events],
        fields={key: value for key, value in msgspec.to_builtins(event).items() if key not in ("text", "base64")},
    )  # fmt: skip


@get("/feed", responses=LOOKED, media_type="text/event-stream")
async def feed_of(
    feed: TheFeed, since: Index = 0, last_event_id: Annotated[str, HeaderParameter(name="Last-Event-ID")] = "",
) -> Stream:
    """The recording as it grows, as server-sent events: lines, state, resync; resumes by Last-Event-ID."""
    start = int(last_event_id) if re.fullmatch(r"[0-9]{1,12}", last_event_id) else since
    return Stream(feed.viewer(start), media_type="text/event-stream")


# -- acting ------------------------------------------------------------------------------------------------------------


@delete("/links/{number:int}", status_code=200, responses=FOUND_AND_ACTED)
async def drop_link(
    bench: TheBench, number: Number, how: Annotated[Literal[DROP_HOWS], QueryParameter()] = "close",  # type: ignore[valid-type]
    code: Annotated[int | None, QueryParameter(ge=1000, le=4999)] = 1001,
    down: Annotated[str, QueryParameter(max_length=60)] = "",
) -> Done:  # fmt: skip
    """End a link and see it end; for ``down`` afterwards TCP is refused."""
    return await bench.drop(number, how, code, down or 0.0)


@post("/faults", status_code=200, responses=ACTED)
async def arm(bench: TheBench, data: JSONBody[FaultAsked]) -> Done:  # type: ignore[valid-type]
    """Arm one fault; ``did`` is the name that it got."""
    return bench.arm(_fault(data))


@put("/faults", status_code=200, responses=ACTED)
async def arm_all(bench: TheBench, data: JSONBody[FaultsAsked]) -> Done:
    """Load a whole plan in place of all faults that are armed; doing it twice is doing it once."""
    return bench.arm_plan(_plan(data))


@delete("/faults/{name:str}", status_code=200, responses=FOUND_AND_ACTED)
async def disarm(bench: TheBench, name: Name) -> Done:
    """Take a fault out; its evidence stays."""
    return bench.disarm(name)


@post("/push", status_code=200, responses=ACTED)
async def push(bench: TheBench) -> Done:
    """Push now, to every link that has booted."""
    return bench.push()


@put("/push", status_code=200, responses=ACTED)
async def pause(bench: TheBench, data: JSONBody[PushAsked]) -> Done:
    """Keep pushes back, or let them out again."""
    return bench.pause(data.paused)


@post("/messages", status_code=200, responses=FOUND_AND_ACTED)
async def say(bench: TheBench, data: JSONBody[MessageAsked]) -> Done:
    """Send a message by hand, as it is."""
    return bench.say(data.link, data.text)


@post("/holds", status_code=200, responses=FOUND_AND_ACTED)
async def hold(bench: TheBench, data: JSONBody[HoldAsked]) -> Done:
    """Hold the next message of ours that is meant; ``did`` is the name of the hold."""
    return bench.hold_next(data)


@put("/holds/{name:str}", status_code=200, responses=FOUND_AND_ACTED)
async def change_hold(bench: TheBench, name: Name, data: JSONBody[HoldChanged]) -> Done:
    """Let go of what is held, as it is or with another text, or discard it."""
    return bench.change_hold(name, data)


@post("/marks", status_code=200, responses=ACTED)
async def mark(bench: TheBench, data: JSONBody[MarkAsked]) -> Done:
    """Write a note into the recording; waits begin behind it."""
    return bench.mark(data.text)


@post("/wait", status_code=200, responses=ACTED)
async def wait(bench: TheBench, data: JSONBody[WaitAsked]) -> WaitAnswer:
    """Wait for messages, links or events; answers with them, or with what came instead."""
    return await bench.wait(data)


@patch("/depot", status_code=200, responses=ACTED)
async def change_depot(bench: TheBench, data: JSONBody[DepotAsked]) -> Done:
    """Plug in, unplug, break, mend, silence, or make the CMS forget its requests."""
    return bench.change_depot(data)


@post("/clock", status_code=200, responses=ACTED)
async def advance(bench: TheBench, data: JSONBody[ClockAsked]) -> Done:
    """Let simulated time jump forward."""
    return bench.advance(seconds(data.advance))


@post("/plans", status_code=200, responses=ACTED)
async def plan(bench: TheBench, data: JSONBody[PlanAsked]) -> PlanMade:
    """Save what was armed in a stretch of the recording as a plan for ``certify --plan``."""
    return bench.plan(data.title, data.since, data.until, tuple(data.exercises))


@post("/reset", status_code=200, responses=ACTED)
async def reset(bench: TheBench, data: JSONBody[ResetAsked]) -> Done:
    """Begin afresh: close links, disarm faults, forget requests, let pushes out; all or those that are named."""
    return await bench.reset(data.what)


def _fault(asked: Any) -> Fault:
    values = {name: value for name, value in msgspec.to_builtins(asked).items() if value is not None}
    return read_fault(values)


def _plan(asked: FaultsAsked) -> FaultPlan:
    if bool(asked.toml) is bool(asked.faults):
        raise NotDoneError("a plan is expected either as toml or as faults")
    if asked.faults:
        return FaultPlan("by hand", tuple(_fault(one) for one in asked.faults))
    problems = Problems("plan")
    read = read_plan(asked.toml, problems)
    problems.raise_first()
    return read


# -- the page and the application --------------------------------------------------------------------------------------

_TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
          "svg": "image/svg+xml"}  # fmt: skip
_FILES = {"/": "index.html", "/console.css": "console.css", "/console.js": "console.js", "/icon.svg": "icon.svg",
          "/favicon.ico": "icon.svg"}  # fmt: skip


def _page(path: str, name: str) -> Any:
    body = (resources.files("mockpilot.console") / "page" / name).read_bytes()
    media_type = _TYPES[name.rpartition(".")[2]]

    @get(path, include_in_schema=False, name=path)
    async def file() -> Response[bytes]:
        return Response(body, media_type=media_type)

    return file


def _told(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return Response(msgspec.json.encode(problem), status_code=status, media_type=PROBLEM, headers=dict(headers or {}))


def _on_http(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    extra = error.extra if isinstance(error.extra, list) else []
    where = "; ".join(f"{one.get('key', '')}: {one.get('message', '')}" for one in extra if isinstance(one, dict))
    return _told(error.status_code, where or error.detail, error.headers)


def _with_status(status: int) -> Callable[[Request[Any, Any, Any], Exception], Response[bytes]]:
    return lambda _request, error: _told(status, str(error))


def _on_bug(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    return _told(500, f"a bug of mockpilot: {type(error).__name__}: {error}")


ROUTES = (
    health, state, links, link, faults, fault, vocabulary, pushes, holds, depot, clock, findings, messages, message,
    feed_of, drop_link, arm, arm_all, disarm, push, pause, say, hold, change_hold, mark, wait, change_depot, advance,
    plan, reset,
)  # fmt: skip


def application(bench: Bench, feed: Feed) -> App:
    """The API and the page as an ASGI application; who may come in is the guard's business."""
    app = Litestar(
        [*ROUTES, *(_page(path, name) for path, name in _FILES.items())],
        dependencies={
            "bench": Provide(lambda: bench, sync_to_thread=False), "feed": Provide(lambda: feed, sync_to_thread=False),
        },
        exception_handlers={
            HTTPException: _on_http, UnknownError: _with_status(404), MockpilotError: _with_status(409),
            Exception: _on_bug,
        },
        openapi_config=OpenAPIConfig(
            title="mockpilot control API", version=__version__, path="/api", use_handler_docstrings=True,
            description="Drives a running mockpilot serve --console.", render_plugins=[JsonRenderPlugin()],
            components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
            security=[{"key": []}],
        ),
        request_max_body_size=MOST_BODY, logging_config=None,
    )  # fmt: skip
    _close_records(app)
    return app  # type: ignore[return-value]


def _close_records(app: Litestar) -> None:
    """Say of what is asked that nothing else may stand there; the framework leaves that out of its description."""
    for name, record in (app.openapi_schema.components.schemas or {}).items():
        if name.endswith(("Asked", "Changed")):
            record.additional_properties = False


