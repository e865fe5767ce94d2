"""Fake receivers on real sockets that answer, check and refuse as the real ones do.

    with Receiver("wecom") as wecom:
        target = WeCom("x", settings, folder, Way(LOOPBACK, wecom.host))
        ...
        wecom.received[0].accepted

What a receiver does to a request is a function of the message's key and the number of the try: `Behaviour`. As a process:

    python -m tests.notify.receivers --kind robots --port 0 --out got.jsonl --behaviour "code:45009=0.06 after=0.03"

`robots` is one server for all robots, found by their paths; it prints its `host:port` first. `http` kinds share one server.
"""

from tests.notify.receivers.act import Act, Behaviour, always, parsed, sequence
from tests.notify.receivers.receiver import Receipt, Receiver

__all__ = ["Act", "Behaviour", "Receipt", "Receiver", "always", "parsed", "sequence"]
