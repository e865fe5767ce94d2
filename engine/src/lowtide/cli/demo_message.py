"""The end of the demo: a desk tells a made-up buyer what is open at the end of the year, and the first message is shown."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

from lowtide.operation.screen import Screen
from lowtide.settings import Settings

_PEOPLE = "people.yaml"
_MESSAGES = "messages.jsonl"


def first_message(console: Screen, data: Path, settings: Settings) -> Path:
    """Run the desk once, on the clock of the log, and show the first message; returns the people file.

    A message is sent once: when the demo is run again over the same warehouse, the message of the first time is shown.
    """
    # The desk takes half a second to load, and only the end of the demo needs it.
    from lowtide.server.server import DeskServer
    from lowtide.server.setup import Options

    people = _people(data)
    done = DeskServer(Options(people, clock="log"), settings, "demo").once()
    console.print("\n[bold]What the buyer is told[/]", markup=True)
    messages = _messages(data / _MESSAGES)
    if not messages:
        console.print(f"Nothing is due now; {done.quiet:,} alerts are kept quiet for now.")
        return people
    _show(console, messages[0])
    console.print(f"  why: lowtide desk explain {messages[0]['notification_id'][:6]} --people {people}")
    return people


def serve_page(console: Screen, people: Path, settings: Settings, sources: list[str], listen: str) -> None:
    """Serve the page of the desk on the clock of the log, until Ctrl-C. A dry run of a policy replays `sources`."""
    from lowtide.server.server import DeskServer
    from lowtide.server.setup import Options

    options = Options(people, listen, clock="log", history=tuple(sources))
    console.print()
    DeskServer(options, settings, "demo").run(
        lambda address, _: console.print(f"The page is at {address}. Ctrl-C ends it.")
    )


def _people(data: Path) -> Path:
    """The people file beside the data, where its target writes messages; one that somebody has changed stays."""
    path = data / _PEOPLE
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(files("lowtide.samples").joinpath(_PEOPLE)), path)
    return path


def _messages(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _show(console: Screen, message: dict[str, Any]) -> None:
    console.print(f"To {message['person']}, {message['at'][:16].replace('T', ' ')}: ", end="")
    console.print(message["title"], style="bold")
    for line in message["lines"]:
        console.print(f"  {line}")
    if message["link"]:
        console.print(f"  {message['link']}")
