"""A shop in a process of its own, over the tables of `tests.first_steps.shop`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from lowtide.map.guess import Answers, guess_map
from lowtide.words import Language
from tests.first_steps.shop import write
from tests.launcher import python

Found = TypeVar("Found")
_CORRECTED = {"箱: 1 ": "箱: 24 ", 'at: "23:59"': 'at: "07:00"'}
"""What only the shop knows: pieces in a case, and that it counted before it opened."""


class ShopProcess:
    """`lowtide shop FOLDER` on a free port. `said` is what it printed."""

    def __init__(self, folder: Path, *options: str, at: Path | None = None) -> None:
        """`folder` is meant from `at`."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOWTIDE_")}
        command = [
            *python(),
            "-m",
            "lowtide",
            "shop",
            str(folder),
            "--listen",
            "127.0.0.1:0",
            "--log",
            "json",
        ]
        self.folder, self.said = (at or Path()) / folder, list[str]()
        self.process = subprocess.Popen(
            [*command, *options],
            env=environment,
            cwd=at,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(self.process.stdout)

    @property
    def address(self) -> str:
        """Where its page is; waits until it says so."""
        return self.wait_for(
            lambda: (re.findall(r"(http://127\.0\.0\.1:\d+)[.。]", "".join(self.said)) or [""])[0]
        )

    def wait_for(self, ready: Callable[[], Found], seconds: float = 40.0) -> Found:
        """Ask again and again until there is an answer."""
        end = time.monotonic() + seconds
        while not (found := ready()):
            assert time.monotonic() < end and self.process.poll() is None, "".join(self.said)[-3000:]
            time.sleep(0.05)
        return found

    def messages(self) -> list[dict[str, Any]]:
        """The messages that its owner got."""
        path = self.folder / "messages.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(40)
        self._reader.join()
        return code

    def kill(self) -> None:
        """kill -9, and wait until all of it is gone."""
        self.process.kill()
        self.process.wait()
        self._reader.join()

    def __enter__(self) -> ShopProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()


def furnish(folder: Path) -> dict[str, Path]:
    """A shop with good maps, whose exports lie in a folder beside it, to be put into `in`; the exports by map."""
    aside = folder.parent / "exports"
    for one in (folder / "maps", aside):
        one.mkdir(parents=True)
    paths = write(aside)
    paths["articles.csv"].rename(folder / "items.csv")
    exports = {
        "sales": paths["销售出库.csv"],
        "counts": paths["库存盘点.csv"],
        "orders": paths["采购订单.csv"],
    }
    for name, path in exports.items():
        text = guess_map(path, Answers(zone="Asia/Shanghai"), Language("en")).text
        for wrong, right in _CORRECTED.items():
            text = text.replace(wrong, right)
        (folder / "maps" / f"{name}.yaml").write_text(text, "utf-8")
    return exports


def put(folder: Path, map_: str, file: Path) -> None:
    """Put a file into the folder of a map, as a program does that renames."""
    inbox = folder / "in" / map_
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f".{file.name}.part").write_bytes(file.read_bytes())
    (inbox / f".{file.name}.part").rename(inbox / file.name)
