"""A schema registry: what a message's schema is, by the id that stands in the message.

It is asked over the REST API that Confluent, Redpanda, Karapace and Apicurio (its `ccompat` address) share:

    GET /schemas/ids/7                          a schema: its text, its type, and the schemas that it refers to
    GET /schemas/ids/7?format=serialized        of Protobuf: the descriptor of its file, if it knows how, instead of its text
    GET /subjects/S/versions/2?format=…         a schema that another one refers to

The client of confluent-kafka can register and encode too, and needs authlib, httpx and their dependencies for it; this room
only reads, over urllib3.

    SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO        user:password
    SCHEMA_REGISTRY_BEARER_AUTH_TOKEN           a token
    SCHEMA_REGISTRY_SSL_CA_LOCATION             who signs the registry's certificate, if not a known authority
    SCHEMA_REGISTRY_SSL_CERTIFICATE_LOCATION, SCHEMA_REGISTRY_SSL_KEY_LOCATION    the certificate of this client and its key
"""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
import urllib3

from lowtide.errors import BrokerError, InputError
from lowtide.secret import Secret, shown

AVRO, PROTOBUF, JSON = "AVRO", "PROTOBUF", "JSON"
_PATIENCE = urllib3.Timeout(connect=3.0, read=10.0)
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_ABSENT = frozenset({40401, 40402, 40403})
"""Error codes: no such subject, version, schema. A 404 without one comes from something that is not a registry."""
_ACCEPT = "application/vnd.schemaregistry.v1+json, application/json"
_MOST_REFERENCES = 1000


class RegistryAway(Exception):
    """The registry does not answer now. It is asked again."""


class UnusableSchema(Exception):
    """The registry has the schema, but not all that it refers to."""


@dataclass(frozen=True)
class Schema:
    """One schema, with all that it needs."""

    kind: str
    """`AVRO`, `PROTOBUF` or `JSON`."""
    text: str
    """The schema. Of Protobuf the descriptor of its file in base64, or its text if the registry does not give one."""
    references: tuple[str, ...] = ()
    """The schemas that it refers to, in the same form; each after those that it needs itself."""


class Registry:
    """Reads from one registry; any thread may ask."""

    def __init__(self, url: str) -> None:
        """Raises InputError if the address or a file of a certificate is wrong."""
        self.url = url.rstrip("/")
        parts = urlsplit(self.url)
        hint = "Write `registry=http://host:8081`."
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(f"`registry={shown(url)}`: this is not the address of a registry", hint)
        if parts.username or parts.password:
            raise InputError(
                "the address of the registry holds a user and a password",
                "Put them into the environment: `SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO=user:password`.",
            )
        self._pool, self._authorization = _pool(), _authorization()

    def schema(self, schema_id: int) -> Schema | None:
        """The schema with this id; None if the registry does not have it.

        Raises RegistryAway, UnusableSchema, or BrokerError if the registry refuses.
        """
        path = f"/schemas/ids/{schema_id}"
        told = self._ask(path)
        if told is None:
            return None
        kind = str(told.get("schemaType") or AVRO)
        if kind == PROTOBUF:
            told = self._descriptor(path) or told
        references: dict[str, str] = {}
        self._follow(told, kind, references)
        return Schema(kind, str(told["schema"]), tuple(references.values()))

    def _descriptor(self, path: str) -> dict[str, Any] | None:
        """A Protobuf schema with its descriptor. None if the registry does not know what that is.

        Karapace 6.1 fails if it is asked by id for one that imports others; by subject and version it answers.
        """
        try:
            return self._ask(f"{path}?format=serialized")
        except BrokerError:
            return None
        except RegistryAway:
            uses = self._request(f"{path}/versions")
            if not isinstance(uses, list) or not uses:
                raise
            return self._ask(_version(str(uses[0]["subject"]), str(uses[0]["version"]), PROTOBUF))

    def kinds(self) -> list[str]:
        """The types of schemas that it has. Raises BrokerError if it refuses, or does not answer now."""
        try:
            told = self._request("/schemas/types")
        except RegistryAway as away:
            raise self._refused(str(away)) from away
        return sorted(map(str, told)) if isinstance(told, list) else []

    def _follow(self, told: dict[str, Any], kind: str, seen: dict[str, str]) -> None:
        """Adds the schemas that one refers to, and those that they refer to, to `seen`: each after those that it needs."""
        for reference in told.get("references") or ():
            subject, version = str(reference["subject"]), str(reference["version"])
            path = _version(subject, version, kind)
            if path in seen:
                continue
            if len(seen) >= _MOST_REFERENCES:
                raise UnusableSchema(f"it refers to more than {_MOST_REFERENCES} schemas")
            seen[path] = ""  # a schema that refers to itself ends here
            found = self._ask(path)
            if found is None:
                raise UnusableSchema(
                    f"it refers to version {version} of `{subject}`, which the registry does not have"
                )
            self._follow(found, kind, seen)
            del seen[path]
            seen[path] = str(found["schema"])

    def _ask(self, path: str) -> dict[str, Any] | None:
        """A schema as the registry tells it; None if it does not have it."""
        told = self._request(path)
        if told is not None and not (isinstance(told, dict) and "schema" in told):
            raise self._refused("it answers with something that is not a schema")
        return told

    def _request(self, path: str) -> Any:
        """What the registry says; None if it does not have the thing."""
        try:
            headers = {"accept": _ACCEPT, **self._authorization.reveal()}
            answer = self._pool.request(
                "GET", self.url + path, headers=headers, timeout=_PATIENCE, retries=False
            )
        except (urllib3.exceptions.SSLError, urllib3.exceptions.LocationValueError) as error:
            raise self._refused(str(error)) from error
        except urllib3.exceptions.HTTPError as error:
            raise RegistryAway(str(error)) from error
        try:
            told = orjson.loads(answer.data)
        except orjson.JSONDecodeError:
            told = None
        if answer.status == 200:
            return told if told is not None else {}
        refusal = told if isinstance(told, dict) else {}
        if answer.status == 404 and refusal.get("error_code") in _ABSENT:
            return None
        if answer.status in _BUSY:
            raise RegistryAway(f"it answers with status {answer.status}")
        raise self._refused(str(refusal.get("message") or f"it answers with status {answer.status}"))

    def _refused(self, why: str) -> BrokerError:
        return BrokerError(
            f"the schema registry {self.url}: {why}",
            "Check its address, and its user or certificate in the environment: `SCHEMA_REGISTRY_…`.",
        )


def _version(subject: str, version: str, kind: str) -> str:
    """The path of one version of a subject. A version that was deleted is still read by those that refer to it."""
    query = "deleted=true&format=serialized" if kind == PROTOBUF else "deleted=true"
    return f"/subjects/{quote(subject, safe='')}/versions/{quote(version, safe='')}?{query}"


def descriptor(text: str) -> bytes | None:
    """The bytes of a descriptor in base64; None if the text is something else."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _setting(name: str) -> str | None:
    return os.environ.get(f"SCHEMA_REGISTRY_{name}") or None


def _authorization() -> Secret[dict[str, str]]:
    """The header `Authorization`; it is empty if the settings have no user and no token."""
    user, token = _setting("BASIC_AUTH_USER_INFO"), _setting("BEARER_AUTH_TOKEN")
    if user:
        return Secret(dict(urllib3.make_headers(basic_auth=user)))
    return Secret({"authorization": f"Bearer {token}"} if token else {})


def _pool() -> urllib3.PoolManager:
    authority, certificate, key = map(
        _setting, ("SSL_CA_LOCATION", "SSL_CERTIFICATE_LOCATION", "SSL_KEY_LOCATION")
    )
    for path in filter(None, (authority, certificate, key)):
        if not os.access(path, os.R_OK):
            raise InputError(f"`{path}` cannot be read", "It stands in a variable `SCHEMA_REGISTRY_SSL_…`.")
    return urllib3.PoolManager(maxsize=2, ca_certs=authority, cert_file=certificate, key_file=key)
