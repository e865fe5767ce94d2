"""The state folder belongs to one pipeline and one source; it is checked before a run begins, and repaired if possible."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import orjson

from lowtide.core import STATE_FORMATS
from lowtide.errors import SettingsError, StateError, StateVersionError
from lowtide.state.epochs import Epochs
from lowtide.state.manifest import Manifest
from lowtide.state.segments import Chain, Fold, read_segment, write_durably

FORMAT = 2
NAMES = ("state.json", "epochs", "segments", "alive", "positions", "run")


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

    @classmethod
    def open(cls, path: Path, fresh: StateIdentity | None = None) -> StateFolder | None:
        """The state in a folder. If the folder has no state, makes one for `fresh`, or returns None if `fresh` is None.

        Raises SettingsError if the folder holds something else, StateError or StateVersionError if the state
        cannot be read.
        """
        _must_be_state(path)
        file = path / "state.json"
        if not file.exists():
            if path.exists() and any((path / "epochs").glob("*")):
                raise StateError(f"the state in `{path}` cannot be read: `state.json` is missing")
            if fresh is None:
                return None
            (path / "epochs").mkdir(parents=True, exist_ok=True)
            _write_once(file, orjson.dumps(asdict(fresh), option=orjson.OPT_INDENT_2))
        return cls(path, _read(file))

    def chain(self, log: str, part: str, fold: Fold) -> Chain:
        """The chain of segments of a part."""
        return Chain(self.part_folder(log, part), log, part, fold)

    def part_folder(self, log: str, part: str) -> Path:
        """The folder of a part: the name of the log with characters that a file may have, and some of its hash."""
        plain = re.sub(r"[^A-Za-z0-9._-]", "_", log)[:60]
        return self.path / "segments" / f"{plain}-{sha256(log.encode()).hexdigest()[:8]}" / part

    def first_position(self, log: str) -> int | None:
        """The first message that was ever read from a log; a run without a checkpoint begins there again. None: not read
        yet."""
        try:
            return int((self.part_folder(log, "began")).read_text())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StateError(f"the state in `{self.path}` cannot be read: {error}") from error

    def keep_first_position(self, log: str, position: int) -> None:
        """Stores the first message of a log, unless it is already stored."""
        file = self.part_folder(log, "began")
        if not file.exists():
            write_durably(file, str(position).encode())

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
        start), to an empty state. `say` is told which file was damaged, and what happens. Raises StateError if neither
        works. A state of another version is not damaged: StateVersionError is raised before anything is changed.
        """
        try:
            wrong = self._go_back(say, drop)
        except StateError as error:
            wrong = error.message
        if wrong is not None:
            if not afresh:
                raise StateError(f"no checkpoint in `{self.path}` is whole: {wrong}")
            self.epochs.clear()
            say(
                wrong, "no checkpoint is whole: the log is read again from its start, which leads to the same"
            )
        self._sweep()

    def _go_back(self, say: Callable[[str, str], None], drop: tuple[str, ...]) -> str | None:
        """Goes back to the newest undamaged checkpoint. Returns the error if there is not one."""
        if not self.epochs.made():
            self.epochs.clear()
            return None
        self.must_be_known(self.epochs.manifests())
        wrong: str | None = None
        for epoch in self.epochs.kept():
            wrong = self.damage(self.epochs.manifests(epoch))
            if wrong is None:
                self.epochs.go_back(epoch, drop)
                return None
            say(wrong, f"the checkpoint at epoch {epoch} cannot be used, an older one is tried")
        return wrong

    def _sweep(self) -> None:
        """Deletes segments that are not in a manifest: a process ended while it wrote them."""
        named = {
            self.part_folder(manifest.log, manifest.part) / segment.name
            for manifest in self.epochs.manifests()
            for segment in manifest.segments
        }
        for file in (self.path / "segments").glob("*/*/*"):
            if file not in named:
                file.unlink(missing_ok=True)


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


def _read(file: Path) -> StateIdentity:
    try:
        values = orjson.loads(file.read_bytes())
        if values["format"] != FORMAT:
            raise StateVersionError(
                f"`{file.parent}` has state format {values['format']}, this version reads {FORMAT}"
            )
        return StateIdentity(**values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateError(f"the state in `{file.parent}` cannot be read: {error}") from error


def _must_be_state(path: Path) -> None:
    """Refuses a folder that holds other files: Lowtide must not write there."""
    if not path.exists():
        return
    if not path.is_dir():
        raise SettingsError(f"`{path}` is a file", "Give `--state` a separate folder.")
    for file in path.iterdir():
        if file.name not in NAMES and not re.fullmatch(r"state\.[0-9a-f]{8}", file.name):
            raise SettingsError(
                f"`{path}` is not a state: it holds `{file.name}`", "Give `--state` a separate folder."
            )
