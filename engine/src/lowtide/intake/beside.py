"""An intake in a thread of the process that runs over its journal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

from lowtide.intake.setup import IntakeSettings, intake_server
from lowtide.settings import Settings
from lowtide.words import Language


@contextmanager
def intake_beside(options: IntakeSettings, settings: Settings, language: Language) -> Iterator[str]:
    """Takes documents as long as the block runs; gives the address. The journal is there when the block begins.

    Raises what `intake_server` and its `run` raise.
    """
    outcomes: Queue[str | BaseException] = Queue()
    server = intake_server(options, settings, language, outcomes.put)

    def serve() -> None:
        try:
            server.run()
        except BaseException as error:
            outcomes.put(error)

    thread = threading.Thread(target=serve, name="lowtide-intake")
    thread.start()
    outcome = outcomes.get()
    if isinstance(outcome, BaseException):
        thread.join()
        raise outcome
    try:
        yield outcome
    finally:
        server.leave()
        thread.join()
