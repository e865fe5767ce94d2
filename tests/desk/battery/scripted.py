"""One history on a scripted clock: a desk is killed again and again, and what it decided is that of one nobody disturbed."""

from __future__ import annotations

import json
import random
import signal
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lowtide.warehouse import open_warehouse
from tests.desk.battery import oracle
from tests.desk.battery.bells import PATHS, Delivery, Tower
from tests.desk.battery.desks import Desks
from tests.desk.battery.history import Outcome, Size, point
from tests.desk.battery.shop import people, shop
from tests.desk.battery.stock import supplier_of

BEGIN = 1_796_032_800.0
"""Monday 2026-11-30 10:00 UTC."""
SPAN_S = 7200.0
CUT_OFF = 11 * 60 + 30
"""Suppliers take orders until 11:30, so people are asked at 10:30."""
UNTIL = round((BEGIN + 4 * 3600) * 1000)
"""So long a history lasts: proposals that nobody decides would wait for ever."""
TELLING = ("dingtalk", "feishu")
"""Robots whose requests hold the time of the try, so that a repeat can be answered as the first was."""
PLACES = ("before_commit", "after_commit", "in_flight", "after_answer", "before_mark", "in_ship")
"""The places that a desk on a script visits."""


@dataclass(frozen=True)
class Ground:
    """What both plays of a history share: the receivers and the people file, whose hash stands in every row."""

    folder: Path
    port: int | None
    """Of the warehouse; None: there is none, and what a desk would write to it stays in desk.db."""
    tower: Tower
    book: Path
    script: Path
    alerts: int

    @property
    def told(self) -> dict[str, Any]:
        """What a desk on a script needs to know besides."""
        return {"alerts": self.alerts, "begin": BEGIN, "cut_off": CUT_OFF, "until": UNTIL}


def tell(folder: Path, port: int | None, kind: str, seed: int, size: Size) -> Outcome:
    """Plays one history twice: undisturbed, and with kills."""
    outcome, begin = Outcome(kind, seed), time.monotonic()
    folder = folder / f"{kind}-{seed}"
    folder.mkdir(parents=True)
    try:
        with Tower(folder / "bells.jsonl") as tower, Desks(None, tower.port) as desks:
            book = people(folder, f"http://127.0.0.1:{tower.port}{PATHS['hook']}", 1.0, TELLING)
            ground = Ground(folder, port, tower, book, _script(folder, seed, size.alerts), size.alerts)
            wanted = _play(ground, desks, f"{kind}_{seed}_calm", Size(kills=0), outcome)
            found = _play(ground, desks, f"{kind}_{seed}_killed", size, outcome)
            outcome.wrong += oracle.first_lines(oracle.differences(wanted, found))
            _count(outcome, tower.deliveries(), found)
    except Exception as error:
        outcome.wrong.append(f"{type(error).__name__}: {error}")
    outcome.seconds = round(time.monotonic() - begin, 1)
    return outcome


def _script(folder: Path, seed: int, alerts: int) -> Path:
    """The history as a file that a desk lives through."""
    lines = []
    for row in shop(seed, alerts, SPAN_S).rows(BEGIN):
        times = {
            name: datetime.fromtimestamp(row[name], UTC).isoformat() for name in ("event_time", "opened_at")
        }
        worth = None if row["offset"] % 7 == 0 else float(row["offset"] % 50)
        lines.append(json.dumps({**row, **times, "worth": worth, "supplier": supplier_of(row["sku"])}))
    path = folder / "script.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def _play(ground: Ground, desks: Desks, database: str, size: Size, outcome: Outcome) -> oracle.Tables:
    """A desk lives through the history, and is killed so often before it may come to the end."""
    url, desk = f"http://127.0.0.1:{ground.port}/{database}" if ground.port else "", ground.folder / database
    chance = random.Random(database)
    with open_warehouse(url, create=True) if url else nullcontext():
        for _ in range(size.kills):
            place = point(chance, PLACES if url else PLACES[:-1])
            pid = desks.start(desk, url, ground.book, place, False, str(ground.script), **ground.told)
            if not _killed(desks, pid, place, chance.uniform(0.2, 1.0) * size.life_s):
                break
            outcome.done["kills"] += 1
            outcome.done[f"at {place.partition(':')[0]}" if place else "at time"] += 1
        pid = desks.start(desk, url, ground.book, "", False, str(ground.script), **ground.told)
        code = desks.ended(pid, 900)
        assert code == 0, f"a desk ended with {code}: {desks.said(pid)[-2000:]}"
        written = oracle.recorded(ground.port, database) if ground.port else oracle.on_their_way(desk)
        return oracle.decisions(desk) | written


def _killed(desks: Desks, pid: int, place: str, life_s: float) -> bool:
    """Waits until a desk dies at its place, or kills it; False: it had come to the end before."""
    limit = time.monotonic() + (5.0 if place else life_s)
    while desks.alive(pid) and time.monotonic() < limit:
        time.sleep(0.002)
    if desks.alive(pid):
        desks.kill(pid)
    code = desks.ended(pid)
    assert code in (0, -signal.SIGKILL), f"a desk ended with {code}: {desks.said(pid)[-1500:]}"
    return code != 0


def _count(outcome: Outcome, deliveries: list[Delivery], found: oracle.Tables) -> None:
    outcome.done["messages"] += len(found["outbox"])
    outcome.done["deliveries"] += sum(one.arrived for one in deliveries)
    outcome.done["escalations"] += len(found["step"])
    outcome.done["proposals"] += len(found["proposal"])
    decided = ("'SUBMITTED'", "'APPROVED'", "'REJECTED'", "'EXPORTED'")
    outcome.done["decisions"] += sum(
        any(entry in row for entry in decided) for row in found["proposal_entry"]
    )
