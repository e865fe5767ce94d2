"""The signature of a webhook that cannot send a token: HMAC-SHA-256 of the body, in base64 or hexadecimal digits."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping

from lowtide.intake.refusal import Refusal
from lowtide.secret import Secret


def check_signature(headers: Mapping[str, str], body: bytes, header: str, secret_env: str) -> None:
    """Raises Refusal unless `header` holds the signature of the body as it came, made with the secret of that variable."""
    secret = Secret(os.environ.get(secret_env, "").encode())
    if not secret:
        raise Refusal(
            "map_unusable", f"the secret of this webhook is not set: the variable `{secret_env}` is empty"
        )
    given = headers.get(header.lower(), "").strip().removeprefix("sha256=").encode("latin-1", "replace")
    digest = hmac.new(secret.reveal(), body, hashlib.sha256).digest()
    is_base64 = hmac.compare_digest(given, base64.b64encode(digest))
    is_hex = hmac.compare_digest(given.lower(), digest.hex().encode())
    if not (is_base64 or is_hex):
        raise Refusal("bad_signature", f"the header `{header}` does not hold the signature of this body")
