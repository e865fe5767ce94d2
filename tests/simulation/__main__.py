"""Play histories: one by its seed, or very many.

python -m tests.simulation 4711 -v               one, with its schedule
python -m tests.simulation --seeds 20000         many, over two processes; `--write` puts the result into README.md
"""

from __future__ import annotations

import argparse
import re
import sys
import traceback
from pathlib import Path

from .faults import FAULTS
from .history import History
from .many import many

README = Path(__file__).with_name("README.md")


def main() -> None:
    """Plays the histories that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__.splitlines()[0])
    parser.add_argument("seed", type=int, nargs="?", help="play this one")
    parser.add_argument("-v", action="store_true", help="print its schedule")
    parser.add_argument(
        "--fault", choices=[fault.__name__ for fault in FAULTS], help="with a fault in the product"
    )
    parser.add_argument("--seeds", type=int, default=20_000, help="without a seed: play so many")
    parser.add_argument("--first", type=int, default=0, help="beginning with this one")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="put the result into README.md")
    asked = parser.parse_args()
    if asked.seed is not None:
        history = History(asked.seed, print if asked.v else None)
        fault = next((fault for fault in FAULTS if fault.__name__ == asked.fault), None)
        try:
            print(history.play(fault) if fault else history.play())
        except Exception:
            traceback.print_exc()
            sys.exit(1)
        return
    said, wrong = many(asked.first, asked.seeds, asked.processes)
    print(said)
    if asked.write:
        text = README.read_text()
        README.write_text(
            re.sub(r"```result\n.*?```", lambda _: f"```result\n{said}\n```", text, flags=re.DOTALL)
        )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
