"""The API and the page as one ASGI application, and every mistake as problem details."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from importlib import resources
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from mockpilot import __version__
from mockpilot.console.admission import OPEN
from mockpilot.console.bench import Bench, NotDoneError, UnknownError, WrongWordError
from mockpilot.console.feed import Feed
from mockpilot.console.guard import PROBLEM, App
from mockpilot.console.routes import acting, looking, running
from mockpilot.console.runs import Runs
from mockpilot.console.told import (
    Problem,
)
from mockpilot.errors import MockpilotError

MOST_BODY = 2_000_000
"""Bytes of a request."""

_TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
          "svg": "image/svg+xml"}  # fmt: skip


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


ROUTES = (*looking.ROUTES, *running.ROUTES, *acting.ROUTES)


def application(bench: Bench, feed: Feed, runs: Runs | None = None) -> App:
    """The API and the page as an ASGI application; who may come in is the guard's business."""
    def here() -> Runs:
        if runs is None:
            raise UnknownError("runs: a console that knows its product's profile is expected; this one does not")
        return runs

    def free() -> Bench:
        if bench.busy_with:
            raise NotDoneError(f"{bench.busy_with}, and links, faults and depot are its own; wait until it is over, "
                               "or stop it")  # fmt: skip
        return bench

    app = Litestar(
        [*ROUTES, *(_page(path, name) for path, name in OPEN.items())],
        dependencies={
            "bench": Provide(lambda: bench, sync_to_thread=False), "feed": Provide(lambda: feed, sync_to_thread=False),
            "by_hand": Provide(free, sync_to_thread=False), "runs": Provide(here, sync_to_thread=False),
        },
        exception_handlers={
            HTTPException: _on_http, WrongWordError: _with_status(400), UnknownError: _with_status(404),
            MockpilotError: _with_status(409),
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


