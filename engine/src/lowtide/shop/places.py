"""What lies in the folder of a shop: each file is found by its name, and each may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lowtide.errors import SettingsError
from lowtide.words.shop import LISTS

POLICY, PEOPLE, USERS, SETTINGS = "policy.yaml", "people.yaml", "users.yaml", "lowtide.yaml"
INBOX, MAPS, OWN = "in", "maps", ".lowtide"
_ENDINGS = (".csv", ".xlsx", ".xls", ".ods", ".parquet")


@dataclass(frozen=True)
class Places:
    """The folder of a shop."""

    folder: Path

    @property
    def inbox(self) -> Path:
        """Where people put files: one folder a map, `in/sales`. Files in `in` itself hold movements in our own form."""
        return self.folder / INBOX

    @property
    def maps(self) -> Path:
        """The maps of the shop."""
        return self.folder / MAPS

    @property
    def own(self) -> Path:
        """What the process keeps for itself: journal, state, store, desk."""
        return self.folder / OWN

    @property
    def journal(self) -> Path:
        """Every row that was taken, in the order in which it came."""
        return self.own / "journal"

    @property
    def state(self) -> Path:
        """From where the run goes on."""
        return self.own / "state"

    @property
    def warehouse(self) -> Path:
        """The embedded store."""
        return self.own / "warehouse"

    @property
    def desk(self) -> Path:
        """The folder of the desk."""
        return self.own / "desk"

    def named(self, name: str) -> Path | None:
        """A file of this name, if it is there."""
        path = self.folder / name
        return path if path.is_file() else None

    def table(self, setting: str) -> Path | None:
        """The table of a setting, such as `items.csv` for `catalogue`. Raises SettingsError if there are two."""
        found = [
            path
            for stem in LISTS[setting]
            for ending in _ENDINGS
            if (path := self.folder / f"{stem}{ending}").is_file()
        ]
        if len(found) > 1:
            raise SettingsError(
                f"`{found[0]}` and `{found[1]}` are both the {setting} file of the shop",
                "Keep one of them, and move the other one away.",
            )
        return found[0] if found else None

    def tables(self) -> dict[str, Path | None]:
        """All four tables by setting."""
        return {setting: self.table(setting) for setting in LISTS}
