"""Draw the picture of the README: the queue of the demo's year, as the page shows it. `make picture`, after `make demo`.

The desk that it starts has the store, the people and the clock of the demo, and a free port.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
OUT = Path(__file__).with_name("queue.png")
PATH = "/queue?scope=all&lang=en&scheme=light"
WIDTH, HEIGHT = 1180, 660
MOST = 200_000
"""Bytes that the picture may have: it stands in the repository."""
PEOPLE = Path(".lowtide/demo/people.yaml")


def main() -> None:
    """Start a desk, look at its queue, and write the picture."""
    if not PEOPLE.exists():
        raise SystemExit("There is no demo yet: run `make demo` first.")
    command = [
        sys.executable,
        "-m",
        "lowtide",
        "desk",
        "--people",
        str(PEOPLE),
        "--clock",
        "log",
        "--listen",
        "127.0.0.1:0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as desk:
        try:
            assert desk.stdout is not None
            address = next(
                found[0] for line in desk.stdout if (found := re.findall(r"http://127\.0\.0\.1:\d+", line))
            )
            draw(address + PATH)
        finally:
            desk.terminate()
    size = OUT.stat().st_size
    if size > MOST:
        raise SystemExit(f"{OUT} has {size:,} bytes, and may have {MOST:,}: make WIDTH and HEIGHT smaller.")
    print(f"{OUT}: {size:,} bytes")


def draw(address: str) -> None:
    """The first screen of an address as a PNG."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(address)
        page.wait_for_selector("table")
        page.screenshot(path=OUT)
        browser.close()


if __name__ == "__main__":
    main()
