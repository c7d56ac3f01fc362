"""The exception tree: mistakes of the people who use mockpilot, and of mockpilot itself.

A violation by the presystem is never an exception; it is data, which ``mockpilot.conformance`` judges.
"""

from __future__ import annotations


class MockpilotError(Exception):
    """Whatever the command line reports as one sentence instead of a traceback."""


class ProfileError(MockpilotError):
    """A profile, depot or other settings file does not say what it should.

    Args:
        file: where it stands, as the user named it.
        key: the dotted key, or an empty string for the file as a whole.
        problem: what was expected, what was found, and the next step.
    """

    def __init__(self, file: object, key: str, problem: str) -> None:
        where = f"{file}: {key}: " if key else f"{file}: "
        super().__init__(where + problem)
        self.file, self.key, self.problem = str(file), key, problem


class UsageError(MockpilotError):
    """An option, argument or set-up that cannot work."""


class StorageError(MockpilotError):
    """What must be written down cannot be: a full disk, a folder that was taken away.

    Args:
        path: what was being written.
        folder: where everything written before lies.
        reason: what the system says.
    """

    def __init__(self, path: object, folder: object, reason: str) -> None:
        super().__init__(f"{path}: cannot be written: {reason}; what was recorded before is safe in {folder}, "
                         f"make room and 'mockpilot report {folder}' shows it")  # fmt: skip


class ScenarioError(MockpilotError):
    """The author of a scenario asked for something that the stage cannot do."""


class LocalProtocolError(MockpilotError):
    """We were about to send something illegal that no fault asked for: our bug."""
