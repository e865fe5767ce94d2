"""Read where a warehouse is: a folder of this machine, or a server.

>>> parse("http://me:secret@db:8123/shop").shown
'http://me@db:8123/shop'
>>> parse("embedded:").shown
'.lowtide/warehouse'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from lowtide.errors import SettingsError
from lowtide.secret import Secret, shown

DEFAULT_FOLDER = Path(".lowtide/warehouse")
DATABASE = "lowtide"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Address:
    """Where a warehouse is: the `folder` of an embedded one, or a `server` (arguments of the client)."""

    shown: str
    database: str = DATABASE
    folder: Path | None = None
    server: Secret[Mapping[str, Any]] | None = None
    cluster: str | None = None
    retry_s: float = 300.0
    """Seconds for which a writer waits for a server that is away."""


def parse(spec: str) -> Address:
    """Read a warehouse specification (see the package's docstring)."""
    if not spec.startswith(("http://", "https://")):
        # A mistyped address must not become a folder, whose name every error repeats.
        is_address = re.match(r"[A-Za-z+]+(://|//)", spec) or ("@" in spec and ":" in spec)
        if is_address or spec in ("", "none"):
            hint = (
                "Give `embedded:`, `embedded:FOLDER`, a folder, or `http://user:password@host:8123/lowtide`."
            )
            raise SettingsError(f"not a warehouse: `{shown(spec)}`", hint)
        folder = Path(spec.removeprefix("embedded:") or DEFAULT_FOLDER)
        return Address(str(folder), folder=folder)
    try:
        url = urlsplit(spec)
        port = url.port or (8443 if url.scheme == "https" else 8123)
    except ValueError as error:
        raise SettingsError(
            f"the address of the warehouse cannot be read: `{shown(spec)}`",
            "Write it as `http://user:password@host:8123/lowtide`.",
        ) from error
    database = unquote(url.path.strip("/")) or DATABASE
    options = {key: values[-1] for key, values in parse_qs(url.query).items()}
    cluster = options.pop("cluster", None)
    retry_s = options.pop("retry_s", "300")
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", retry_s):
        raise SettingsError(f"not a time in seconds: `retry_s={retry_s}`", "For instance `?retry_s=600`.")
    for name in (database, cluster or "c"):
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise SettingsError(
                f"not a name of a database or cluster: `{name}`", "Use letters, digits and `_`."
            )
    if url.hostname in _LOOPBACK:
        # Between programs of one machine compression costs more than it saves.
        options.setdefault("compress", "false")
    server: dict[str, Any] = {
        "interface": url.scheme,
        "host": url.hostname or "localhost",
        "port": port,
        "username": unquote(url.username or "") or None,
        "password": unquote(url.password or ""),
        **options,
    }
    user = f"{url.username}@" if url.username else ""
    place = f"{url.scheme}://{user}{server['host']}:{port}/{database}"
    return Address(place, database, server=Secret(server), cluster=cluster, retry_s=float(retry_s))
