"""Whether the brokers of a topic answer. A run that follows waits for them, however long they are away when it starts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from lowtide.kafka.address import Address, broken, client_settings
from lowtide.operation.log import logger

_ASK_S = 5.0
_PAUSE_S = 1.0
_REFUSED = frozenset(
    {
        KafkaError._AUTHENTICATION,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError._SSL,
        KafkaError._INVALID_ARG,
    }
)
"""Errors that waiting does not mend."""


def await_brokers(address: Address, on_away: Callable[[], None]) -> None:
    """Return when a broker answers. `on_away` is called once if none answers at first. Raises BrokerError if one refuses."""
    refused: list[KafkaError] = []

    def on_error(error: KafkaError) -> None:
        if error.code() in _REFUSED or error.fatal():
            refused.append(error)

    settings = client_settings(address, {"log_level": 2}) | {"error_cb": on_error}
    try:
        client = AdminClient(settings, logger=logging.getLogger("lowtide.librdkafka"))
    except KafkaException as error:
        raise broken(address, error.args[0]) from error
    is_away = False
    while True:
        try:
            client.list_topics(timeout=_ASK_S)
        except KafkaException as error:
            client.poll(0)
            if refused or error.args[0].code() in _REFUSED:
                raise broken(address, refused[0] if refused else error.args[0]) from error
            if not is_away:
                is_away = True
                logger("kafka").warning("broker_away", brokers=address.brokers, why=error.args[0].str())
                on_away()
            time.sleep(_PAUSE_S)
        else:
            if is_away:
                logger("kafka").warning("broker_back", brokers=address.brokers)
            return
