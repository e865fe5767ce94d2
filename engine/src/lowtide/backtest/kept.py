"""A back-test that is kept: a folder that is named by the hash of the document in it.

DIR/
  5c1f0a7be882/
    backtest.json     the document; the first 12 hexadecimal digits of its SHA-256 are the name of the folder
    backtest.html     the page, in the language in which it was asked for
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from lowtide.backtest.backtest import FORMAT
from lowtide.errors import InputError, SettingsError

DOCUMENT, PAGE = "backtest.json", "backtest.html"


def bytes_of(document: Mapping[str, Any]) -> bytes:
    """The document as it is written: the same content is the same bytes."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def name_of(data: bytes) -> str:
    """The name of the folder of a document."""
    return hashlib.sha256(data).hexdigest()[:12]


def keep(folder: Path, document: Mapping[str, Any], page: str) -> Path:
    """Write both files below a folder, which is made; returns the folder that holds them. Raises SettingsError."""
    data = bytes_of(document)
    kept = folder / name_of(data)
    try:
        kept.mkdir(parents=True, exist_ok=True)
        for name, content in ((PAGE, page.encode()), (DOCUMENT, data)):
            draft = kept / f".{name}.part"
            draft.write_bytes(content)
            draft.replace(kept / name)
    except OSError as error:
        raise SettingsError(
            f"`{kept}` cannot be written: {error.strerror}", "Give `--out` a folder that you may write to."
        ) from error
    return kept


def kept(folder: Path) -> dict[str, Any]:
    """The document of a kept back-test. Raises InputError if it is not there, SettingsError if it was changed."""
    try:
        data = (folder / DOCUMENT).read_bytes()
    except OSError as error:
        raise InputError(
            f"there is no back-test in `{folder}`: {error.strerror}",
            "`lowtide backtest --out DIR` writes one, and says its folder.",
        ) from error
    if name_of(data) != folder.resolve().name:
        raise SettingsError(
            f"`{folder / DOCUMENT}` was changed after it was written: its hash is {name_of(data)}",
            "Run the back-test again.",
        )
    document: dict[str, Any] = orjson.loads(data)
    if document["format"] != FORMAT:
        raise SettingsError(
            f"`{folder / DOCUMENT}` has format {document['format']}, and this version reads {FORMAT}",
            "Run the back-test again.",
        )
    return document
