"""From TOML text to a profile; every error names the file and the dotted key, and the nearest name for a typo.

A password stands in the profile or in the variable that it names; making one up is left to whoever has a source of
chance.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from mockpilot.durations import parse_duration
from mockpilot.errors import ProfileError
from mockpilot.limits import LIMIT_NAMES, Limits
from mockpilot.profile.settings import (
    PLACEHOLDER,
    CmsSettings,
    Expected,
    PresystemSettings,
    Profile,
    Provoke,
    default_user,
    split_address,
)
from mockpilot.protocol.envelope import Source
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, DIALECTS

_KINDS = (str(Source.BMS), str(Source.ITCS))

_TABLES = ("presystem", "cms", "limits", "provoke", "expected")
_PRESYSTEM_KEYS = ("name", "version", "kind", "id", "dialect", "sends_requests", "supervised", "user", "password",
                   "password_env")  # fmt: skip
_CMS_KEYS = ("listen", "host", "path", "certs", "push_interval", "depot", "partial_lists",
             "requests_survive")  # fmt: skip
_PROVOKE_KEYS = ("command", "http", "ask", "stdin")
_EXPECTED_KEYS = ("rule", "reason", "owner", "until")


def load_profile(
    path: Path | None, *, several: bool = False, dialect: str = "", environ: Mapping[str, str] = os.environ
) -> Profile:
    """Read a profile from its file; without one, all is default.

    Args:
        path: the file, as the user named it.
        several: accept ``[[presystem]]`` more than once.
        dialect: the name of a known one, which wins over the profile's; empty: as the profile says.
        environ: where ``password_env`` is looked up.

    Raises:
        ProfileError: names file and key, what was expected, and what was found.
    """
    if path is None:
        return Profile(PresystemSettings(dialect=dialect)) if dialect else Profile()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ProfileError(path, "", "no such file; 'mockpilot init FILE' writes a commented profile") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(path, "", f"cannot be read: {error}") from error
    return read_profile(text, path, several=several, dialect=dialect, environ=environ)


def read_profile(
    text: str, path: Path, *, several: bool = False, dialect: str = "", environ: Mapping[str, str] = os.environ
) -> Profile:
    """Read a profile from its text; relative paths in it are meant from the folder of ``path``."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(path, "", f"is no TOML: {error}") from error
    top = _Table(path, "", values, _TABLES)
    presystems = _presystems(top, environ, dialect, several=several)
    cms_table = top.table("cms", _CMS_KEYS)
    cms = _cms(cms_table, path.parent)
    if len(presystems) > 1 and PLACEHOLDER not in cms.path:
        cms_table.refuse("path", f"a path with {PLACEHOLDER} is expected, since there are {len(presystems)} "
                                 f"presystems, found {cms.path!r}")  # fmt: skip
    return Profile(
        presystem=presystems[0],
        cms=cms,
        limits=_limits(top.table("limits", LIMIT_NAMES)),
        provoke=_provoke(top.table("provoke", _PROVOKE_KEYS), path.parent) if "provoke" in values else None,
        expected=tuple(_expected(table) for table in top.tables("expected", _EXPECTED_KEYS)),
        presystems=presystems,
        file=path,
    )


class _Table:
    """One table of the file: hands out values of the type that is asked for, or says what is wrong."""

    def __init__(self, file: Path, prefix: str, values: Any, known: Iterable[str]) -> None:
        self.file, self.prefix, self.known = file, prefix, tuple(known)
        if not isinstance(values, dict):
            raise ProfileError(file, prefix.removesuffix("."), f"a table is expected, found {_show(values)}")
        self.values: dict[str, Any] = values
        for key in values:
            if key not in self.known:
                self.refuse(key, f"unknown key{_nearest(key, self.known)}")

    def refuse(self, key: str, problem: str) -> NoReturn:
        raise ProfileError(self.file, f"{self.prefix}{key}".removesuffix("."), problem)

    def text(self, key: str, default: str = "") -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            self.refuse(key, f"text in quotes is expected, found {_show(value)}")
        if key in self.values and not value.strip():
            self.refuse(key, "text is expected, found an empty one; leave the key out for the default")
        return value

    def needed(self, key: str) -> str:
        if key not in self.values:
            self.refuse(key, "is missing")
        return self.text(key)

    def one_of(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(key, default)
        if value not in choices:
            self.refuse(key, f"one of {', '.join(choices)} is expected, found {value!r}{_nearest(value, choices)}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, f"true or false is expected, found {_show(value)}")
        return value

    def duration(self, key: str, default: float) -> float:
        if key not in self.values:
            return default
        value = self.values[key]
        if not isinstance(value, str):
            self.refuse(key, f"a duration in quotes such as \"15 s\" is expected, found {_show(value)}")
        try:
            seconds = parse_duration(value)
        except ValueError as error:
            self.refuse(key, str(error))
        if not seconds:
            self.refuse(key, "a duration longer than nothing is expected")
        return seconds

    def words(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
            self.refuse(key, f"a list of words such as [\"./plan-a-bus\", \"--line\", \"42\"] is expected, "
                             f"found {_show(value)}")  # fmt: skip
        return tuple(value)

    def table(self, key: str, known: Iterable[str]) -> _Table:
        return _Table(self.file, f"{self.prefix}{key}.", self.values.get(key, {}), known)

    def tables(self, key: str, known: Iterable[str]) -> list[_Table]:
        values = self.values.get(key, [])
        if not isinstance(values, list):
            self.refuse(key, f"[[{key}]] with two brackets on each side is expected, found {_show(values)}")
        return [_Table(self.file, f"{key}[{number}].", value, known) for number, value in enumerate(values, 1)]


def _presystems(
    top: _Table, environ: Mapping[str, str], dialect: str, *, several: bool
) -> tuple[PresystemSettings, ...]:
    if not isinstance(top.values.get("presystem"), list):
        return (_presystem(top.table("presystem", _PRESYSTEM_KEYS), environ, dialect),)
    tables = top.tables("presystem", _PRESYSTEM_KEYS)
    if len(tables) > 1 and not several:
        top.refuse("presystem", f"one presystem is expected here, found {len(tables)}; only 'serve' takes several")
    if not tables:
        top.refuse("presystem", "at least one presystem is expected, found an empty list")
    presystems = tuple(_presystem(table, environ, dialect) for table in tables)
    for number, presystem in enumerate(presystems):
        if presystem.id in {earlier.id for earlier in presystems[:number]}:
            tables[number].refuse("id", f"{presystem.id!r} stands there twice; each presystem needs an id of its own")
        if presystem.dialect != presystems[0].dialect:
            tables[number].refuse("dialect", f"one dialect for all presystems is expected, found {presystem.dialect!r} "
                                             f"beside {presystems[0].dialect!r}; serve them one by one")  # fmt: skip
    return presystems


def _presystem(table: _Table, environ: Mapping[str, str], dialect: str) -> PresystemSettings:
    own = table.one_of("dialect", tuple(DIALECTS), DEFAULT_DIALECT.name)
    spoken = DIALECTS[dialect or own]
    id = table.text("id") or spoken.default_presystem_id  # noqa: A001 - the field's own word
    return PresystemSettings(
        name=table.text("name"),
        version=table.text("version"),
        kind=table.one_of("kind", _KINDS, "BMS"),
        id=id,
        dialect=spoken.name,
        sends_requests=table.flag("sends_requests", default=True),
        supervised=table.flag("supervised", default=False),
        user=_user(table, default_user(id, spoken.name)),
        password=_password(table, environ),
        password_env=table.text("password_env"),
    )


def _user(table: _Table, default: str) -> str:
    user = table.text("user", default)
    if ":" in user or not user.isprintable():
        # Basic credentials are USER:PASSWORD, so a colon would move the border.
        said = "" if "user" in table.values else " (the id, since no user is given; set user)"
        table.refuse("user", f"printable text without a colon is expected, found {user!r}{said}")
    return user


def _password(table: _Table, environ: Mapping[str, str]) -> str | None:
    variable = table.text("password_env")
    if "password" not in table.values:
        if variable and not environ.get(variable):
            table.refuse("password_env", f"the variable {variable} is not set; export it before the run")
        return environ[variable] if variable else None
    if variable:
        table.refuse("password", "either password or password_env is expected, found both")
    return table.text("password")


def _cms(table: _Table, folder: Path) -> CmsSettings:
    default = CmsSettings()
    listen = table.text("listen", default.listen)
    try:
        split_address(listen)
    except ValueError as error:
        table.refuse("listen", str(error))
    return CmsSettings(
        listen=listen,
        host=_host(table),
        path=_path(table, default.path),
        certs=folder / table.text("certs") if "certs" in table.values else None,
        push_interval_s=table.duration("push_interval", default.push_interval_s),
        depot=_depot(table, folder),
        partial_lists=table.flag("partial_lists", default=default.partial_lists),
        requests_survive=table.flag("requests_survive", default=default.requests_survive),
    )


def _host(table: _Table) -> str:
    host = table.text("host")
    if re.search(r"[/\s@]", host):
        table.refuse("host", f"a host name or address alone is expected, found {host!r}")
    return host


def _path(table: _Table, default: str) -> str:
    path = table.text("path", default)
    rest = path.replace(PLACEHOLDER, "")
    if not path.startswith("/") or not re.fullmatch(r"[!-~]*", rest) or re.search(r"[{}?#]", rest):
        table.refuse("path", f"a percent-encoded path such as '{default}' is expected, found {path!r}")
    return path


def _depot(table: _Table, folder: Path) -> str | Path:
    name = table.text("depot", "small")
    return folder / name if "/" in name or name.endswith(".toml") else name


def _limits(table: _Table) -> Limits:
    return Limits().with_changes({name: table.duration(name, 0.0) for name in table.values})


def _provoke(table: _Table, folder: Path) -> Provoke:
    if len(table.values) != 1:
        found = " and ".join(table.values) or "none"
        table.refuse("", f"exactly one of {', '.join(_PROVOKE_KEYS)} is expected, found {found}")
    if "command" in table.values:
        first, *rest = table.words("command")
        if "/" in first:  # a bare name is looked up on PATH
            first = str((folder / first).absolute())
        return Provoke(command=(first, *rest))
    if "http" in table.values:
        url = table.text("http")
        if not re.match(r"https?://[^/\s]", url):
            table.refuse("http", f"a URL that begins with http:// or https:// is expected, found {url!r}")
        if "@" in url.split("/")[2]:
            table.refuse("http", "a URL without a user and password is expected, since they would stand in traces; "
                                 "use command with a client that logs in")  # fmt: skip
        return Provoke(http=url)
    if "ask" in table.values:
        return Provoke(ask=table.text("ask"))
    if not table.flag("stdin", default=False):
        table.refuse("stdin", "true is expected; leave [provoke] out if nothing can be provoked")
    return Provoke(stdin=True)


def _expected(table: _Table) -> Expected:
    until = table.values.get("until")
    if "until" in table.values and (not isinstance(until, date) or isinstance(until, datetime)):
        table.refuse("until", f"a date without quotes such as 2027-03-31 is expected, found {_show(until)}")
    return Expected(table.needed("rule"), table.needed("reason"), table.text("owner"), until)


def _nearest(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(names), n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known here: {', '.join(names)}" if len(list(names)) < 12 else ""


def _show(value: Any) -> str:
    names = {bool: str(value).lower(), dict: "a table", list: "a list", str: repr(value)}
    return names.get(type(value), str(value))
