"""How far several replays of one history are: a bar for each on a terminal; elsewhere nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lowtide.operation.screen import Screen
from lowtide.words import Language

if TYPE_CHECKING:
    from lowtide.backtest.history import History


class ReplayProgress:
    """The bars. Use it in a `with` block, and give `told` to what replays; `latest`: only so many bars, the newest."""

    def __init__(self, history: History, tell: Language, latest: int | None = None) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        console = Screen(stderr=True)
        self._total, self._tell, self._latest = history.bytes, tell, latest
        self._tasks: dict[str, Any] = {}
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=24), TaskProgressColumn(), TimeElapsedColumn(),
            console=console, transient=True, disable=not console.is_terminal, refresh_per_second=4,
        )  # fmt: skip

    def told(self, name: str, reached: Mapping[str, Any]) -> None:
        """Show how far the replay of one policy is, or that the figures have begun."""
        from lowtide.backtest.backtest import FIGURES
        from lowtide.backtest.truth import NAME
        from lowtide.rows import instant_of_ms

        shown = self._tell.say(f"backtest.progress.{name}") if name in (NAME, FIGURES) else name
        if name == FIGURES and self._total is not None:
            for task in self._tasks.values():
                self._progress.update(task, completed=self._total)
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(shown, total=None if name == FIGURES else self._total)
            self._drop_old()
        when = "" if reached["clock"] is None else f"  {instant_of_ms(reached['clock'])[:10]}"
        self._progress.update(self._tasks[name], completed=reached["bytes"], description=f"{shown}{when}")

    def _drop_old(self) -> None:
        if self._latest is not None:
            for old in list(self._tasks)[: -self._latest]:
                self._progress.remove_task(self._tasks.pop(old))

    def __enter__(self) -> ReplayProgress:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
