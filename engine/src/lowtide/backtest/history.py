"""What is replayed: sources, the files that people keep, and how the log is read. The same for every policy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowtide.catalogue import load_files
from lowtide.core import Job
from lowtide.errors import SettingsError
from lowtide.inputs import InputsFolder, load_inputs
from lowtide.policy import Places, places_of
from lowtide.runner.logs import is_numbered, is_topic, log_name, open_logs, total_bytes
from lowtide.runner.maps import Maps, without_map
from lowtide.runner.order import Sorting
from lowtide.runner.steady import SteadyFeed, steady
from lowtide.settings import Settings
from lowtide.sources import Feed, Progress, resolve

OF_THE_LOG = (
    "pipeline", "catalogue", "locations", "suppliers", "lanes", "inputs", "block_records", "order", "encoding", "map",
    "maps", "time_format",
)  # fmt: skip
"""Settings that decide how a log is read, and what stands beside it."""
_CHUNK = 1 << 20


@dataclass(frozen=True)
class History:
    """A log that is over, or the part of a topic or a journal that is there now."""

    sources: tuple[str, ...]
    reading: Mapping[str, Any] = field(default_factory=dict)
    """Values of the settings `OF_THE_LOG`."""

    @classmethod
    def of(cls, sources: list[str], settings: Settings) -> History:
        """The history in these sources. Raises SettingsError for standard input, which can be read only once."""
        if any(without_map(source) == "-" for source in sources):
            raise SettingsError(
                "standard input can be read only once, and each policy needs the whole history",
                "Write it to a file first, and name the file.",
            )
        return cls(tuple(sources), {name: getattr(settings, name) for name in OF_THE_LOG})

    @property
    def name(self) -> str:
        """The name of the log, the same on every machine."""
        return log_name(list(self.sources))

    @property
    def is_topic(self) -> bool:
        """Whether it is read from a broker."""
        return is_topic(*self.sources)

    @property
    def bytes(self) -> int | None:
        """How many bytes one replay reads; None: not known."""
        return total_bytes(list(self.sources))

    @cached_property
    def settings(self) -> Settings:
        """The settings of the reading."""
        return Settings(**self.reading)

    @cached_property
    def files(self) -> dict[str, pa.RecordBatch]:
        """The files that people keep, by table of the warehouse. Raises PolicyError."""
        return load_files(self.settings)

    @property
    def places(self) -> Places | None:
        """What the locations file says about places."""
        return places_of(self.files.get("location"))

    @cached_property
    def inputs(self) -> InputsFolder | None:
        """The inputs beside the policy. Raises PolicyError."""
        return load_inputs(self.settings.inputs) if self.settings.inputs else None

    def job(self, policy: dict[str, Any]) -> Job:
        """What a replay under a compiled policy needs. Raises SettingsError."""
        return Job.of_compiled(
            policy, self.files.get("catalogue"), pipeline=self.settings.pipeline,
            time_format=self.settings.time_format, inputs=self.inputs,
        )  # fmt: skip

    def feeds(self, job: Job, max_record_bytes: int, progress: Progress | None = None) -> dict[str, Feed]:
        """Its logs by name. Records that change the policy are passed over, so that one policy holds throughout.

        Raises InputError, SettingsError, MapError or BrokerError.
        """
        logs = open_logs(
            list(self.sources), self.settings.block_records, max_record_bytes=max_record_bytes,
            encoding=self.settings.encoding, progress=progress, order=self.settings.order,
            sorting=Sorting(job, through=steady), maps=Maps.of(self.settings, self.files),
        )  # fmt: skip
        return {name: SteadyFeed(feed) for name, feed in logs.items()}

    def digest(self) -> str | None:
        """SHA-256 of the content of its files, in order; None where the history does not lie in files."""
        if is_numbered(*self.sources) or any("://" in source for source in self.sources):
            return None
        digest = hashlib.sha256()
        for source in self.sources:
            for item in resolve(without_map(source), True):
                assert item.path is not None
                digest.update(f"{item.name}\n".encode())
                _take(digest, item.path)
        return digest.hexdigest()


def _take(digest: hashlib._Hash, path: Path) -> None:
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            digest.update(data)
