"""An exception is for the operator; a reject is for the data's owner.

    LowtideError            exit 1   the job failed
    ├── JobError            exit 1   the run stopped: too many rejects, a block that cannot be read
    │   ├── StateError      exit 1   the state is damaged
    │   └── StateAccessError
    │                       exit 1   the state cannot be opened now: locked, no permission, no handles, no space
    ├── JournalWriteError   exit 1   the journal cannot be written now; nothing of the document was taken
    ├── ActionError         exit 1   the state of the alert does not allow this action
    ├── SettingsError       exit 2   a setting or an option is wrong
    │   ├── PolicyError     exit 2   the policy or the catalogue is wrong, with line and column
    │   ├── MapError        exit 2   a map is wrong, with line and column, or does not fit its document
    │   ├── FormError       exit 2   a form of an order is wrong, with line and column, or does not take an order
    │   ├── PeopleError     exit 2   the file of people is wrong, with line and column
    │   ├── StateVersionError
    │   │                   exit 2   the state is whole, but another version of this program wrote it
    │   ├── StateInUseError exit 2   another run works on the state
    │   ├── JournalInUseError
    │   │                   exit 2   another process writes the journal
    │   └── TopicChangedError
    │                       exit 2   the topic is not the one that the state was made from, or has lost messages
    ├── InputError          exit 3   the input cannot be read at all
    ├── WarehouseError      exit 4   the warehouse cannot be reached
    ├── BrokerError         exit 4   the broker cannot be reached, or refuses
    └── SupersededError     exit 76  another run has taken over the state of this one

Each error says what is wrong and, as `hint`, what to do next. A record that cannot be used is never one of these errors: it
is a row in `reject` (see `native/src/intake/reject.rs`). The core raises the same classes: its room `python` maps each kind
of its refusals to one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class LowtideError(Exception):
    """The job failed. `message` says what is wrong, `hint` what to do about it."""

    exit_code = 1
    usual_hint = ""
    """The hint where the one who raises it gives no other."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.usual_hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class JobError(LowtideError):
    """The run was stopped before its end."""


class StateError(JobError):
    """A state is damaged: something in it is missing, or is not what was written."""

    usual_hint = (
        "Put back a copy of the folder, or remove it and read the whole log again from its first record: "
        "the result is the same."
    )


class StateAccessError(JobError):
    """A state cannot be opened, read or written now. That does not mean that it is damaged, so nothing in it was changed."""

    usual_hint = (
        "Nothing in the state was changed. End the program that uses it, or mend permissions, limits or the disk, "
        "and start the same command again."
    )


class JournalWriteError(LowtideError):
    """The journal cannot be written now. Nothing of the document was taken, so its sender may send it again."""

    usual_hint = "Make room on the disk or mend its folder: the next document is tried anew."

    @classmethod
    def of(cls, folder: Path, error: OSError) -> JournalWriteError:
        """The error for what a disk said."""
        return cls(f"the journal cannot be written to `{folder}`: {error.strerror or error}")


class ActionError(LowtideError):
    """The state of the alert does not allow this action; the hint names the allowed actions."""


class SettingsError(LowtideError):
    """A setting, an option or an argument is wrong."""

    exit_code = 2


class PolicyError(SettingsError):
    """The policy or the catalogue is wrong; the message names file, line and column."""


class MapError(SettingsError):
    """A map is wrong, or names a column that its document lacks; the message names file, line and column."""

    usual_hint = "Try the map on a sample with `lowtide map check MAP SAMPLE`; docs/maps.md has every step."


class FormError(SettingsError):
    """A form is wrong, or an order does not fit it."""


class PeopleError(SettingsError):
    """The file of people, or a list that it names, is wrong; the message names file, line and column."""


class StateVersionError(SettingsError):
    """A state is whole, but another version of this program wrote it. Nothing in it was changed."""

    usual_hint = (
        "Go on with the version of `lowtide` that wrote it, or give an empty folder and read the whole log again "
        "from its first record: the result is the same."
    )


class StateInUseError(SettingsError):
    """Another run works on this state, or the processes of a cluster work on different ones."""

    usual_hint = "Stop the other run, or give this one a state folder of its own."


class JournalInUseError(SettingsError):
    """Another process writes this journal."""

    usual_hint = "Let one `lowtide intake` write it, or give this one another `--journal`."


class TopicChangedError(SettingsError):
    """A topic does not hold the messages with which a state goes on. A restart does not bring them back."""

    usual_hint = (
        "Start with an empty state folder and `?start=earliest`: it reads what the topic holds now. "
        "Keep the old folder until you know what is missing."
    )


class InputError(LowtideError):
    """The input cannot be read at all: it does not exist, or cannot be opened."""

    exit_code = 3


class WarehouseError(LowtideError):
    """The warehouse cannot be reached."""

    exit_code = 4


class BrokerError(LowtideError):
    """The broker cannot be reached, or refuses."""

    exit_code = 4


class SupersededError(LowtideError):
    """Another run has taken over the state of this one. A supervisor never starts this one again."""

    exit_code = 76
