"""Topics: the only room that names Kafka.

address        kafka://host:port/topic?…, and errors of a broker
identity       which topic of a name it is
topic          one consumer; each partition is a feed     messages   messages -> blocks
producer       the one way in, acknowledged               dead_letters, copy   what is written
"""
