"""Kafka: topics are read and written only here."""
