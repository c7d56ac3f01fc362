"""Calls to a running console: which one is meant, one request, and its answer or why there is none."""

from __future__ import annotations

import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from mockpilot.console.whereabouts import running
from mockpilot.errors import MockpilotError, UsageError

URL_ENV, KEY_ENV, CA_ENV = "MOCKPILOT_CONTROL_URL", "MOCKPILOT_CONTROL_KEY", "MOCKPILOT_CONTROL_CA"
PATIENCE_S = 30.0
"""How long an answer may take beyond what a wait is asked to take."""


class NothingThereError(MockpilotError):
    """No console runs, or it knows no such thing."""


class NotDoneError(MockpilotError):
    """The console says why not."""


@dataclass(frozen=True, slots=True)
class Console:
    """A console that can be asked."""

    address: str
    key: str
    ca_file: str = ""

    def ask(self, method: str, path: str, body: object = None, *, within_s: float = PATIENCE_S, **query: Any) -> Any:
        """Send one request and answer what came of it.

        Raises:
            NotDoneError: it was not done.
            NothingThereError: there is no such thing.
            UsageError: the console is not there, or does not take the request.
        """
        return self._asked(json.loads, method, path, body, within_s, query)

    def ask_text(self, path: str) -> str:
        """Fetch a page; raises what ``ask`` does."""
        return str(self._asked(bytes.decode, "GET", path, None, PATIENCE_S, {}))

    def _asked(
        self, read: Callable[[bytes], Any], method: str, path: str, body: object, within_s: float,
        query: Mapping[str, Any],
    ) -> Any:  # fmt: skip
        given = {name: value for name, value in query.items() if value is not None}
        url = f"{self.address}{path}{f'?{urlencode(given)}' if given else ''}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with self._opener().open(request, timeout=within_s) as answer:
                return read(answer.read())
        except urllib.error.HTTPError as error:
            raise _refused(error) from error
        except (OSError, ValueError) as error:
            why = getattr(error, "reason", error)
            raise UsageError(f"{self.address}: a running console is expected there: {why}") from error

    def _opener(self) -> urllib.request.OpenerDirector:
        context = ssl.create_default_context(cafile=self.ca_file or None)
        # No proxy stands between a shell and its own loopback.
        return urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )


def _refused(error: urllib.error.HTTPError) -> MockpilotError:
    try:
        detail = json.loads(error.read())["detail"]
    except (ValueError, KeyError, TypeError):
        detail = f"HTTP status {error.code}"
    kinds: dict[int, type[MockpilotError]] = {404: NothingThereError, 409: NotDoneError}
    return kinds.get(error.code, UsageError)(str(detail))


def find(address: str | None, key: str | None) -> Console:
    """The console that is meant: by what is given, by the environment, or the one that runs.

    Raises:
        UsageError: several run, or an address has no key.
        NothingThereError: none runs.
    """
    address = address or os.environ.get(URL_ENV)
    key = key or os.environ.get(KEY_ENV)
    known = {one.address: one for one in running()}
    if address is None:
        return _the_one(list(known.values()), key)
    plain, _, query = address.partition("/?")
    plain = plain.rstrip("/")
    if not plain.startswith(("http://", "https://")):
        raise UsageError(f"--address: a URL such as http://127.0.0.1:8464 is expected, found {address!r}")
    found = key or query.removeprefix("key=") or (known[plain].key if plain in known else "")
    if not found:
        raise UsageError(f"--key: the key of {plain} is expected, or in {KEY_ENV}; serve --console has shown it")
    ca_file = os.environ.get(CA_ENV) or (known[plain].ca_file if plain in known else "")
    return Console(plain, found, ca_file)


def _the_one(running_: list[Any], key: str | None) -> Console:
    if not running_:
        raise NothingThereError(f"no console runs; start 'mockpilot serve --console', or give --address and --key, "
                                f"or {URL_ENV} and {KEY_ENV}")  # fmt: skip
    if len(running_) > 1:
        told = "\n".join(f"  --address {one.address}   {one.title} (process {one.process})" for one in running_)
        raise UsageError(f"several consoles run; say which one is meant:\n{told}")
    one = running_[0]
    return Console(one.address, key or one.key, one.ca_file)
