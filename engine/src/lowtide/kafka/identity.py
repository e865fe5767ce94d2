"""A topic is told from another one of the same name by its id. Brokers since Kafka 2.8 give one to each new topic."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient

from lowtide.errors import TopicChangedError
from lowtide.kafka.address import Address, client_settings
from lowtide.sources.feed import ResumePoint

_ASK_S = 10.0
_NO_ID = "A" * 22
"""What a broker without ids tells."""


class TopicIdentity:
    """The id of a topic when it was opened. Empty if the broker has no ids, or does not tell this user."""

    def __init__(self, address: Address) -> None:
        self._topic = address.topic
        self._admin = AdminClient(client_settings(address, {"log_level": 2}))
        self.id = self._ask()

    def must_be_same(self, at: ResumePoint | None = None) -> None:
        """Raises TopicChangedError if the topic now has another id than when it was opened, or than at `at`."""
        before, now = (self.id, self._ask()) if at is None else (at.origin, self.id)
        if before and now and before != now:
            raise TopicChangedError(
                f"the topic `{self._topic}` was deleted and made anew under the same name: "
                f"the messages read so far are of the topic with id {before}, and now its id is {now}"
            )

    def _ask(self) -> str:
        """The id now. Empty if it is not known: a broker that is away is not another topic."""
        try:
            told: Future[Any] = self._admin.describe_topics(
                TopicCollection([self._topic]), request_timeout=_ASK_S
            )[self._topic]
            found = str(told.result(_ASK_S + 1.0).topic_id)
        except (KafkaException, TimeoutError):
            return ""
        return "" if found == _NO_ID else found
