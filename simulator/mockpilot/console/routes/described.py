"""What all routes share: what they are given, and how their answers are described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter, SkipValidation

from mockpilot.console.bench import Bench
from mockpilot.console.feed import Feed
from mockpilot.console.guard import PROBLEM
from mockpilot.console.runs import Runs
from mockpilot.console.told import Problem

TheBench = NamedDependency[SkipValidation[Bench]]
ByHand = NamedDependency[SkipValidation[Bench]]
"""The bench as long as somebody may meddle by hand: no run goes on."""
TheRuns = NamedDependency[SkipValidation[Runs]]
TheFeed = NamedDependency[SkipValidation[Feed]]
Number = Annotated[int, PathParameter(ge=0, le=10**12)]
Name = Annotated[str, PathParameter(min_length=1, max_length=200)]
Index = Annotated[int, QueryParameter(ge=0, le=10**12)]


def _problem(what: str) -> ResponseSpec:
    return ResponseSpec(Problem, description=what, media_type=PROBLEM, generate_examples=False)


LOOKED: Mapping[int, ResponseSpec] = {
    400: _problem("the request is not what is described here"),
    401: _problem("no key, or a wrong one"),
    403: _problem("this key may only look, or the page is a foreign one"),
    421: _problem("the Host is not the console's"),
}
FOUND = {**LOOKED, 404: _problem("there is no such thing")}
ACTED = {**LOOKED, 409: _problem("it was not done, and why not"), 413: _problem("the request is too large")}
FOUND_AND_ACTED = {**FOUND, **ACTED}
