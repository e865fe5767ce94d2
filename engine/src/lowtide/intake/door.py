"""Put movements in our own form, such as a policy, into a journal: through the intake that writes it, or alone.

    http://127.0.0.1:8787      the intake that listens there; its token may need `--rules`
    journal:DIR                the journal of that folder, if nobody else writes it now

The same lines again do no harm: a record that comes twice counts once.
"""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import quote, urlsplit

import orjson

from lowtide.errors import BrokerError, SettingsError
from lowtide.intake.journal import Document, Journal, bodies_of, document_hash

JOURNAL = "journal:"
_WAIT_S = 60.0
_MOST_ANSWER = 4 << 20
_LISTENS = "Is `lowtide intake` started there? `lowtide intake --help` shows how."


def is_door(address: str) -> bool:
    """Whether an address names an intake or a journal."""
    return address.startswith(("http://", "https://", JOURNAL))


def check_address(address: str) -> None:
    """Raises SettingsError if an address is neither an intake nor a journal."""
    parts = urlsplit(address)
    if address.startswith(JOURNAL) and len(address) > len(JOURNAL):
        return
    if parts.scheme in ("http", "https") and parts.hostname:
        return
    raise SettingsError(
        f"`{address}` is not the address of an intake",
        "Give `http://HOST:PORT` of `lowtide intake`, or `journal:DIR`.",
    )


def token_of(file: Path | None) -> str | None:
    """The token in a file. Raises SettingsError if it cannot be read."""
    if file is None:
        return None
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the file with the token, `{file}`, cannot be read: {error}") from None


def put(address: str, lines: bytes, token: str | None = None) -> None:
    """Put lines of JSON there, and return when they are safe on disk.

    Raises SettingsError if it refuses them, BrokerError if it does not answer, JournalInUseError, JournalWriteError.
    """
    check_address(address)
    if address.startswith(JOURNAL):
        with Journal.open(Path(address.removeprefix(JOURNAL))) as journal:
            journal.append(Document(document_hash(lines), list(bodies_of(lines.splitlines()))))
        return
    post(address, "/movements?strict=1", lines, "application/x-ndjson", token)


def post(address: str, path: str, body: bytes, content_type: str, token: str | None) -> dict[str, object]:
    """What an intake answers to a document that it took. Raises SettingsError or BrokerError."""
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port or (443 if secure else 80), timeout=_WAIT_S)
    headers = {"Content-Type": content_type, **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        connection.request("POST", quote(parts.path.rstrip("/")) + path, body, headers)
        answer = connection.getresponse()
        said = answer.read(_MOST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise BrokerError(f"the intake at `{address}` does not answer: {error}", _LISTENS) from None
    finally:
        connection.close()
    found = _object(said)
    if answer.status == 200:
        return found
    message = str(found.get("message") or f"HTTP {answer.status}")
    if answer.status in (429, 503):
        raise BrokerError(
            f"the intake at `{address}` cannot take it now: {message}", "Try again in a minute."
        )
    raise SettingsError(f"the intake at `{address}` refuses it: {message}", _refusal_hint(answer.status))


def _refusal_hint(status: int) -> str:
    if status in (401, 403):
        return (
            "It needs a token that may send this, made by `lowtide intake token add NAME --rules`; "
            "`--intake-token F` of the desk names its file."
        )
    return ""


def _object(text: bytes) -> dict[str, object]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
