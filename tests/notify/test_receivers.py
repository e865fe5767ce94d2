"""The fake receivers: what they do is drawn from key and try, and as a process they write down what they got."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from lowtide.notify.answer import Outcome
from lowtide.notify.wecom import WeCom
from tests.notify import messages
from tests.notify.messages import ID, message, settings, way
from tests.notify.receivers import Act, parsed, sequence

ROOT = Path(__file__).parents[2]


def test_shares_are_kept_and_the_same_key_and_try_meets_the_same_act() -> None:
    behaviour = parsed("code:45009=0.1 status:429:1=0.1, before=0.1")
    acts = [behaviour(f"key-{number}", 1) for number in range(2000)]
    assert acts == [behaviour(f"key-{number}", 1) for number in range(2000)]
    for act in (Act("code", 45009), Act("status", 429, 1.0), Act("before")):
        assert 140 < acts.count(act) < 260
    assert sequence(Act("before"))("x", 1) == Act("before") and sequence(Act("before"))("x", 2) == Act()


def test_as_a_process_it_appends_what_it_gets(tmp_path: Path) -> None:
    folder, out = messages.secrets(tmp_path), tmp_path / "got.jsonl"
    command = [
        sys.executable,
        "-m",
        "tests.notify.receivers",
        "--out",
        str(out),
        "--behaviour",
        "code:45009=1",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        target = WeCom("x", settings("wecom"), folder, way(process.stdout.readline().strip()))
        answer = target.send(target.render(message()), ID, datetime.now(UTC))
        process.stdin.close()
        assert process.wait(10) == 0
    (receipt,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert (answer.outcome, answer.code) == (Outcome.WAIT, "45009")
    assert (receipt["kind"], receipt["number"], receipt["accepted"], receipt["code"]) == (
        "wecom",
        1,
        False,
        "45009",
    )
