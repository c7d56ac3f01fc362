"""What was perhaps forgotten on a command line that makes no sense: '--' before COMMAND, --profile before a file."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

TAKE_COMMAND = ("certify", "again")


def forgotten(words: Sequence[str]) -> str:
    """A hint, as the end of a sentence; empty if nothing suggests one.

    Args:
        words: of the command line, the command's name first.
    """
    if not words or words[0] not in TAKE_COMMAND or "--" in words:
        return ""
    for place, word in enumerate(words[1:], 1):
        if word.endswith(".toml") and Path(word).is_file() and words[place - 1] != "--profile":
            return f"; if {word!r} is the product's profile, put --profile before it"
        if _is_program(word):
            return f"; if {word!r} begins the COMMAND, put -- before it: mockpilot {words[0]} … -- {word} …"
    return ""


def _is_program(word: str) -> bool:
    return not word.startswith("-") and (shutil.which(word) is not None or ("/" in word and Path(word).is_file()))
