"""The control API against its own description, with requests that schemathesis makes up; it finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from console.serving import Bench, presystem, serving
from running import wait_until

EXAMPLES = 8
"""For each operation."""
NEVER_ENDS = ("/feed",)
PATIENT = (("POST", "/wait"), ("POST", "/runs"))
"""Have a test of their own, because what is made up here may wait for years, or play for hours."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A console with a presystem that boots, again and again if need be."""
    with serving(tmp_path_factory.mktemp("bench")) as running, presystem(running):
        running.ctl("wait", "accepted", "--within", "20 s")
        yield running


def operations(bench: Bench) -> list[Any]:
    """Everything that is described and ends by itself."""
    schema = schemathesis.openapi.from_url(
        f"{bench.address}/api/openapi.json", headers={"Authorization": f"Bearer {bench.key}"}
    )
    assert schema.raw_schema["openapi"].startswith("3.1")
    found: list[Any] = [one.ok() for one in schema.get_all_operations()]  # type: ignore[union-attr]
    return [one for one in found if one.path not in NEVER_ENDS and (one.method.upper(), one.path) not in PATIENT]


def test_requests_that_are_made_up_find_nothing(bench: Bench) -> None:
    """No status, type or shape that is not described, no crash, nothing let in without the key."""
    seen = operations(bench)
    assert len(seen) > 25
    for operation in seen:
        _try(operation, bench)
    assert bench.get("/health")["ready"]
    assert [line for line in bench.get("/messages?most=1000")["lines"] if line["event"] == "simulator_broke"] == []


def _try(operation: Any, bench: Bench) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def one_request(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {bench.key}"}, timeout=30)

    given(operation.as_strategy())(one_request)()  # type: ignore[no-untyped-call]


def test_wait_is_as_it_is_described(bench: Bench) -> None:
    """With patience that somebody has."""
    schema = schemathesis.openapi.from_url(
        f"{bench.address}/api/openapi.json", headers={"Authorization": f"Bearer {bench.key}"}
    )
    operation = schema["/wait"]["POST"]
    bodies: list[Any] = [
        {"what": "link", "within": "10 ms"}, {"what": "doomsday"}, {"what": 1}, {}, {"what": "link", "x": 1},
    ]  # fmt: skip
    for body in bodies:
        case = operation.Case(body=body, media_type="application/json")
        case.call_and_validate(headers={"Authorization": f"Bearer {bench.key}"}, timeout=30)


def test_runs_are_as_they_are_described(bench: Bench) -> None:
    """From the start over the results to the report; meanwhile nobody meddles."""
    schema = schemathesis.openapi.from_url(
        f"{bench.address}/api/openapi.json", headers={"Authorization": f"Bearer {bench.key}"}
    )

    def called(method: str, path: str, **given: Any) -> Any:
        case = schema[path][method].Case(**given)
        return case.call_and_validate(headers={"Authorization": f"Bearer {bench.key}"}, timeout=30)

    def started(body: object) -> Any:
        return called("POST", "/runs", body=body, media_type="application/json")

    for bad in ({"selection": ["doomsday"]}, {"selection": 1}, {"selection": [""]}, {"x": 1}, {"seed": -1}):
        assert started(bad).status_code in (400, 409)
    begun = started({"selection": ["information_withheld"]})  # goes on for some seconds
    assert begun.status_code == 200
    name = {"name": begun.json()["id"]}
    assert started({"selection": ["boot_accepted"]}).status_code == 409
    assert called("GET", "/runs/{name}/report", path_parameters=name).status_code == 409
    assert called("POST", "/push").status_code == 409
    wait_until(lambda: called("GET", "/runs/{name}", path_parameters=name).json()["state"] != "goes on")
    assert called("GET", "/runs").json()[0]["id"] == name["name"]
    assert called("DELETE", "/runs/{name}", path_parameters=name).status_code == 409
    report = called("GET", "/runs/{name}/report", path_parameters=name)
    assert (report.status_code, report.text.startswith("<!doctype html>")) == (200, True)
