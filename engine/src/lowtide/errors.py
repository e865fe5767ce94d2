"""An exception is for the operator; a reject is for the data's owner.

    LowtideError            exit 1   the job failed
    ├── JobError            exit 1   the run stopped: too many rejects, a broken state file
    ├── ActionError         exit 1   the alert is not in a state in which that may be done
    ├── SettingsError       exit 2   a setting or an option is wrong
    │   └── PolicyError     exit 2   the policy or the catalogue is wrong, with line and column
    ├── InputError          exit 3   the input cannot be read at all
    ├── WarehouseError      exit 4   the warehouse cannot be reached
    └── BrokerError         exit 4   the broker cannot be reached, or refuses

Each carries what is wrong and, as `hint`, what to do next. A record that cannot be used is never one of
these: it is a row in `reject` (see `native/src/intake/reject.rs`).
"""

from __future__ import annotations


class LowtideError(Exception):
    """The job failed. `message` says what is wrong, `hint` what to do about it."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class JobError(LowtideError):
    """The run was stopped before its end."""


class ActionError(LowtideError):
    """The alert is not in a state in which that may be done; the hint names what may."""


class SettingsError(LowtideError):
    """A setting, an option or an argument is wrong."""

    exit_code = 2


class PolicyError(SettingsError):
    """The policy or the catalogue is wrong; the message names file, line and column."""


class InputError(LowtideError):
    """The input cannot be read at all: it is not there, or may not be opened."""

    exit_code = 3


class WarehouseError(LowtideError):
    """The warehouse cannot be reached."""

    exit_code = 4


class BrokerError(LowtideError):
    """The broker cannot be reached, or refuses."""

    exit_code = 4
