"""The maps that a run has read its logs with, out of its state: so that a replay reads each message as the run did."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from lowtide.core import Job
from lowtide.errors import SettingsError
from lowtide.sources.row_map import KeptMap, RowMap
from lowtide.state import StateFolder, read_segment

Change = tuple[RowMap | None, int]
"""A map, and the number of the first record or message that it reads; None: from there on the log holds movements."""


class History:
    """The maps of each log of a state, in their order."""

    def __init__(self, folder: Path, changes: dict[str, list[Change]]) -> None:
        self._folder, self._changes = folder, changes

    @classmethod
    def of(cls, folder: Path, job: Job) -> History:
        """The history in a state folder. Raises SettingsError where it is not one, or a map that it names is gone."""
        state = StateFolder.open(folder)
        if state is None:
            raise SettingsError(
                f"`{folder}` holds no state", "Give the folder that was given to `lowtide run --state`."
            )
        state.check_store()
        changes: dict[str, list[Change]] = {}
        for manifest in state.epochs.manifests(state.epochs.resume_epoch()):
            if manifest.part == "log":
                place = state.part_folder(manifest.log, manifest.part)
                segments = [read_segment(place, segment) for segment in manifest.segments]
                used = job.restored_partition(state.identity.key_groups, segments).maps
                changes[manifest.log] = [(_kept(state, hash_), first) for hash_, first in used]
        return cls(folder, changes)

    def of_topic(self, log: str) -> list[Change]:
        """The maps of a partition of a topic."""
        return self._changes.get(log, [])

    def of_files(self, log: str) -> RowMap | None:
        """The one map of a log of files. Raises SettingsError where it was read with several."""
        changes = self._changes.get(log) or next(iter(self._changes.values()), [])
        runs = [[map_ for map_, _ in run] for _, run in groupby(changes, key=lambda change: change[1])]
        if any(len(run) > 1 for run in runs) or len(runs) > 1:
            raise SettingsError(
                f"the files of `{log}` were read with several maps, and nothing says which file with which",
                "Name the map of each file: `FILE?map=NAME`; the compiled maps are in `maps` of the state.",
            )
        return runs[0][0] if runs else None


def is_state(folder: str | None) -> bool:
    """Whether a folder is the state of a run."""
    return folder is not None and (Path(folder) / "state.json").is_file()


def _kept(state: StateFolder, hash_: str) -> RowMap | None:
    return KeptMap(hash_, state.map(hash_)) if hash_ else None
