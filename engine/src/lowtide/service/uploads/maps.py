"""The map of a file is kept under a name, in the folder that `lowtide intake --maps` reads."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from lowtide.errors import SettingsError
from lowtide.map.model import NAME
from lowtide.operation import durable
from lowtide.service.context import Context
from lowtide.strict.edit import Edit, EditFault, edited


def folder(context: Context) -> Path:
    """Where maps are kept: the folder of the settings, else one of the desk, which `lowtide intake --maps` must name."""
    return Path(context.settings.maps) if context.settings.maps else context.folder / "maps"


def keep(context: Context, text: str, name: str, *, again: bool) -> str:
    """Write the map into the folder of maps under a name. Raises SettingsError."""
    if NAME.fullmatch(name) is None:
        raise SettingsError(
            f"`{name[:80]}` is not the name of a map",
            "A name has small letters, digits and hyphens, at most 64.",
        )
    path = folder(context) / f"{name}.yaml"
    with suppress(EditFault):
        text = edited(text, [Edit(("name",), name)])
    if path.exists() and path.read_text("utf-8-sig") != text and not again:
        raise SettingsError(
            f"there is a map `{name}` already", "Choose another name, or say that it may be replaced."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.replace(path, text.encode())
    except OSError as error:
        raise SettingsError(f"`{path}` cannot be written: {error.strerror}") from None
    return name
