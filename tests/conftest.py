"""Hypothesis profiles, chosen by MOCKPILOT_HYPOTHESIS; nothing else is shared this way.

What CI tries is the same each time: its red means that the change is wrong. Elsewhere each run looks for something new.
"""

from __future__ import annotations

import os

from hypothesis import settings

collect_ignore = ["example_project"]
"""Somebody else's tests: they are run as such."""

for name, examples in {"dev": 100, "ci": 500, "soak": 2000}.items():
    settings.register_profile(name, max_examples=examples, deadline=None, derandomize=name == "ci")

settings.load_profile(os.environ.get("MOCKPILOT_HYPOTHESIS") or ("ci" if os.environ.get("CI") else "dev"))
