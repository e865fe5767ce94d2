"""Topics: the only room that names Kafka.

address        kafka://host:port/topic?…, and errors of a broker
identity       which topic of a name it is
topic          one consumer; each partition is a feed     messages   spans of messages -> blocks
receiver       messages of the consumer as spans          library    librdkafka, for calls past its client
waiting        spans that were not taken yet
registry       what a schema is, by its id                schemas    those that a topic's messages name
proto_text     a `.proto` file                            proto_descriptor   its descriptor
cloud_event    attributes in headers -> one JSON object
producer       the one way in, acknowledged               dead_letters, copy   what is written
"""
