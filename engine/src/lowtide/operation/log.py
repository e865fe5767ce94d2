"""One line an event: text for a person at a terminal, JSON for a machine, on standard error, in UTC, without secrets.

    >>> setup("json", process=0)                    # doctest: +SKIP
    >>> logger("checkpoint").info("checkpoint", epoch=7, bytes=81_204)          # doctest: +SKIP
    {"epoch":7,"bytes":81204,"process":0,"event":"checkpoint","logger":"lowtide.checkpoint","level":"info","timestamp":"…Z"}

The names of events stay (`EVENTS`): people search for them and alert on them. What Python's own logging has to say comes
out the same way, and so does librdkafka: `Consumer(…, logger=logging.getLogger("lowtide.librdkafka"))`.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import Any, Literal, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor

from lowtide.operation.secrets import hidden

Form = Literal["auto", "console", "json"]

EVENTS = {
    "started": "A process has read its settings and begins.",
    "state_restored": "The state was read, and the run goes on from there.",
    "state_rebuilt": "A file of the state was damaged; an older checkpoint, or the whole log, is read again.",
    "ready": "State restored, warehouse reached, source assigned.",
    "checkpoint": "All that was read until then is stored and saved.",
    "warehouse_away": "The warehouse does not take rows and is waited for.",
    "warehouse_back": "It takes rows again.",
    "broker_away": "The broker does not answer and is waited for.",
    "broker_back": "It answers again.",
    "partition_added": "The topic has more partitions than the run has read so far; it restarts to read them.",
    "peer_frozen": "Another process shows no sign of life; this one ends, so that all are started again.",
    "process_stuck": "The flow of this process stands still; it ends, so that it is started again.",
    "sign_unwritable": "The sign of life of this process cannot be written: a full or missing disk.",
    "processes_started": "The supervisor has started the processes of the cluster.",
    "process_ended": "The supervisor saw a process end.",
    "restarting": "The supervisor starts all processes again, after a pause.",
    "giving_up": "The supervisor does not start them again: it would not help, or did not.",
    "stopping": "Somebody asked for an end: no more is read, a last checkpoint is made.",
    "stopped": "The run has ended, and the same command goes on from there.",
}
"""Every event by name, and what it means. Names are a format: more may be added, none renamed."""


def setup(form: Form = "auto", *, level: int = logging.INFO, **always: Any) -> None:
    """Sends everything that is logged in this process to standard error; the last call holds.

    `auto` is text on a terminal and JSON elsewhere. `always` stands in every line: the process, the pipeline.
    """
    terminal = sys.stderr.isatty()
    as_text = form == "console" or (form == "auto" and terminal)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _Always(always),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last = _text(terminal) if as_text else structlog.processors.JSONRenderer(serializer=_json)
    handler = _ToStandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-2], _foreign_error, redact],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)


def logger(noun: str = "") -> structlog.stdlib.BoundLogger:
    """The logger of a part of the program, `lowtide.NOUN`."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(
        f"lowtide.{noun}" if noun else "lowtide"
    )
    return found


def redact(_: Any, __: str, event: EventDict) -> EventDict:
    """The last processor before the line is written: no secret passes it, wherever in the event it is."""
    shown = hidden(event)
    assert isinstance(shown, dict)
    return shown


def _foreign_error(_: Any, __: str, event: EventDict) -> EventDict:
    """The exception of a record of Python's logging as text, so that secrets in it are found."""
    record = event.get("_record")
    if record is not None and record.exc_info:
        event["exc_info"] = record.exc_info
        record.exc_info = record.exc_text = None
    return structlog.processors.format_exc_info(_, __, event)


def _text(terminal: bool) -> Processor:
    colors = terminal and not os.environ.get("NO_COLOR")
    # Tracebacks are text already: the renderer's own would show the values of variables.
    return structlog.dev.ConsoleRenderer(
        colors=colors, exception_formatter=structlog.dev.plain_traceback, pad_event_to=20
    )


def _json(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


class _Always:
    """What stands in every line of a process. Context variables would be lost in the threads of the workers."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __call__(self, _: Any, __: str, event: EventDict) -> EventDict:
        return {**self._values, **event}


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment: a progress line may stand before it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr
