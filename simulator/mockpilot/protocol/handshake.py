"""The upgrade request, from head to decision: path, then credentials, then subprotocol. No sockets, no secrets kept.

The order is the CMS's: an unknown path is 404 before anybody looks at credentials, refused credentials are 401 before
the upgrade. What RFC 6455 would have had otherwise is listed beside the decision; only what makes an upgrade
impossible refuses it.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import quote, unquote

Headers = Sequence[tuple[str, str]]
CredentialVerdict = Literal["none", "right", "wrong user", "wrong password", "malformed", "other scheme"]

REALM = "mockpilot"
MASK = "***"
SHORTEST_SECRET = 8
SHORTEST_TELLING = 16
"""Characters of a password that nobody writes by chance."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who may come in on a path."""

    presystem_id: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class UpgradeRequest:
    """The head of an HTTP request as it was read; header names in the spelling of the peer."""

    method: str
    target: str
    headers: Headers
    version: str = "1.1"
    """Of HTTP."""

    def values(self, name: str) -> list[str]:
        """All values of a header, whatever its spelling."""
        return self._by_name.get(name, [])

    @functools.cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name.lower(), []).append(value)
        return found

    def tokens(self, name: str) -> list[str]:
        """The comma-separated tokens of all headers of that name."""
        return [token.strip() for value in self.values(name) for token in value.split(",") if token.strip()]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the CMS answers, and what it saw on the way there."""

    status: int
    """101 opens the link."""
    account: Account | None
    credentials: CredentialVerdict
    user: str | None
    subprotocol: str | None = None
    headers: Headers = ()
    body: str = ""
    problems: tuple[str, ...] = ()


def path_for(template: str, presystem_id: str) -> str:
    """The request target of a presystem, percent-encoded.

    >>> path_for("/vdv463/{presystem_id}", "urn:depot:1")
    '/vdv463/urn%3Adepot%3A1'
    """
    return template.replace("{presystem_id}", quote(presystem_id, safe=""))


def decide(request: UpgradeRequest, accounts: Mapping[str, Account], subprotocols: Sequence[str]) -> Decision:
    """Decide on an upgrade request.

    Args:
        request: as it was read.
        accounts: the account of each path, paths percent-decoded.
        subprotocols: what the CMS may select, the preferred one first.
    """
    problems = tuple(_problems(request))
    account = accounts.get(path_of(request.target))
    credentials, user = weigh_credentials(request.values("authorization"), account)
    seen = Decision(400, account, credentials, user, problems=problems)
    if problems:
        return _with(seen, 400, body="; ".join(problems), headers=_version_hint(problems))
    if account is None:
        return _with(seen, 404, body="no presystem is expected on this path")
    if credentials != "right":
        return _with(seen, 401, headers=(("WWW-Authenticate", f'Basic realm="{REALM}"'),), body="credentials, please")
    offered = request.tokens("sec-websocket-protocol")
    selected = next((name for name in subprotocols if name in offered), None)
    return Decision(101, account, credentials, user, subprotocol=selected)


def _with(seen: Decision, status: int, *, headers: Headers = (), body: str = "") -> Decision:
    return Decision(status, seen.account, seen.credentials, seen.user, None, headers, body, seen.problems)


def _version_hint(problems: tuple[str, ...]) -> Headers:
    # RFC 6455 section 4.4: say which version would do.
    wrong = any(problem.startswith("Sec-WebSocket-Version") for problem in problems)
    return (("Sec-WebSocket-Version", "13"),) if wrong else ()


def path_of(target: str) -> str:
    """The path of a request target, absolute form or not, percent-decoded and without query; never raises."""
    path = target.partition("?")[0]
    if not path.startswith("/") and "://" in path:
        # Some clients send the absolute form; RFC 9112 section 3.2.2 asks servers to take it.
        path = "/" + path.partition("://")[2].partition("/")[2]
    return unquote(path)


def weigh_credentials(
    authorization: Sequence[str], account: Account | None
) -> tuple[CredentialVerdict, str | None]:
    """Compare Basic credentials (RFC 7617) in constant time; answers the verdict and the user's name, never more."""
    if not authorization:
        return "none", None
    scheme, _, encoded = authorization[0].strip().partition(" ")
    if scheme.lower() != "basic":
        return "other scheme", None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "malformed", None
    if not colon:
        return "malformed", None
    if account is None:
        return "wrong user", user
    right_user = hmac.compare_digest(user.encode(), account.user.encode())
    right_password = hmac.compare_digest(password.encode(), account.password.encode())
    if right_user and right_password:
        return "right", user
    return ("wrong password" if right_user else "wrong user"), user


def mask_headers(headers: Headers) -> tuple[tuple[str, str], ...]:
    """Headers as they may be recorded: of credentials only the name of a well-known scheme is left."""
    return tuple((name, _masked(value) if name.lower() in _HIDDEN else value) for name, value in headers)


_HIDDEN = ("authorization", "proxy-authorization", "cookie")
_SCHEMES = ("basic", "bearer", "digest", "negotiate", "ntlm")


def _masked(value: str) -> str:
    scheme = value.strip().partition(" ")[0]
    return f"{scheme} {MASK}" if scheme.lower() in _SCHEMES else MASK


def mask_secret(text: str, secret: str) -> str:
    """Hide a secret wherever it stands in a text: raw, percent-encoded or in Base64, alone or within something longer.

    One of under eight characters is left alone outside headers made for it: it would be found in any word.
    """
    return text if len(secret) < SHORTEST_SECRET else _forms_of(secret).sub(MASK, text)


def is_telling(password: str, *named: str) -> bool:
    """Whether a password that stands somewhere can only have been put there as one.

    Args:
        password: the secret.
        named: what stands in requests and messages anyway: user, presystem id, path.
    """
    return len(password) >= SHORTEST_TELLING and not any(password in name for name in named)


@functools.lru_cache
def _forms_of(secret: str) -> re.Pattern[str]:
    data = secret.encode()
    # Headers are read as Latin-1, whatever the client meant; a form field has + for a blank.
    raw = {re.escape(secret), re.escape(data.decode("latin-1"))}
    percent = "".join(
        f"(?:{re.escape(chr(byte))}|%(?i:{byte:02x}){'|[+]' if byte == 0x20 else ''})" for byte in data
    )
    return re.compile("|".join([percent, *raw, *(re.escape(form) for form in _in_base64(data))]))


def _in_base64(data: bytes) -> Iterator[str]:
    # Behind "user:" the secret may begin at any of three places in a group; what its neighbours share is left out.
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + data).decode().rstrip("=")
        begin = (offset * 8 + 5) // 6
        end = len(encoded) if (offset + len(data)) % 3 == 0 else len(encoded) - 1
        yield encoded[begin:end]
        yield encoded[begin:end].translate(_URL_SAFE)


_URL_SAFE = str.maketrans("+/", "-_")


def password_stands_in(request: UpgradeRequest, password: str) -> str:
    """Name the place outside Authorization where the password was sent: ``target``, a header's name, or nothing."""
    if mask_secret(request.target, password) != request.target:
        return "target"
    for name, value in request.headers:
        if name.lower() != "authorization" and mask_secret(value, password) != value:
            return mask_secret(name, password)
    return ""


class HasHeaders(Protocol):
    """A head, read or recorded."""

    @property
    def headers(self) -> Headers: ...


def looks_like_websocket(request: HasHeaders) -> bool:
    """Whether anything in the head speaks of WebSocket; what does not is a stranger, not a presystem."""
    return any(name.lower().startswith("sec-websocket") or name.lower() == "upgrade" for name, _ in request.headers)


def _problems(request: UpgradeRequest) -> Iterator[str]:
    """What RFC 6455 section 4.1 asks of an upgrade request and is not there."""
    if request.version != "1.1":
        yield f"HTTP/1.1 is expected, found HTTP/{request.version}"
    if request.method != "GET":
        yield f"method GET is expected, found {request.method}"
    if len(request.values("host")) != 1:
        yield "exactly one Host header is expected"
    if "websocket" not in [token.lower() for token in request.tokens("upgrade")]:
        yield "header Upgrade: websocket is expected"
    if "upgrade" not in [token.lower() for token in request.tokens("connection")]:
        yield "header Connection: Upgrade is expected"
    if request.values("sec-websocket-version") != ["13"]:
        yield f"Sec-WebSocket-Version 13 is expected, found {_list(request.values('sec-websocket-version'))}"
    if not _is_key(request.values("sec-websocket-key")):
        yield "Sec-WebSocket-Key with 16 bytes in Base64 is expected"
    if not all(value.isascii() for name in _ASCII_HEADERS for value in request.values(name)):
        yield "Host, Connection, Upgrade and Sec-WebSocket-* headers must be ASCII"


_ASCII_HEADERS = ("host", "connection", "upgrade", "sec-websocket-protocol", "sec-websocket-extensions")


def _is_key(values: list[str]) -> bool:
    try:
        return len(values) == 1 and len(base64.b64decode(values[0], validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def _list(values: list[str]) -> str:
    return ", ".join(values) or "none"
