"""Opens the state folder of a run: a new one, or one that belongs to this run."""

from __future__ import annotations

from pathlib import Path

from lowtide.core import Job
from lowtide.errors import SettingsError
from lowtide.settings import Settings
from lowtide.state.folder import FORMAT, StateFolder, StateIdentity

KEY_GROUPS = 16
"""Key groups of all logs together, unless `key_groups` is set."""


def identity_of(settings: Settings, job: Job, logs: int) -> StateIdentity:
    """The identity of the state that a run over so many logs begins.

    Each log is split into `key_groups` as set, or into its share of 16. The stride is the largest power of two up to the
    number of logs.
    """
    return StateIdentity(
        FORMAT,
        settings.pipeline,
        job.partition_name,
        settings.key_groups or max(1, KEY_GROUPS // logs),
        1 << (logs.bit_length() - 1),
        job.policy_version,
    )


def open_state(settings: Settings, fresh: StateIdentity, topic: bool) -> StateFolder | None:
    """The state folder of a run; in the first run one with the identity `fresh`. None for a run without a state.

    `topic`: the source is a topic, and must be that of the state. Raises SettingsError if the folder belongs to another
    run, StateError or StateVersionError if it cannot be read.
    """
    if not settings.state:
        return None
    path = Path(settings.state)
    state = StateFolder.open(path, fresh)
    assert state is not None, "a state with a fresh identity is made"
    was = state.identity
    if settings.key_groups not in (None, was.key_groups):
        raise SettingsError(
            f"`{path}` was written with {was.key_groups} key groups, not {settings.key_groups}",
            "Leave `key_groups` out, or start with an empty state folder.",
        )
    if was.pipeline != fresh.pipeline or (topic and was.source != fresh.source):
        raise SettingsError(
            f"`{path}` holds the state of pipeline `{was.pipeline}` over `{was.source}`",
            "Give each pipeline and topic a state folder of its own.",
        )
    return state
