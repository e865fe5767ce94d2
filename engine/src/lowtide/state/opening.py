"""Open the state folder of a run, or make a new one."""

from __future__ import annotations

from pathlib import Path

from lowtide.core import Job
from lowtide.errors import SettingsError
from lowtide.settings import Settings
from lowtide.sources import Feed
from lowtide.state.folder import FORMAT, Belongs, StateFolder

KEY_GROUPS = 16


def key_groups_of(settings: Settings, feeds: dict[str, Feed]) -> int:
    """The number of key groups of each log: the setting, or 16 shared among all logs."""
    return settings.key_groups or max(1, KEY_GROUPS // len(feeds))


def stride_of(feeds: dict[str, Feed]) -> int:
    """How the key groups of a log are spread over workers: the largest power of two up to the number of logs."""
    return 1 << (len(feeds).bit_length() - 1)


def state_of(settings: Settings, feeds: dict[str, Feed], job: Job, topic: bool) -> StateFolder:
    """The state folder; the first run makes it. Raises SettingsError if it belongs to another pipeline or source."""
    path = Path(str(settings.state))
    fresh = Belongs(
        FORMAT,
        settings.pipeline,
        job.partition_name,
        key_groups_of(settings, feeds),
        stride_of(feeds),
        job.policy_version,
    )
    state = StateFolder.open(path, fresh)
    assert state is not None
    was = state.belongs
    if settings.key_groups not in (None, was.key_groups):
        raise SettingsError(
            f"`{path}` was written with {was.key_groups} key groups, not {settings.key_groups}",
            "Leave `key_groups` out, or start with an empty state folder.",
        )
    if was.pipeline != settings.pipeline or (topic and was.source != job.partition_name):
        raise SettingsError(
            f"`{path}` holds the state of pipeline `{was.pipeline}` over `{was.source}`",
            "Give each pipeline and topic a state folder of its own.",
        )
    return state
