"""The state folder belongs to one pipeline and one source; it is checked before a run begins, and repaired if possible."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import orjson

from lowtide.core import STATE_FORMATS
from lowtide.errors import SettingsError, StateError, StateVersionError
from lowtide.sources.feed import ResumePoint
from lowtide.state.durable import inaccessible, make_folder, sync_folder, unwritable, write_durably
from lowtide.state.epochs import Epochs
from lowtide.state.hold import Hold
from lowtide.state.manifest import Manifest
from lowtide.state.repair import Repair
from lowtide.state.segments import Chain, Fold, read_segment

FORMAT = 3
NAMES = (
    "state.json",
    "lock",
    "fence",
    "epochs",
    "segments",
    "maps",
    "alive",
    "positions",
    "run",
    "set-aside",
)


@dataclass(frozen=True)
class StateIdentity:
    """The pipeline and the source that a state folder belongs to."""

    format: int
    pipeline: str
    source: str
    """The topic, or the first name of the log of files."""
    key_groups: int
    stride: int
    """How key groups are spread over workers; decided by the first number of partitions."""
    policy_version: str
    """The first policy of the log."""


class StateFolder:
    """A folder that was checked. `identity` says which pipeline and source it belongs to."""

    def __init__(self, path: Path, identity: StateIdentity) -> None:
        self.path = path
        self.identity = identity
        self.epochs = Epochs(path / "epochs")
        self._hold: Hold | None = None

    @classmethod
    def open(cls, path: Path, fresh: StateIdentity | None = None) -> StateFolder | None:
        """The state in a folder. If the folder has no state, makes one for `fresh`, or returns None if `fresh` is None.

        Raises SettingsError if the folder holds something else, StateError or StateVersionError if the state cannot be
        read, StateAccessError if it cannot be opened now.
        """
        names = _names(path)
        _must_be_state(path, names)
        if "state.json" not in names:
            if _names(path / "epochs"):
                raise StateError(f"the state in `{path}` cannot be read: `state.json` is missing")
            if fresh is None:
                return None
            _make(path, fresh)
        return cls(path, _read(path / "state.json"))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps every other run away from the folder. Raises StateInUseError if one works on it."""
        with Hold(self.path) as self._hold:
            yield
        self._hold = None

    def must_be_held(self) -> None:
        """Raises SupersededError if another run has taken over the folder that `held` keeps."""
        if self._hold is not None:
            self._hold.must_be_ours()

    def chain(self, log: str, part: str, fold: Fold) -> Chain:
        """The chain of segments of a part."""
        return Chain(self.part_folder(log, part), log, part, fold)

    def part_folder(self, log: str, part: str) -> Path:
        """The folder of a part: the name of the log with characters that a file may have, and some of its hash."""
        plain = re.sub(r"[^A-Za-z0-9._-]", "_", log)[:60]
        return self.path / "segments" / f"{plain}-{sha256(log.encode()).hexdigest()[:8]}" / part

    def beginning(self, log: str) -> ResumePoint | None:
        """Where a log was read for the first time; a run without a checkpoint begins there again. None: not read yet."""
        try:
            return ResumePoint.of_json(self.part_folder(log, "began").read_text())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise inaccessible(self.path, error) from error
        except ValueError as error:
            raise StateError(f"the state in `{self.path}` cannot be read: {error}") from error

    def keep_beginning(self, log: str, at: ResumePoint) -> None:
        """Stores where a log is read for the first time, unless that is already stored."""
        file = self.part_folder(log, "began")
        if not file.exists():
            write_durably(file, at.to_json().encode())

    def keep_map(self, hash_: str, document: bytes) -> None:
        """Stores a compiled map under its hash, unless it is there: before the first checkpoint that names it."""
        file = self._map_file(hash_)
        if not file.exists():
            write_durably(file, document)

    def map(self, hash_: str) -> bytes:
        """The compiled map with this hash. Raises StateError if it is gone."""
        try:
            return self._map_file(hash_).read_bytes()
        except FileNotFoundError:
            raise StateError(
                f"the map `{self._map_file(hash_)}` of the state is gone",
                "Put the file back, or give one map for the whole log with `--map`.",
            ) from None
        except OSError as error:
            raise inaccessible(self.path, error) from error

    def _map_file(self, hash_: str) -> Path:
        return self.path / "maps" / f"{hash_}.json"

    def segment_files(self) -> list[Path]:
        """All segments, whether a manifest names them or not."""
        folder = self.path / "segments"
        try:
            return list(folder.glob("*/*/*"))
        except OSError as error:
            raise inaccessible(folder, error) from error

    def check_store(self) -> None:
        """Raises StateError if the recovery store is damaged, or gone although it has held checkpoints."""
        if self.epochs.is_complete():
            self.epochs.check()
        elif self.segment_files():
            raise StateError(
                f"`{self.epochs.path}` of the state is gone, or does not have its tables any more"
            )

    def damage(self, manifests: list[Manifest]) -> str | None:
        """The first error in the files of these manifests, or None."""
        return next(self.damages(manifests), None)

    def damages(self, manifests: Iterable[Manifest]) -> Iterator[str]:
        """Every error in the files of these manifests."""
        for manifest in manifests:
            for segment in manifest.segments:
                try:
                    read_segment(self.part_folder(manifest.log, manifest.part), segment)
                except StateError as error:
                    yield error.message

    def must_be_known(self, manifests: list[Manifest]) -> None:
        """Raises StateVersionError if another version wrote a file of these manifests. Reads four bytes of most files."""
        for manifest in manifests:
            for segment in manifest.segments:
                folder = self.part_folder(manifest.log, manifest.part)
                with suppress(OSError, StateError), (folder / segment.name).open("rb") as file:
                    if file.read(4) not in STATE_FORMATS:
                        read_segment(folder, segment)

    def prepare(
        self, say: Callable[[str, str], None], drop: tuple[str, ...] = (), *, afresh: bool = False
    ) -> None:
        """Call this before the first process of a run reads the state. Deletes incomplete epochs, and repairs damage.

        A damaged state goes back to the newest undamaged checkpoint, or, with `afresh` (the log can be read again from its
        start), to an empty state. What is damaged is moved to a folder beside, and never deleted. `say` is told which file
        was damaged, and what happens. Raises StateError if neither works. Only proven damage counts: a state that cannot be
        opened now (StateAccessError) or that another version wrote (StateVersionError) stays as it is.
        """
        Repair(self, say, drop).run(afresh=afresh)


def _make(path: Path, fresh: StateIdentity) -> None:
    """Makes a new state, unless another process has just made it; then that one counts."""
    try:
        make_folder(path / "epochs")
    except OSError as error:
        raise unwritable(path, error) from error
    _write_once(path / "state.json", orjson.dumps(asdict(fresh), option=orjson.OPT_INDENT_2))


def _write_once(file: Path, data: bytes) -> None:
    """Writes a file, unless another process has already written it; then the other one counts."""
    draft = file.with_name(f"state.{secrets.token_hex(4)}")
    write_durably(draft, data)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
        sync_folder(file.parent)


def _read(file: Path) -> StateIdentity:
    try:
        values = orjson.loads(file.read_bytes())
        if values["format"] != FORMAT:
            raise StateVersionError(
                f"`{file.parent}` has state format {values['format']}, this version reads {FORMAT}"
            )
        return StateIdentity(**values)
    except OSError as error:
        raise inaccessible(file, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StateError(f"the state in `{file.parent}` cannot be read: {error}") from error


def _names(path: Path) -> list[str]:
    """What a folder of the state holds; empty if there is no such folder. Raises SettingsError for a file."""
    try:
        return [file.name for file in path.iterdir()]
    except FileNotFoundError:
        return []
    except NotADirectoryError as error:
        raise SettingsError(f"`{path}` is a file", "Give `--state` a separate folder.") from error
    except OSError as error:
        raise inaccessible(path, error) from error


def _must_be_state(path: Path, names: list[str]) -> None:
    """Raises SettingsError if a folder holds other files: Lowtide must not write there."""
    for name in names:
        if name not in NAMES and not re.fullmatch(r"state\.[0-9a-f]{8}", name):
            raise SettingsError(
                f"`{path}` is not a state: it holds `{name}`", "Give `--state` a separate folder."
            )
