"""A receiver as a process: it prints its `host:port`, appends what it gets to a file, and ends when its input ends."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.notify.receivers import Receiver, parsed


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--kind", default="robots", help="wecom, dingtalk, feishu, webhook, mail, or robots for all of HTTP"
    )
    options.add_argument("--port", type=int, default=0)
    options.add_argument(
        "--behaviour", default="", help="code:45009=0.06 status:429:1=0.04 slow:0.2=0.05 before=0.03 …"
    )
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--rates", action="store_true", help="refuse what is sent too often")
    given = options.parse_args()
    with Receiver(
        given.kind, parsed(given.behaviour), port=given.port, rates=given.rates, out=given.out
    ) as receiver:
        print(receiver.host, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
