"""Sign-in by the company's own provider: OpenID Connect, authorization code with PKCE.

    begin(back, next)         the address at the provider, and a mark for a cookie of this browser
    finish(back, url, mark)   who came back: subject, name, checked mail address, role by group

The provider is asked through the guarded client: no redirects, public addresses or those of `allow`, 10 s, 64 KiB.
"""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import orjson
from authlib.oauth2.rfc6749.errors import OAuth2Error
from authlib.oauth2.rfc6749.parameters import (
    parse_authorization_code_response,
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from lowtide.errors import SettingsError
from lowtide.notify.endpoint import endpoint
from lowtide.notify.guard import Guard, Unreachable
from lowtide.notify.network import Forbidden, networks
from lowtide.secret import Secret
from lowtide.service import Role
from lowtide.web.refused import Refused
from lowtide.web.user_model import OidcFile
from lowtide.web.users import Users
from lowtide.words.visible import bare

_ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
]
_KEPT_S = 600.0
"""Who has gone to the provider must come back within so many seconds."""
_MOST = 1_000
_KNOWN_S = 3_600.0
_LEEWAY_S = 60


@dataclass(frozen=True)
class Identity:
    """Whom the provider has named."""

    subject: str
    name: str
    """For people: what the provider shows, else the subject."""
    mail: str
    """Empty unless the provider has checked it."""
    role: Role | None
    """The highest role of the groups; None: no group has one."""


@dataclass(frozen=True)
class _Gone:
    """Somebody who is at the provider now."""

    mark: str
    nonce: str
    verifier: str
    next: str
    at: float


@dataclass(frozen=True)
class _Known:
    """What the provider says about itself."""

    issuer: str
    authorization: str
    token: str
    keys: str
    at: float


@dataclass
class Provider:
    """The provider of users.yaml. Any thread may use it."""

    users: Users
    guard: Callable[[OidcFile], Guard] = lambda settings: Guard(networks(settings.allow, "oidc"))
    seconds: Callable[[], float] = time.monotonic
    _gone: OrderedDict[str, _Gone] = field(default_factory=OrderedDict)
    _known: _Known | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_there(self) -> bool:
        """Whether people can sign in by it."""
        return self.users.oidc is not None

    def begin(self, back: str, next_: str) -> tuple[str, str]:
        """Where to send the browser, and the mark for its cookie. Raises Refused if the provider cannot be reached."""
        settings = self._settings()
        known = self._about(settings)
        state = secrets.token_urlsafe(24)
        gone = _Gone(
            secrets.token_urlsafe(24),
            secrets.token_urlsafe(24),
            secrets.token_urlsafe(48),
            next_,
            self.seconds(),
        )
        with self._lock:
            self._gone[state] = gone
            while len(self._gone) > _MOST:
                self._gone.popitem(last=False)
        address = prepare_grant_uri(
            known.authorization, settings.client_id, "code", redirect_uri=back, scope=settings.scopes, state=state,
            nonce=gone.nonce, code_challenge=create_s256_code_challenge(gone.verifier), code_challenge_method="S256",
        )  # fmt: skip
        return str(address), gone.mark

    def finish(self, back: str, query: str, mark: str) -> tuple[Identity, str]:
        """Who came back with this query, and where that one wanted to go. Raises Refused for anybody else."""
        settings = self._settings()
        try:
            answer = parse_authorization_code_response(f"{back}?{query}", None)
        except OAuth2Error:
            raise Refused("provider") from None
        with self._lock:
            gone = self._gone.pop(str(answer.get("state", "")), None)
        if (
            gone is None
            or self.seconds() - gone.at > _KEPT_S
            or not secrets.compare_digest(gone.mark.encode(), mark.encode("utf-8", "replace"))
        ):
            raise Refused("provider")
        if (issuer := parse_qs(query).get("iss")) is not None and issuer != [settings.issuer]:
            raise Refused("provider")  # the answer of another provider (RFC 9207)
        known = self._about(settings)
        token = self._token(settings, known, back, str(answer["code"]), gone.verifier)
        return _identity(settings, self._claims(settings, known, token, gone.nonce)), gone.next

    def _settings(self) -> OidcFile:
        settings = self.users.oidc
        if settings is None:
            raise Refused("provider")
        return settings

    def _about(self, settings: OidcFile) -> _Known:
        """What the provider says about itself, asked once an hour."""
        known = self._known
        if known and known.issuer == settings.issuer and self.seconds() - known.at < _KNOWN_S:
            return known
        found = self._asked(
            settings, "GET", settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        )
        try:
            if found["issuer"] != settings.issuer:
                raise Refused("provider")
            known = _Known(
                settings.issuer, str(found["authorization_endpoint"]), str(found["token_endpoint"]),
                str(found["jwks_uri"]), self.seconds(),
            )  # fmt: skip
            for one in (known.authorization, known.token, known.keys):
                endpoint(one, "oidc")
        except (KeyError, SettingsError):
            raise Refused("provider") from None
        self._known = known
        return known

    def _token(self, settings: OidcFile, known: _Known, back: str, code: str, verifier: str) -> str:
        """The ID token for a code."""
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=back, code_verifier=verifier
        )
        secret = _secret(settings, self.users.path)
        login = f"{quote(settings.client_id, safe='')}:{quote(secret.reveal(), safe='')}"
        found = self._asked(settings, "POST", known.token, body.encode(), _basic(login))
        token = found.get("id_token")
        if not isinstance(token, str):
            raise Refused("provider")
        return token

    def _claims(self, settings: OidcFile, known: _Known, token: str, nonce: str) -> Mapping[str, Any]:
        """What the ID token says, if the provider signed it for us, now, for this sign-in."""
        try:
            keys = KeySet.import_key_set(self._asked(settings, "GET", known.keys))  # type: ignore[arg-type]
            claims = jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
            JWTClaimsRegistry(
                now=lambda: int(time.time()), leeway=_LEEWAY_S, iss={"essential": True, "value": settings.issuer},
                aud={"essential": True, "value": settings.client_id}, sub={"essential": True},
                exp={"essential": True}, iat={"essential": True}, nonce={"essential": True, "value": nonce},
            ).validate(claims)  # fmt: skip
        except (JoseError, ValueError, TypeError, KeyError):
            raise Refused("provider") from None
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != settings.client_id:
            raise Refused("provider")
        return dict(claims)

    def _asked(
        self,
        settings: OidcFile,
        method: str,
        address: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The JSON object that the provider answers. Raises Refused."""
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            reply = self.guard(settings).request(
                method, endpoint(address, "oidc"), body, {**form, **(headers or {})}
            )
            found = orjson.loads(reply.body)
            if reply.status != 200 or not isinstance(found, dict):
                raise ValueError
        except (Forbidden, Unreachable, SettingsError, ValueError):
            raise Refused("provider") from None
        return found


def _basic(login: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


def _secret(settings: OidcFile, users: Path | None) -> Secret[str]:
    folder = users.parent if users else Path()
    try:
        return Secret((folder / settings.client_secret_file).read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"`client_secret_file: {settings.client_secret_file}` cannot be read",
            "Its path begins at users.yaml.",
        ) from error


def _identity(settings: OidcFile, claims: Mapping[str, Any]) -> Identity:
    subject = str(claims["sub"])
    given = claims.get(settings.groups_claim)
    groups = given if isinstance(given, list) else [given]
    roles = [settings.groups[one] for one in groups if isinstance(one, str) and one in settings.groups]
    order = list(Role)
    role = max(roles, key=order.index) if roles else None
    mail = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
    name = str(claims.get("preferred_username") or claims.get("email") or claims.get("name") or subject)
    return Identity(subject, bare(name)[:100], mail[:300], role)
