"""docs/desk.md is done as it is written: five commands to the first message, then the answer by its link."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

from tests.cli.console import DOCS, sessions
from tests.launcher import python

TOKEN, MOMENT = re.compile(r"/a/[\w-]{38}"), re.compile(r'"at":"[^"]+"')
LOWTIDE = shlex.join([*python(), "-m", "lowtide"])


def typed(session: str, folder: Path) -> str:
    """A session as it looks when its commands are typed in a folder; what the desk logs is not in it."""
    said = []
    for command in re.findall(r"^\$ (.*)$", session, re.MULTILINE):
        done = subprocess.run(
            re.sub(r"^lowtide\b", LOWTIDE, command),
            shell=True, cwd=folder, capture_output=True, timeout=60, check=False, text=True,
        )  # fmt: skip
        said.append(f"$ {command}\n{done.stdout}")
    return "".join(said)


def same(text: str) -> str:
    """Without what differs each time: the token of a link, and the moment on the running clock."""
    return MOMENT.sub('"at":"…"', TOKEN.sub("/a/…", text))


def test_five_commands_lead_to_a_message_and_its_link_to_an_entry_of_the_ledger(tmp_path: Path) -> None:
    page = (DOCS / "desk.md").read_text("utf-8")
    people = re.findall(r"```yaml\n(time_zone.*?)```", page, re.DOTALL)[0]
    assert len(people.splitlines()) <= 20
    (tmp_path / "people.yaml").write_text(people, "utf-8")
    (session,) = sessions("desk.md")
    assert session.count("\n$ ") + 1 == 5
    assert same(typed(session, tmp_path)) == same(session)
    message = json.loads((tmp_path / "messages.jsonl").read_text("utf-8").splitlines()[0])
    answered(tmp_path, message)
    alert = message["alerts"][0]
    done = subprocess.run(
        [*python(), "-m", "lowtide", "explain", alert], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )  # fmt: skip
    assert "acknowledged by Chen Chen" in done.stdout


def answered(folder: Path, message: dict[str, str]) -> None:
    """Start a desk, open the link of a message, press the button of its page, and end the desk."""
    command = [
        *python(),
        "-m",
        "lowtide",
        "desk",
        "--people",
        "people.yaml",
        "--clock",
        "log",
        "--listen",
        "127.0.0.1:0",
    ]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as desk:
        try:
            assert desk.stdout is not None
            address = re.findall(r"http://127\.0\.0\.1:\d+", desk.stdout.readline())[0]
            link = re.sub(r"^http://[^/]+", address, message["link"])
            html = urllib.request.urlopen(link, timeout=20).read().decode()
            assert message["alerts"][0] in html and "I take care of it" in html
            press(link, re.findall(r'name="alert" value="(\w+)"', html))
            wait_for(lambda: b"acknowledged by Chen Chen" in urllib.request.urlopen(link, timeout=20).read())
        finally:
            desk.send_signal(signal.SIGTERM)
    assert desk.returncode == 0, "SIGTERM is a clean end"


def press(link: str, alerts: list[str]) -> None:
    fields = [("verb", "ack"), ("seen", "x"), *(("alert", alert) for alert in alerts)]
    body = urllib.parse.urlencode(fields).encode()
    request = urllib.request.Request(link, body, {"Sec-Fetch-Site": "same-origin"})
    with urllib.request.urlopen(request, timeout=20) as reply:
        assert reply.status == 200 and "done=ack" in reply.url, "the browser is sent back to the page"


def wait_for(ready: object, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)
