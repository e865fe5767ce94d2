"""The link of a message: a token that names a message and a person, ends by itself, and acts only by POST.

    payload  N: first 8 bytes of the notification's hash · P: 4 bytes of SHA-256 of the person · E: expiry, u32 big-endian
    token    base64url without padding of payload ‖ first 12 bytes of HMAC-SHA256(key, "lowtide-link-1" ‖ 0 ‖ payload)

28 bytes, 38 characters. P is 0 where the link carries no person, as in a group chat. The key is 32 bytes in a file; two keys
are valid while one replaces the other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lowtide.errors import SettingsError
from lowtide.secret import Secret

LIFE = timedelta(days=7)
"""How long a link is valid."""
KEY_BYTES = 32
_DOMAIN = b"lowtide-link-1\0"
_PAYLOAD, _MAC, _CHARACTERS = 16, 12, 38
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Claim:
    """What a valid link says."""

    notification: bytes
    """The first 8 bytes of the notification's hash; compare with `start`."""
    person: bytes
    """The mark of the person; four zero bytes: nobody. Compare with `mark`."""
    expires: datetime


def start(notification_id: str) -> bytes:
    """The first 8 bytes of the hash behind a notification's id (Crockford base 32). Raises ValueError for another text."""
    digits = [_CROCKFORD.find(sign) for sign in notification_id[:13].upper()]
    if len(digits) < 13 or -1 in digits:
        raise ValueError("the id of a notification has 20 characters of Crockford's base 32")
    bits = 0
    for digit in digits:
        bits = bits << 5 | digit
    return (bits >> 1).to_bytes(8, "big")


def mark(person: str) -> bytes:
    """The four bytes that stand for a person; zeros for nobody (`""`)."""
    return hashlib.sha256(person.encode()).digest()[:4] if person else bytes(4)


def make(key: Secret[bytes], notification_id: str, person: str, expires: datetime) -> str:
    """The token of a message for a person (`""`: for nobody), valid until `expires`."""
    return sign(key, start(notification_id), mark(person), expires)


def sign(key: Secret[bytes], notification: bytes, person: bytes, expires: datetime) -> str:
    """The token of a payload."""
    payload = notification + person + int(expires.timestamp()).to_bytes(4, "big")
    return base64.urlsafe_b64encode(payload + _mac(key, payload)).decode().rstrip("=")


def read(keys: Sequence[Secret[bytes]], token: str, now: datetime) -> Claim | None:
    """What a token says; None if no key signed it, if it has ended, or if it is not a token."""
    payload = _opened(token, keys)
    if payload is None:
        return None
    expires = datetime.fromtimestamp(int.from_bytes(payload[12:16], "big"), UTC)
    return Claim(payload[:8], payload[8:12], expires) if now < expires else None


def address(public_url: str, token: str) -> str:
    """The address that a message shows."""
    return f"{public_url.rstrip('/')}/a/{token}"


def impersonal(link: str | None) -> str | None:
    """The link for a group chat: one that carries a person becomes the address of the page, which asks who it is."""
    if link is None or "/a/" not in link:
        return link
    front, token = link.rsplit("/a/", 1)
    raw = _bytes(token)
    return link if raw is not None and raw[8:12] == bytes(4) else f"{front}/"


def _opened(token: str, keys: Sequence[Secret[bytes]]) -> bytes | None:
    raw = _bytes(token)
    if raw is None:
        return None
    payload, mac = raw[:_PAYLOAD], raw[_PAYLOAD:]
    valid = [hmac.compare_digest(mac, _mac(key, payload)) for key in keys]
    return payload if any(valid) else None


def _bytes(token: str) -> bytes | None:
    """The 28 bytes of a token that is written as `make` writes it; None for any other text."""
    if len(token) != _CHARACTERS or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    written = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return raw if written == token else None


def _mac(key: Secret[bytes], payload: bytes) -> bytes:
    return hmac.new(key.reveal(), _DOMAIN + payload, hashlib.sha256).digest()[:_MAC]


def keys(path: Path) -> tuple[Secret[bytes], ...]:
    """The keys of a file: the first signs, all are valid. A file that does not exist is made, for its owner only.

    To rotate: write 32 new bytes in front of the old 32, start the desk again, and cut the old ones off after 7 days.
    Raises SettingsError if the file holds something else or others may read it.
    """
    if not path.exists():
        _create(path)
    content = path.read_bytes()
    if len(content) not in (KEY_BYTES, 2 * KEY_BYTES) or path.stat().st_mode & 0o077:
        raise SettingsError(
            f"`{path}` must hold one key of {KEY_BYTES} bytes, or two while one replaces the other, with mode 0600",
            "Restore it or set its mode; if you delete it, a new one is made and links already sent end.",
        )
    return tuple(Secret(content[at : at + KEY_BYTES]) for at in range(0, len(content), KEY_BYTES))


def _create(path: Path) -> None:
    """Write a new key whole: a kill leaves either no file or a file with the key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process made it first: its key holds
    finally:
        draft.unlink()
