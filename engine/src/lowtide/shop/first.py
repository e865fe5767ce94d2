"""The first start makes what is missing: folders, a policy, a people file, the map of orders that come back.

A file that is there is never changed. Each is written whole or not at all.
"""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lowtide.errors import SettingsError
from lowtide.operation.durable import replace
from lowtide.shop.places import PEOPLE, POLICY, Places
from lowtide.words import Language

CONFIRMED = "confirmed"
"""The map, and so the folder in `in`, for orders that come back."""
_CONFIRMED = Path(__file__).with_name("confirmed.yaml")


def make(places: Places, zone: str | None, tell: Language) -> list[Path]:
    """Make what is missing; the paths that were made. `zone` is of the shop; None: that of this machine.

    Raises SettingsError if the folder cannot be written, or if it is no folder.
    """
    made: list[Path] = []
    try:
        for folder in (places.folder, places.inbox, places.maps):
            if not folder.is_dir():
                folder.mkdir(parents=True)
                made.append(folder)
        places.own.mkdir(mode=0o700, exist_ok=True)
        here = zone or machine_zone()
        texts = {
            places.folder / POLICY: tell.say("shop.first.policy", zone=here),
            places.folder / PEOPLE: tell.say("shop.first.people", zone=here),
            places.maps / f"{CONFIRMED}.yaml": _CONFIRMED.read_text("utf-8").replace("ZONE", here),
        }
        for path, text in texts.items():
            if not path.exists():
                replace(path, text.encode())
                made.append(path)
    except OSError as error:
        raise SettingsError(
            f"`{error.filename or places.folder}` cannot be made: {error.strerror}",
            "Give DIR as a folder that you may write to, as `lowtide shop myshop`.",
        ) from error
    return made


def machine_zone() -> str:
    """The time zone of this machine by its name; UTC if it has no name.

    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, {"TZ": "Asia/Shanghai"}):
    ...     machine_zone()
    'Asia/Shanghai'
    """
    for name in (os.environ.get("TZ", "").lstrip(":"), _written(), _linked()):
        if name:
            try:
                return ZoneInfo(name).key
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return "UTC"


def _written() -> str:
    try:
        return Path("/etc/timezone").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _linked() -> str:
    """`Europe/Berlin` of `/usr/share/zoneinfo/Europe/Berlin`."""
    try:
        target = str(Path("/etc/localtime").readlink())
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]
