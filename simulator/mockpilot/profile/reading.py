"""From TOML text to a profile; every mistake is noted by file and dotted key, with the nearest name for a typo.

A password stands in the profile or in the variable that it names; making one up is left to whoever has a source of
chance.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from mockpilot.errors import ProfileError
from mockpilot.limits import LIMIT_NAMES, Limits
from mockpilot.profile.settings import (
    PLACEHOLDER,
    CmsSettings,
    Expected,
    PresystemSettings,
    Profile,
    Provoke,
    RunSettings,
    default_user,
    split_address,
)
from mockpilot.protocol.envelope import Source
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, DIALECTS
from mockpilot.toml_tables import Problems, Table, read_document, show

_KINDS = (str(Source.BMS), str(Source.ITCS))

TABLES = ("presystem", "cms", "limits", "provoke", "expected", "run")
"""What a profile consists of; ``run`` stands in the effective one of a run, and says how that was started."""

_PRESYSTEM_KEYS = ("name", "version", "kind", "id", "dialect", "sends_requests", "offers_subprotocol", "supervised",
                   "user", "password", "password_env")  # fmt: skip
_CMS_KEYS = ("listen", "host", "path", "certs", "push_interval", "depot", "partial_lists",
             "requests_survive")  # fmt: skip
_PROVOKE_KEYS = ("command", "http", "ask", "stdin")
_RUN_KEYS = ("seed", "command", "start_once", "scenarios", "plans")
_EXPECTED_KEYS = ("rule", "reason", "owner", "until")


class EverySet(Mapping[str, str]):
    """An environment in which every variable is set, for whoever reads a profile without being about to use it."""

    def __getitem__(self, key: str) -> str:
        return "set"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


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
    problems = Problems(path)
    profile = note_profile(text, path, problems, several=several, dialect=dialect, environ=environ)
    problems.raise_first()
    return profile


def note_profile(
    text: str,
    path: Path,
    problems: Problems,
    *,
    several: bool = False,
    dialect: str = "",
    environ: Mapping[str, str] = os.environ,
) -> Profile:
    """Read a profile and note all mistakes; only without any the profile is one to work with."""
    top = read_document(text, problems, TABLES)
    presystems = _presystems(top, environ, dialect, several=several)
    cms_table = top.table("cms", _CMS_KEYS)
    cms = _cms(cms_table, path.parent)
    if len(presystems) > 1 and PLACEHOLDER not in cms.path:
        cms_table.note("path", f"a path with {PLACEHOLDER} is expected, since there are {len(presystems)} "
                               f"presystems, found {cms.path!r}")  # fmt: skip
    return Profile(
        presystem=presystems[0],
        cms=cms,
        limits=_limits(top.table("limits", LIMIT_NAMES)),
        provoke=_provoke(top.table("provoke", _PROVOKE_KEYS), path.parent) if "provoke" in top else None,
        expected=tuple(_expected(table) for table in top.tables("expected", _EXPECTED_KEYS)),
        presystems=presystems,
        file=path,
        run=_run(top.table("run", _RUN_KEYS)) if "run" in top else None,
    )


def _run(table: Table) -> RunSettings:
    seed = table.values.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool):
        table.note("seed", f"a whole number is expected, found {show(seed)}")
        seed = 0
    return RunSettings(
        seed=seed, command=_words(table, "command"), start_once=table.flag("start_once", default=False),
        scenarios=tuple(map(Path, _words(table, "scenarios"))), plans=tuple(map(Path, _words(table, "plans"))),
    )  # fmt: skip


def _words(table: Table, key: str) -> tuple[str, ...]:
    words = table.values.get(key, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        table.note(key, f"a list of texts is expected, found {show(words)}")
        return ()
    return tuple(words)


def _presystems(
    top: Table, environ: Mapping[str, str], dialect: str, *, several: bool
) -> tuple[PresystemSettings, ...]:
    if not isinstance(top.values.get("presystem"), list):
        return (_presystem(top.table("presystem", _PRESYSTEM_KEYS), environ, dialect),)
    tables = top.tables("presystem", _PRESYSTEM_KEYS)
    if len(tables) > 1 and not several:
        top.note("presystem", f"one presystem is expected here, found {len(tables)}; only 'serve' takes several")
    if not tables:
        top.note("presystem", "at least one presystem is expected, found an empty list")
        return (PresystemSettings(),)
    presystems = tuple(_presystem(table, environ, dialect) for table in tables)
    for number, presystem in enumerate(presystems):
        if presystem.id in {earlier.id for earlier in presystems[:number]}:
            tables[number].note("id", f"{presystem.id!r} stands there twice; each presystem needs an id of its own")
        if presystem.dialect != presystems[0].dialect:
            tables[number].note("dialect", f"one dialect for all presystems is expected, found {presystem.dialect!r} "
                                           f"beside {presystems[0].dialect!r}; serve them one by one")  # fmt: skip
    return presystems


def _presystem(table: Table, environ: Mapping[str, str], dialect: str) -> PresystemSettings:
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
        offers_subprotocol=table.flag("offers_subprotocol", default=True),
        supervised=table.flag("supervised", default=False),
        user=_user(table, default_user(id, spoken.name)),
        password=_password(table, environ),
        password_env=table.text("password_env"),
    )


def _user(table: Table, default: str) -> str:
    user = table.text("user", default)
    if ":" in user or not user.isprintable():
        # Basic credentials are USER:PASSWORD, so a colon would move the border.
        said = "" if "user" in table.values else " (the id, since no user is given; set user)"
        table.note("user", f"printable text without a colon is expected, found {user!r}{said}")
    return user


def _password(table: Table, environ: Mapping[str, str]) -> str | None:
    variable = table.text("password_env")
    if "password" not in table.values:
        if variable and not environ.get(variable):
            table.note("password_env", f"the variable {variable} is not set; export it before the run")
        return environ.get(variable) if variable else None
    if variable:
        table.note("password", "either password or password_env is expected, found both")
    return table.text("password")


def _cms(table: Table, folder: Path) -> CmsSettings:
    default = CmsSettings()
    listen = table.text("listen", default.listen)
    try:
        split_address(listen)
    except ValueError as error:
        table.note("listen", str(error))
    return CmsSettings(
        listen=listen,
        host=_host(table),
        path=_path(table, default.path),
        certs=folder / table.text("certs") if "certs" in table.values else None,
        push_interval_s=_duration(table, "push_interval", default.push_interval_s),
        depot=_depot(table, folder),
        partial_lists=table.flag("partial_lists", default=default.partial_lists),
        requests_survive=table.flag("requests_survive", default=default.requests_survive),
    )


def _host(table: Table) -> str:
    host = table.text("host")
    if re.search(r"[/\s@]", host):
        table.note("host", f"a host name or address alone is expected, found {host!r}")
    return host


def _path(table: Table, default: str) -> str:
    path = table.text("path", default)
    rest = path.replace(PLACEHOLDER, "")
    if not path.startswith("/") or not re.fullmatch(r"[!-~]*", rest) or re.search(r"[{}?#]", rest):
        table.note("path", f"a percent-encoded path such as '{default}' is expected, found {path!r}")
    return path


def _depot(table: Table, folder: Path) -> str | Path:
    name = table.text("depot", "small")
    return folder / name if "/" in name or name.endswith(".toml") else name


def _limits(table: Table) -> Limits:
    usual = Limits().as_seconds()
    return Limits().with_changes({name: _duration(table, name, usual[name]) for name in table.values if name in usual})


def _provoke(table: Table, folder: Path) -> Provoke | None:
    if len(table.values) != 1:
        found = " and ".join(table.values) or "none"
        table.note("", f"exactly one of {', '.join(_PROVOKE_KEYS)} is expected, found {found}")
    if "command" in table:
        return Provoke(command=_command(table, folder))
    if "http" in table:
        return Provoke(http=_url(table))
    if "ask" in table:
        return Provoke(ask=table.text("ask"))
    if "stdin" in table and not table.flag("stdin", default=False) and "stdin" not in table.wrong:
        table.note("stdin", "true is expected; leave [provoke] out if nothing can be provoked")
    return Provoke(stdin=True)


def _command(table: Table, folder: Path) -> tuple[str, ...]:
    words = table.values["command"]
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
        table.note("command", f"a list of words such as [\"./plan-a-bus\", \"--line\", \"42\"] is expected, "
                              f"found {show(words)}")  # fmt: skip
        return ()
    first, *rest = words
    if "/" in first:  # a bare name is looked up on PATH
        first = str((folder / first).absolute())
    return (first, *rest)


def _url(table: Table) -> str:
    url = table.text("http")
    if "http" in table.wrong:
        return url
    if not re.match(r"https?://[^/\s]", url):
        table.note("http", f"a URL that begins with http:// or https:// is expected, found {url!r}")
    elif "@" in url.split("/")[2]:
        table.note("http", "a URL without a user and password is expected, since they would stand in traces; "
                           "use command with a client that logs in")  # fmt: skip
    return url


def _expected(table: Table) -> Expected:
    until = table.values.get("until")
    if "until" in table.values and (not isinstance(until, date) or isinstance(until, datetime)):
        table.note("until", f"a date without quotes such as 2027-03-31 is expected, found {show(until)}")
    return Expected(table.required("rule"), table.required("reason"), table.text("owner"), until)


def _duration(table: Table, key: str, default: float) -> float:
    seconds = table.seconds(key, default)
    if not seconds:
        table.note(key, "a duration longer than nothing is expected")
    return seconds or default
