"""Before a run begins, its state is cleared of what was never complete, and goes back behind what is damaged.

Only proven damage counts: a checksum or an integrity check that fails, a file or a table that is gone. What is damaged is
moved to a folder beside (`aside`), and never deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from lowtide.errors import StateError
from lowtide.state.aside import Aside
from lowtide.state.durable import sync_folder, unwritable

if TYPE_CHECKING:
    from lowtide.state.folder import StateFolder


class Repair:
    """The repair of one state; `say` is told which file was damaged, and what happens. See `StateFolder.prepare`."""

    def __init__(self, state: StateFolder, say: Callable[[str, str], None], drop: tuple[str, ...]) -> None:
        self._state, self._epochs = state, state.epochs
        self._say, self._drop = say, drop
        self._aside = Aside(state.path)

    def run(self, *, afresh: bool) -> None:
        """Repairs the state. Raises StateError if no checkpoint is undamaged, unless the log can be read `afresh`."""
        try:
            wrong = self._go_back()
        except StateError as error:
            wrong = error.message
        if wrong is None:
            self._sweep()
        elif afresh:
            self._aside.take(*self._epochs.folder.glob("part-*"), *self._state.segment_files())
            self._say(
                wrong,
                "no checkpoint is whole: the log is read again from its start, which leads to the same; "
                f"the old state lies in `{self._aside.folder}`",
            )
        else:
            raise StateError(f"no checkpoint in `{self._state.path}` is whole: {wrong}")
        self._sync_names()

    def _go_back(self) -> str | None:
        """Goes back to the newest undamaged checkpoint. Returns the error if there is not one."""
        self._state.check_store()
        if not self._epochs.is_complete():  # its making was cut off: it never held a checkpoint
            self._aside.take(*self._epochs.folder.glob("part-*"))
            return None
        self._state.must_be_known(self._epochs.manifests())
        wrong: str | None = None
        for epoch in self._epochs.kept():
            wrong = self._state.damage(self._epochs.manifests(epoch))
            if wrong is None:
                self._epochs.go_back(epoch, self._drop)
                return None
            if not self._aside.used:
                self._epochs.copy(self._aside.place_for(self._epochs.path))
            self._say(
                wrong,
                f"the checkpoint at epoch {epoch} cannot be used, an older one is tried; "
                f"what is damaged lies in `{self._aside.folder}`",
            )
        return wrong

    def _sweep(self) -> None:
        """Deletes segments that are not in a manifest: a process ended while it wrote them. After damage, moves them."""
        named = {
            self._state.part_folder(manifest.log, manifest.part) / segment.name
            for manifest in self._epochs.manifests()
            for segment in manifest.segments
        }
        for file in self._state.segment_files():
            if file in named:
                continue
            if self._aside.used:
                self._aside.take(file)
                continue
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise unwritable(file.parent, error) from error

    def _sync_names(self) -> None:
        """Makes the names of all folders survive a power cut: a process may have died before it did that itself."""
        with suppress(OSError):  # the folder above may belong to somebody else
            sync_folder(self._state.path.parent)
        try:
            for folder in (self._state.path, *(self._state.path / "segments").glob("**/")):
                sync_folder(folder)
        except OSError as error:
            raise unwritable(self._state.path, error) from error
