"""What a recording says in its first line: which scenario, of which product, by which limits and clock.

Whoever judges or reads the recording knows nothing else of the circumstances.
"""

from __future__ import annotations

import math

from mockpilot import __version__
from mockpilot.certification.episode_set import Set
from mockpilot.certification.setting import tells_its_password
from mockpilot.history.events import Presystem, ScenarioStarted
from mockpilot.scenario.catalogue import VERSION
from mockpilot.scenario.definition import Scenario


def first_line(scenario: Scenario, set_: Set) -> ScenarioStarted:
    """The event that a recording of this scenario begins with."""
    profile, presystem = set_.profile, set_.profile.presystem
    launched = set_.launch is not None or set_.running is not None or set_.started_here
    grid_kw = set_.server.world.site.depot.grid_limit_kw
    return ScenarioStarted(
        scenario=scenario.name, exercises=scenario.exercises, dialect=set_.server.world.dialect.name,
        presystem=Presystem(
            id=presystem.id, kind=presystem.kind, user=presystem.user, path=profile.cms.target(presystem.id),
            name=presystem.name, version=presystem.version, sends_requests=presystem.sends_requests,
            launched=launched, same_host=launched, supervised=presystem.supervised,
            provoked=profile.provoke is not None or set_.provoke is not None,
            telling_password=tells_its_password(set_.server, presystem.id),
        ),
        push_interval_s=profile.cms.push_interval_s, limits=profile.limits.as_seconds(), seed=set_.seed,
        mockpilot=__version__, catalogue=VERSION, advertised_points=set_.advertised,
        grid_limit_kw=None if math.isinf(grid_kw) else grid_kw, time_factor=set_.clock.factor, time=set_.clock.mode,
    )  # fmt: skip
