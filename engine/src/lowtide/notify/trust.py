"""Whose certificates a target trusts: the authorities of this machine, or those of `ca_file`."""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path

from lowtide.errors import SettingsError
from lowtide.notify.target import Settings


@cache
def machine() -> ssl.SSLContext:
    """Trust in the authorities of this machine, read once."""
    return ssl.create_default_context()


def authorities(name: str, settings: Settings, folder: Path) -> ssl.SSLContext | None:
    """Trust in the authority of `ca_file`; None: that of this machine."""
    if not settings.ca_file:
        return None
    path = folder / settings.ca_file
    try:
        return ssl.create_default_context(cafile=str(path))
    except OSError as error:
        raise SettingsError(
            f"target `{name}`: the certificates in `{path}` cannot be read: {error.strerror or error}",
            "Name a file with certificates in PEM form as `ca_file`.",
        ) from None
