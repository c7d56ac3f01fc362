"""COMMAND as the user wrote it: whether it can be started, and which names in braces look like ours and are not."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from mockpilot.errors import UsageError
from mockpilot.likeness import alike

PLACEHOLDERS = ("url", "ca_file", "user", "password", "presystem_id", "slot")
"""Names that are filled in where they stand in braces; other braces are the product's own and stay."""
_IN_BRACES = re.compile(r"(?<![$\\{])\{([A-Za-z][A-Za-z_-]*)\}(?!\})")
"""Not what a shell or a template engine would fill in: ``${USER}``, ``{{user}}``."""


def near_misses(command: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names in braces that stay as they are, and the one of ours that was perhaps meant."""
    for name in dict.fromkeys(found for word in command for found in _IN_BRACES.findall(word)):
        meant = _meant(name)
        if name not in PLACEHOLDERS and meant:
            yield name, meant


def _meant(name: str) -> str:
    spelled = name.lower().replace("-", "_")
    begun = [known for known in PLACEHOLDERS if known.startswith(spelled)]
    return next(iter([*begun, *alike(spelled, PLACEHOLDERS)]), "")


def check_command(command: Sequence[str]) -> None:
    """Make sure that COMMAND can be started at all.

    Raises:
        UsageError: there is no such program.
    """
    program = shutil.which(command[0])
    missing = "is not found or not executable; give its path or put it on PATH"
    trouble = missing if program is None else _no_program(Path(program))
    if trouble:
        raise UsageError(f"COMMAND: a program that can be started is expected, {command[0]!r} {trouble}")


def _no_program(file: Path) -> str:
    # The system says the same, but only once a scenario has begun.
    try:
        with file.open("rb") as opened:
            head = opened.read(256)
    except OSError:
        return ""  # the right to run it is enough
    if head.startswith(b"#!"):
        interpreter = os.fsdecode(head[2:].split(b"\n")[0].strip().partition(b" ")[0])
        return "" if shutil.which(interpreter) else f"names an interpreter that is not there, {interpreter!r}"
    return "" if b"\0" in head else "has no first line such as #!/bin/sh"
