"""Apache Kafka as an event log: the only package that knows Kafka's client."""

from streams.kafka.log import KafkaLog

__all__ = ["KafkaLog"]
