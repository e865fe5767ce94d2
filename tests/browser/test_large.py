"""Ten thousand open alerts: what goes over the wire, when the page is ready, and fifty keys with answers.

Bytes are counted and must hold everywhere. Times depend on the machine, so they are measured beside an empty page of the
same run: `python -m tests.browser.test_large` prints them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.desk import Running, running, states

KEYS = 50
WIRE_BYTES = 40 << 10


def load(page: Any, address: str) -> tuple[int, float, float]:
    """Load a page anew: bytes over the wire, seconds of the main thread until it is ready, seconds by the clock."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    client.send("Performance.enable")
    got: list[int] = []
    client.on("Network.loadingFinished", lambda event: got.append(int(event["encodedDataLength"])))
    began = time.monotonic()
    page.goto(address, wait_until="load")
    took = time.monotonic() - began
    metrics = {one["name"]: one["value"] for one in client.send("Performance.getMetrics")["metrics"]}
    page.wait_for_timeout(200)
    return sum(got), metrics["TaskDuration"], took


PRESS = """async (n) => {
    const made = (key) => new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
    const press = (key) => document.activeElement.dispatchEvent(made(key));
    const began = performance.now();
    for (let i = 0; i < n; i++) { press("j"); press("a"); await new Promise(requestAnimationFrame); }
    return (performance.now() - began) / 1000;
}"""


def cpu(page: Any) -> float:
    """Seconds of CPU that the processes of pages have used so far: unlike a clock, they do not grow while others work."""
    session = page.context.browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return float(sum(one["cpuTime"] for one in found if one["type"] == "renderer"))


def keys(page: Any) -> tuple[float, float]:
    """Fifty times `j` and `a`, each drawn before the next: seconds by the clock, and of CPU."""
    before = cpu(page)
    took = page.evaluate(PRESS, KEYS)
    return float(took), cpu(page) - before


def measure(desk: Running, tab: Callable[..., Any]) -> dict[str, float]:
    """The queue beside an empty page, in one browser."""
    empty, page = tab(), tab()
    _, empty_s, _ = load(empty, f"{desk.address}/queue?scope=all&q=nothing+has+this+name")
    before = cpu(page)
    size, ready_s, took_s = load(page, f"{desk.address}/queue?scope=all")
    load_cpu_s = cpu(page) - before
    keys_s, keys_cpu_s = keys(page)
    expect(page.locator("tr button[value^='start:']")).to_have_count(KEYS)
    return {
        "bytes": size,
        "main_s": ready_s,
        "empty_main_s": empty_s,
        "load_s": took_s,
        "load_cpu_s": load_cpu_s,
        "keys_s": keys_s,
        "keys_cpu_s": keys_cpu_s,
    }


def test_ten_thousand_alerts_are_a_window_of_a_hundred(tmp_path: Path, tab: Callable[..., Any]) -> None:
    with running(tmp_path, 10_000) as desk:
        found = measure(desk, tab)
        assert found["bytes"] <= WIRE_BYTES
        assert states(desk.store)["acknowledged"] == KEYS
        assert found["load_cpu_s"] <= 1.5 and found["keys_cpu_s"] <= 3, found


if __name__ == "__main__":
    import tempfile

    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM

    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), 10_000) as here,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for _ in range(5):
            window = browser.new_context(reduced_motion="reduce")
            print({name: round(value, 3) for name, value in measure(here, window.new_page).items()})
            window.close()
            with here.store.transaction() as tx:
                tx.execute("UPDATE alert SET state = 'new'")
                tx.execute("DELETE FROM action")
        browser.close()
