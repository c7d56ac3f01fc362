"""What a test is told when it fails because of the product, and when something cannot be asked for. Texts only."""

from __future__ import annotations

from mockpilot.errors import MockpilotError


class ConformanceFailure(AssertionError):  # noqa: N818 - the product fails, not the test's author
    """The product did not speak VDV 463 as it must; the text has all findings and the end of the history."""


class WaitFailure(AssertionError):  # noqa: N818 - likewise
    """What a test waited for did not come in time, or what should not have come came."""


class NotSelected(MockpilotError):  # noqa: N818 - a reason, not an error
    """A scenario that does not suit the product; the text says why."""
