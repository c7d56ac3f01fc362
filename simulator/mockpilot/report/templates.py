"""The templates of pages: found beside this module; what they are given is text, and escaped, unless it is markup."""

from __future__ import annotations

import html
import re
from functools import cache
from importlib import resources

import jinja2

from mockpilot.counts import counted
from mockpilot.report import wording
from mockpilot.report.reasons import stale_words


def rendered(name: str, **values: object) -> str:
    """Fill in a template."""
    return _environment().get_template(name).render(values)


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=jinja2.FunctionLoader(source), auto_reload=False,
    )  # fmt: skip
    made.globals |= {
        "MARKS": wording.MARKS, "LEVEL_MARKS": wording.LEVEL_MARKS, "WORDS": wording.WORDS,
        "MEANINGS": wording.MEANINGS, "STATEMENTS": wording.STATEMENTS,
    }  # fmt: skip
    made.filters |= {
        "visible": wording.visible, "label": wording.requirement_words, "basis": wording.basis_words,
        "why": wording.why, "remarks": wording.remark_words, "stale": stale_words,
        "reason": wording.reason_words, "prose": prose, "counted": counted,
    }  # fmt: skip
    return made


def prose(text: str) -> str:
    """Running text as markup, in which a requirement's id such as L-06 is not broken at its hyphen."""
    return _ID.sub(r'<span class="id">\g<0></span>', html.escape(wording.visible(text)))


_ID = re.compile(r"\b[A-Z]-\d\d\b")


def source(name: str) -> str:
    """The text of a template, style sheet or script as it is shipped."""
    return resources.files("mockpilot.report").joinpath(name).read_text(encoding="utf-8")
