"""The schemas that a topic's messages name, each fetched when it is first named. A registry that is away is waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from lowtide.core import Schemas
from lowtide.errors import BrokerError
from lowtide.kafka.proto_descriptor import descriptors
from lowtide.kafka.proto_text import ProtoTextError
from lowtide.kafka.registry import (
    AVRO,
    JSON,
    PROTOBUF,
    Registry,
    RegistryAway,
    Schema,
    UnusableSchema,
    descriptor,
)
from lowtide.operation.log import logger

PAUSE_S = 1.0
"""How long until a registry that was away is asked again."""
_PATIENCE_S = 60.0
"""How long a finite run waits for it; a run that follows waits for ever."""


class TopicSchemas:
    """The schemas of one topic. Any thread may ask for them."""

    def __init__(self, registry: Registry, *, follow: bool = False) -> None:
        self.registry = registry
        self.known = Schemas()
        """Those that were fetched, in the core. An id that the registry does not have is not kept: it is asked for again."""
        self._follow = follow
        self._lock = threading.Lock()
        self._away_since: float | None = None
        self._asked_at = 0.0

    def fetch(self, ids: Iterable[int], wait: bool) -> bool:
        """Fetches schemas. False: the registry is away, ask again. With `wait` it returns when the registry has answered.

        Raises BrokerError if the registry refuses, or a finite run has waited for it too long.
        """
        while not self._fetch(ids):
            if not wait:
                return False
            time.sleep(PAUSE_S)
        return True

    def _fetch(self, ids: Iterable[int]) -> bool:
        with self._lock:
            if self._away_since is not None and time.monotonic() - self._asked_at < PAUSE_S:
                return False
            try:
                for schema_id in ids:
                    self._add(schema_id)
            except RegistryAway as away:
                self._asked_at = time.monotonic()
                self._note_away(str(away))
                return False
            if self._away_since is not None:
                self._away_since = None
                logger("kafka").warning("registry_back", registry=self.registry.url)
            return True

    def _add(self, schema_id: int) -> None:
        try:
            schema = self.registry.schema(schema_id)
        except UnusableSchema as error:
            self.known.add_unusable(schema_id, str(error))
            return
        if schema is not None:
            _put(self.known, schema_id, schema)

    def _note_away(self, why: str) -> None:
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
            logger("kafka").warning("registry_away", registry=self.registry.url, why=why)
        elif not self._follow and now - self._away_since > _PATIENCE_S:
            raise BrokerError(
                f"the schema registry {self.registry.url} did not answer for {_PATIENCE_S:.0f} s: {why}",
                "Check that it runs and its address. Nothing was lost: run again.",
            )


def _put(known: Schemas, schema_id: int, schema: Schema) -> None:
    match schema.kind:
        case "AVRO":
            known.add_avro(schema_id, schema.text, list(schema.references))
        case "PROTOBUF":
            texts = (*schema.references, schema.text)
            files = [descriptor(text) for text in texts]
            try:
                known.add_protobuf(
                    schema_id, [file for file in files if file] if all(files) else descriptors(texts)
                )
            except ProtoTextError as error:
                known.add_unusable(schema_id, f"its text cannot be read: {error}")
        case "JSON":
            known.add_json(schema_id)
        case other:
            kinds = ", ".join((AVRO, PROTOBUF, JSON))
            known.add_unusable(schema_id, f"it is of the type `{other}`, and Lowtide reads {kinds}")
