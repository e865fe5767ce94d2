"""A partition without a leader is asked again; anything else a broker says is said at once."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from lowtide.kafka.address import answered


def says(*codes):
    """A broker that says these errors, one after another, and then 7."""
    left = [KafkaException(KafkaError(code)) for code in codes]

    def ask():
        if left:
            raise left.pop(0)
        return 7

    return ask


def test_a_partition_gets_its_leader_soon():
    assert answered(says()) == 7
    assert answered(says(KafkaError.LEADER_NOT_AVAILABLE, KafkaError.NOT_LEADER_FOR_PARTITION)) == 7


def test_patience_ends():
    with pytest.raises(KafkaException, match="NOT_LEADER"):
        answered(says(*[KafkaError.NOT_LEADER_FOR_PARTITION] * 9), 0.3)


def test_another_error_is_not_waited_for():
    with pytest.raises(KafkaException, match="AUTHORIZATION"):
        answered(says(KafkaError.TOPIC_AUTHORIZATION_FAILED))
