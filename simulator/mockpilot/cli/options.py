"""Options that several commands share, and what they make of a profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from mockpilot.durations import parse_duration
from mockpilot.errors import UsageError
from mockpilot.profile import Profile, load_profile
from mockpilot.profile.settings import split_address
from mockpilot.protocol.vocabulary import dialect

F = TypeVar("F", bound=Callable[..., Any])

FASTEST = 1000.0
"""Already then two pushes a second lie more than eight minutes apart: what is shorter nobody sees any more."""


class Duration(click.ParamType):  # type: ignore[type-arg]
    """A duration on the command line, as seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return parse_duration(value)
        except ValueError as error:
            raise UsageError(f"{param.opts[0] if param else 'option'}: {error}") from error


class TimeFactor(click.ParamType):  # type: ignore[type-arg]
    """How many times as fast as the wall clock a depot lives."""

    name = "factor"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            factor = float(value)
        except ValueError:
            factor = 0.0
        if not 0 < factor <= FASTEST:
            raise UsageError(f"--time-factor: a number above 0 and at most {FASTEST:.0f} is expected, found {value!r}; "
                             "a night of ten hours takes a minute with 600")  # fmt: skip
        return factor


def profile_options(command: F) -> F:
    """The options that every command with a CMS takes."""
    for option in (
        click.option("--push-interval", type=Duration(), metavar="DURATION", help="time between pushes"),
        click.option("--listen", metavar="HOST:PORT", help="where the CMS listens; port 0: any free one"),
        click.option("--dialect", metavar="NAME", help="chargepilot, vdv-1.1, … (list dialects)"),
        click.option("--profile", "profile_file", metavar="FILE", type=click.Path(path_type=Path),
                     help="the product's profile; 'mockpilot init' writes one"),
    ):  # fmt: skip
        command = option(command)
    return command


def read_profile_options(
    profile_file: Path | None, dialect_name: str | None, listen: str | None, push_interval: float | None,
    *, several: bool = False,
) -> Profile:  # fmt: skip
    """Load the profile and let the options win.

    Raises:
        ProfileError, UsageError: names file and key, or the option.
    """
    spoken = dialect(dialect_name).name if dialect_name is not None else ""
    profile = load_profile(profile_file, several=several, dialect=spoken)
    cms = profile.cms
    if listen is not None:
        try:
            split_address(listen)
        except ValueError as error:
            raise UsageError(f"--listen: {error}") from error
        cms = replace(cms, listen=listen)
    if push_interval is not None:
        if push_interval <= 0:
            raise UsageError("--push-interval: a duration above zero is expected")
        cms = replace(cms, push_interval_s=push_interval)
    return replace(profile, cms=cms)
