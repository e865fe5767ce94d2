"""A small provider of OpenID Connect on a socket of its own: discovery, keys, authorization, tokens with PKCE."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


@dataclass
class Provider:
    """What the provider does; a test changes it to let it misbehave."""

    issuer: str = ""
    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
    )
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "00u9d", "preferred_username": "lina"})
    claims: dict[str, Any] = field(default_factory=dict)
    """They replace those of the ID token."""
    signer: RSAKey | None = None
    """Another key that signs."""
    about: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    """What a path answers instead."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> str:
        """What the person's browser does there: sign in, and be sent back; returns the query of the way back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return f"code={code}&state={query['state']}"

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys", **self.about,
        }  # fmt: skip

    def token(self, form: dict[str, str], login: str) -> tuple[int, dict[str, Any]]:
        query = self.codes.pop(form.get("code", ""), None)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
            .decode()
            .rstrip("=")
        )
        good = (
            query is not None
            and challenge == query["code_challenge"]
            and form["redirect_uri"] == query["redirect_uri"]
        )
        if not good or base64.b64decode(login.partition(" ")[2]) != b"lowtide:canary-of-oidc":
            return 400, {"error": "invalid_grant"}
        assert query is not None
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": "lowtide", "exp": now + 300, "iat": now, "nonce": query["nonce"], **self.person,
            **self.claims,
        }  # fmt: skip
        return 200, {"id_token": jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.signer or self.key)}


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that listens on 127.0.0.1."""
    one = Provider()

    class Handler(BaseHTTPRequestHandler):
        def _reply(self, status: int, value: Any) -> None:
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            one.asked.append(self.path)
            if self.path in one.answers:
                status, headers, body = one.answers[self.path]
                self.send_response(status)
                for name, text in headers.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(body)
            elif self.path == "/.well-known/openid-configuration":
                self._reply(200, one.document())
            elif self.path == "/keys":
                self._reply(200, {"keys": [one.key.as_dict(private=False)]})
            else:
                self._reply(404, {})

        def do_POST(self) -> None:
            one.asked.append(self.path)
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(text).items()}
            self._reply(*one.token(form, self.headers.get("Authorization", "")))

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
