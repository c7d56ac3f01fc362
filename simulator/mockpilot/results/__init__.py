"""Results of a run: what ``result.json`` says, and how findings, causes and deviations fold into it. Pure.

``records`` has the shapes and their JSON, ``scenario`` makes the result of one scenario, ``run`` folds those into the
result of a run, ``status`` turns that into an exit status. Recordings and verdicts come in; nothing is judged here.
"""

from mockpilot.results.records import (
    About,
    Columns,
    DeviationResult,
    FaultResult,
    FindingResult,
    Product,
    RequirementResult,
    RunFacts,
    RunResult,
    ScenarioResult,
    decode_result,
    encode_result,
)
from mockpilot.results.run import run_result
from mockpilot.results.scenario import not_selected, scenario_result
from mockpilot.results.status import exit_status

__all__ = [
    "About",
    "Columns",
    "DeviationResult",
    "FaultResult",
    "FindingResult",
    "Product",
    "RequirementResult",
    "RunFacts",
    "RunResult",
    "ScenarioResult",
    "decode_result",
    "encode_result",
    "exit_status",
    "not_selected",
    "run_result",
    "scenario_result",
]
