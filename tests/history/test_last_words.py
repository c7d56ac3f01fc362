"""The line that tells most of how a product ended."""

from __future__ import annotations

import pytest

from mockpilot.history.last_words import last_words

JAVA = ('Exception in thread "main" java.lang.IllegalStateException: no depot', "\tat Depot.main(Depot.java:286)")
CAUSED = (*JAVA, "Caused by: java.io.IOException: licence missing", "\tat Licence.read(Licence.java:7)", "\t... 3 more")
PYTHON = ("Traceback (most recent call last):", '  File "acme.py", line 3, in <module>', "ValueError: no licence")
NODE = ("Error: no licence", "    at Object.<anonymous> (/srv/acme.js:1:7)", "    at node:internal/main:23:47", "")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ((), ""),
        (("starting", "not let in", "", "  "), "not let in"),
        (JAVA, JAVA[0]),
        (CAUSED, "Caused by: java.io.IOException: licence missing"),
        (PYTHON, "ValueError: no licence"),
        (NODE, "Error: no licence"),
        (("at last: no licence",), "at last: no licence"),
        (("\tat Depot.main(Depot.java:286)", ""), "at Depot.main(Depot.java:286)"),
    ],
)
def test_last_words_are_no_call_and_not_blank(output: tuple[str, ...], said: str) -> None:
    """Unless there is nothing else."""
    assert last_words(output) == said
