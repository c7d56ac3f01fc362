"""``mockpilot lint``: what is wrong with depot files, profiles and plans, by line and key, before anything runs."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockpilot.counts import counted
from mockpilot.errors import UsageError

if TYPE_CHECKING:
    from mockpilot.toml_tables import Problems

_Check = Callable[[str, Path, "Problems"], None]


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
def lint(files: tuple[Path, ...]) -> int:
    """Check depot files, profiles and fault plans: every problem with its file, line and key.

    Passwords are no part of a file: variables that a profile names need not be set.
    """
    from mockpilot.toml_tables import Problems

    texts = [_read(file) for file in files]
    checks = [_check_of(file, text) for file, text in zip(files, texts, strict=True)]
    found = 0
    for file, text, check in zip(files, texts, checks, strict=True):
        problems = Problems(file)
        check(text, file, problems)
        for line, said in sorted(_located(text, problems), key=lambda one: one[0]):
            click.echo(f"{file}:{line}: {said}")
        found += len(problems.found)
    if not found:
        click.echo(f"{counted(len(files), 'file')}, no problems")
    return 1 if found else 0


def _read(file: Path) -> str:
    if file.suffix == ".py":
        raise UsageError(f"{file}: a depot file, a profile or a plan is expected; scenarios are not linted yet, "
                         f"'mockpilot certify --scenarios DIR --dry-run' loads those of a folder")  # fmt: skip
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{file}: a depot file, a profile or a plan is expected, there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: a text file in UTF-8 is expected, it cannot be read: {error}") from error


def _check_of(file: Path, text: str) -> _Check:
    from mockpilot.depot.loader import TABLES as DEPOT
    from mockpilot.profile.reading import TABLES as PROFILE

    try:
        tables = tomllib.loads(text).keys()
    except (ValueError, RecursionError):
        return _check_form
    if tables & set(DEPOT):
        return _check_depot
    if "fault" in tables:
        return _check_plan
    if tables & set(PROFILE):
        return _check_profile
    raise UsageError(f"{file}: a depot file with [depot], a plan with [[fault]] or a profile with one of "
                     f"{', '.join(PROFILE)} is expected, found {', '.join(tables) or 'nothing'}")  # fmt: skip


def _located(text: str, problems: Problems) -> Iterator[tuple[int, str]]:
    from mockpilot.toml_lines import line_of, line_of_mistake, lines_of_keys

    try:
        tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        yield from ((line_of_mistake(text, error), one.problem) for one in problems.found)
        return
    lines = lines_of_keys(text)
    for one in problems.found:
        yield line_of(lines, one.key), f"{one.key}: {one.problem}" if one.key else one.problem


def _check_form(text: str, file: Path, problems: Problems) -> None:
    from mockpilot.toml_tables import read_document

    read_document(text, problems, ())


def _check_depot(text: str, file: Path, problems: Problems) -> None:
    from mockpilot.depot.loader import read_depot

    read_depot(text, problems)


def _check_plan(text: str, file: Path, problems: Problems) -> None:
    from mockpilot.certification.plans import note_claims

    note_claims(text, problems)


def _check_profile(text: str, file: Path, problems: Problems) -> None:
    from mockpilot.conformance.rules import RULES
    from mockpilot.profile.reading import EverySet, note_profile
    from mockpilot.toml_tables import nearest

    profile = note_profile(text, file, problems, several=True, environ=EverySet())
    _check_choice_of_depot(profile.cms.depot, problems)
    for number, expected in enumerate(profile.expected, 1):
        if expected.rule and expected.rule not in RULES:
            hint = nearest(expected.rule, RULES) or "; 'mockpilot list rules' names them"
            problems.note(f"expected[{number}].rule", f"the id of a rule is expected, found {expected.rule!r}{hint}")


def _check_choice_of_depot(chosen: str | Path, problems: Problems) -> None:
    from mockpilot.scenario.catalogue import shipped_folder

    folder = shipped_folder() / "depots"
    known = ", ".join(sorted(file.stem for file in folder.glob("*.toml")))
    if not (chosen if isinstance(chosen, Path) else folder / f"{chosen}.toml").is_file():
        problems.note("cms.depot", f"a depot file or one of {known} is expected, there is no {str(chosen)!r}")
