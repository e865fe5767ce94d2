"""One line per event: text for a person at a terminal, JSON for a machine, on standard error, in UTC, without secrets.

    >>> setup("json", process=0)                                          # doctest: +SKIP
    >>> logger("run").info("checkpoint", parts=17, bytes=81_204)          # doctest: +SKIP
    {"timestamp":"2026-11-23T04:03:46.223Z","level":"info","event":"checkpoint","logger":"lowtide.run","process":0,"parts":17,…}

The names of events do not change (`EVENTS`), because people search for them and alert on them. Messages of Python's logging
are written in the same way, and so are those of librdkafka: `Consumer(…, logger=logging.getLogger("lowtide.librdkafka"))`.
Before `setup`, and in a program that has its own logging, an event is an ordinary warning or information of Python's
logging.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

import orjson
import structlog
from structlog.typing import EventDict

from lowtide.operation.secrets import hidden, hidden_text
from lowtide.words.visible import visible

Style = Literal["auto", "console", "json"]
_EVENT = "lowtide_event"

EVENTS = {
    "started": "A process begins; the line says where its metrics are.",
    "checkpoint": "Everything that was read until then is stored and saved.",
    "state_rebuilt": "A file of the state was damaged: the run continues from an older checkpoint, or reads all again.",
    "state_watched": "The state was last used on another machine: the run watches for a moment whether it still is.",
    "state_not_locked": "The file system of the state has no locks: a second run is noticed by its signs of life only.",
    "waiting": "The run waits for something outside, usually the warehouse: it is alive, but not ready.",
    "waited": "What the run waited for is reachable again.",
    "warehouse_away": "The warehouse does not take rows, and the run waits for it.",
    "warehouse_back": "The warehouse takes rows again.",
    "warehouse_not_shared": "The folder of the warehouse cannot have a socket, so other processes wait until this one ends.",
    "broker_away": "The broker does not answer, and the run waits for it.",
    "broker_back": "The broker answers again.",
    "received_by_client": "Messages of a topic come through the Python client, which costs more time; the line says why.",
    "registry_away": "The schema registry does not answer, and the run waits for it.",
    "registry_back": "The schema registry answers again.",
    "feed_clock_unwritten": "How far a partition has come was not stored. If the warehouse stays away, the run ends.",
    "run_killed": "An earlier run was killed; its row in the warehouse says so now.",
    "run_unwritten": "The sign of life of the run was not stored. If the warehouse stays away, the run ends.",
    "offsets_not_committed": "The offsets for tools that show lag were not written; the run does not need them.",
    "map_changed": "A log is read with another map than before, from the record that the line names on.",
    "partition_added": "The topic has more partitions than the run reads; the run restarts to read them.",
    "position_shared": "A position has movements in two partitions, so its stock is wrong.",
    "positions_not_compared": "Positions of other processes cannot be compared: the state folder cannot be written.",
    "counts_missing": "A process did not report at its end what it did: the counts of the run are too low.",
    "library_said": "A library wrote lines of its own to standard error, for example because a thread of it panicked.",
    "thread_failed": "A mistake in Lowtide ended a thread; the line says which.",
    "peer_frozen": "Another process does not give a sign of life; this one ends, so that all start again.",
    "process_stuck": "The flow of this process does not move; it ends, so that it is started again.",
    "sign_unwritable": "The sign of life of this process cannot be written: the disk is full or missing.",
    "processes_started": "The supervisor has started the processes.",
    "process_ended": "The supervisor saw a process end.",
    "restarting": "The supervisor starts all processes again, after a pause.",
    "giving_up": "The supervisor does not start the processes again, because a restart does not help.",
    "stopping": "The supervisor was told to stop, and stops the processes.",
    "file_taken": "A file of a watched folder is in the journal, and was moved to `done`.",
    "file_refused": "A file of a watched folder cannot be read, and was moved to `failed`.",
    "file_left": "A link, device or pipe lies in a watched folder: it is not opened.",
    "file_not_moved": "A file is in the journal and cannot be moved away: it is left alone until it changes.",
    "file_failed": "A file of a watched folder led to a mistake in Lowtide, and was moved to `failed`.",
    "folder_failed": "A look at the watched folders led to a mistake in Lowtide; they are looked at again.",
    "folder_waits": "Files of a watched folder wait: the disk does not take them, or the folder cannot be read.",
    "folder_goes_on": "The files that waited are in the journal.",
    "table_read": "New rows of a table are in the journal.",
    "table_read_again": "A table is read from its beginning, or from its window: it is new, or its database is another one.",
    "table_away": "A table cannot be read, and is tried again after a pause.",
    "table_back": "The table can be read again.",
    "list_refused": "A stock list lacks too much of the last one, and nothing of it was taken.",
    "list_taken_in_part": "A stock list gave counts, and nothing was counted as zero.",
    "snapshot_not_kept": "The file with the last stock list cannot be written: it is made anew at the next start.",
    "journal_cut": "A crash had left bytes at the end of the journal that nobody was told of; they were cut off.",
    "journal_removed": "An old file of the journal was removed, because every run has stored it.",
    "journal_not_removed": "An old file of the journal could not be removed; it is tried again in an hour.",
    "map_read_again": "A map was changed, and intake uses the new one.",
    "tokens_unreadable": "The file of tokens was changed and cannot be read: intake goes on with the tokens that it knew.",
    "request_failed": "A request led to a mistake in Lowtide; nothing of it was taken.",
    "desk_started": "A desk begins; the line says where its page is and by which people file it decides.",
    "proposals_made": "Proposals were made for alerts or order days.",
    "order_days_planned": "The order days of suppliers have come: their positions were read and proposals made.",
    "proposals_confirmed": "What proposals asked for has come in as movements.",
    "proposals_wait": "Positions cannot be read, so no proposals are made: the warehouse is away.",
    "supplier_refused": "A row of the suppliers file cannot be used: orders and deliveries count as daily.",
    "planning_failed": "A mistake in Lowtide: no proposals were made. It is tried again each minute.",
    "message_decided": "The desk decided to tell a person something.",
    "message_sent": "A target took a message.",
    "message_waits": "A target did not take a message now; it is tried again.",
    "message_dead": "A target refused a message for good, or it was given up: the next contact gets it.",
    "message_dropped": "A message was dropped before it was sent, because it was no longer true.",
    "answer_not_kept": "The disk did not take what a target answered; it is tried again.",
    "mirror_repaired": "A full compare found what the desk did not know, and mended it.",
    "people_in_force": "Another version of the people file is in force, and the desk decides by it from now on.",
    "people_refused": "A version of the people file cannot be read; the desk goes on with the one before.",
    "targets_refused": "A target of a new version of the people file cannot be used; those of the version before stay.",
    "desk_db_away": "The disk does not take what the desk writes, and it is tried again.",
    "row_refused": "The warehouse refuses a row of the desk; the row is set aside, and all others go on.",
    "row_unreadable": "The desk cannot read a row that another program wrote into the warehouse, and passes over it.",
    "desk_stands_by": "Another desk is at work; this one waits.",
    "desk_took_over": "This desk is at work from now on.",
    "desk_ended": "The desk ends; what it decided is safe on disk.",
    "connections_refused": "A server has as many connections as it may have, and refuses more; at most a line a minute.",
    "child_left": "Nobody wanted the answer of a dry run or of an upload any more, so its child process was ended.",
    "child_failed": "A child process for a dry run or an upload failed by a mistake of ours; the line says which.",
    "links_guessed": "Somebody asked for many links that are not ours, and is refused for a minute.",
    "request_refused": "A request to the page or the API was refused; the line says why.",
    "users_unreadable": "The file of users was changed and cannot be read: the desk goes on with the users that it knew.",
    "live_waits": "What has changed cannot be looked up now, so pages that look on are told later.",
    "live_ended": "A page that looked on was let go, because desk.db could not be read.",
    "answer_refused": "An answer did not come from a page of this desk, and was refused.",
    "shop_started": "A shop takes files, runs and tells people, in one process.",
    "shop_takes_no_more": "A shop that ends has written everything that it took.",
    "shop_ended": "All parts of a shop have ended, and what they did is safe on disk.",
    "inbox_waits": "The map of a folder of the shop is missing or wrong; the files in the folder wait for it.",
    "inbox_goes_on": "The map that a folder waited for is good now.",
    "data_stopped": "No file brought anything new for a week: the clock of the shop stands until one does.",
    "data_go_on": "Files bring new data again.",
    "clock_waits": "The clock of the shop could not be moved; it is tried again in half a minute.",
    "intake_ended": "Intake has written everything that it acknowledged, and ends.",
}
"""Every event by name, and what it means. Names are a format: add names, never rename one."""


def setup(style: Style = "auto", *, level: int = logging.INFO, **always: Any) -> None:
    """Sends everything that this process logs to standard error. Only the last call counts.

    `auto` is text on a terminal and JSON elsewhere. `always` is written in every line, such as the process and the pipeline.
    """
    as_text = style == "console" or (style == "auto" and sys.stderr.isatty())
    handler = _ToStandardError()
    handler.setFormatter(_Text(always) if as_text else _Json(always))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    threading.excepthook = _thread_failed


def _thread_failed(given: threading.ExceptHookArgs) -> None:
    """An error that ends a thread is an event, and no lines of its own."""
    if given.exc_value is not None and not isinstance(given.exc_value, SystemExit):
        name = given.thread.name if given.thread else ""
        logger("thread").error("thread_failed", thread=name, exc_info=given.exc_value)


def logger(noun: str = "") -> structlog.stdlib.BoundLogger:
    """The logger of a part of the program, `lowtide.NOUN`: `logger("run").info("checkpoint", bytes=7)`."""
    wrapped: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(f"lowtide.{noun}" if noun else "lowtide"),
        processors=[structlog.stdlib.filter_by_level, _record],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return wrapped


def _record(_: Any, __: str, event: EventDict) -> tuple[tuple[str], dict[str, Any]]:
    """An event for Python's logging: as text for any handler, and as a dictionary for the handler of `setup`."""
    given = {name: event.pop(name) for name in ("exc_info", "stack_info") if name in event}
    text = " ".join(
        [str(event["event"]), *(f"{name}={one!r}" for name, one in event.items() if name != "event")]
    )
    return (hidden_text(text),), {**given, "extra": {_EVENT: dict(event)}}


class _Formatter(logging.Formatter):
    """The complete event of a log record, without secrets; text and JSON both start from it."""

    def __init__(self, always: dict[str, Any]) -> None:
        super().__init__()
        # Context variables would be lost in the threads of the workers.
        self._always = always

    def event(self, record: logging.LogRecord) -> dict[str, Any]:
        """All fields of the line, in order."""
        own: dict[str, Any] = getattr(record, _EVENT, {"event": record.getMessage()})
        at = datetime.fromtimestamp(record.created, UTC)
        event = {
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
            "level": record.levelname.lower(),
            "event": own["event"],
            "logger": record.name,
            **self._always,
            **{name: value for name, value in own.items() if name != "event"},
        }
        if record.exc_info and record.exc_info[0] is not None:
            event["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            event["stack"] = self.formatStack(record.stack_info)
        shown: dict[str, Any] = hidden(event)
        return shown


class _Json(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event = self.event(record)
        try:
            return orjson.dumps(event, option=orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:  # the name of a file is not UTF-8, or a number has more than 64 bits
            return json.dumps(event)


class _Text(_Formatter):
    def __init__(self, always: dict[str, Any]) -> None:
        super().__init__(always)
        colors = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        # A traceback is text already: the renderer's own would show the values of variables.
        self._render = structlog.dev.ConsoleRenderer(
            colors=colors, exception_formatter=structlog.dev.plain_traceback, pad_event_to=20, sort_keys=False
        )

    def format(self, record: logging.LogRecord) -> str:
        return str(
            self._render(None, "", {name: _shown(value) for name, value in self.event(record).items()})
        )


def _shown(value: Any) -> Any:
    """A field as a terminal may have it: it begins no line of its own, except in a traceback, whose lines are indented."""
    if isinstance(value, str):
        first, *rest = value.split("\n") if value.startswith("Traceback ") else [value]
        return "\n".join([visible(first), *(f"  {visible(line)}" for line in rest)])
    return value if value is None or isinstance(value, bool | int | float) else visible(str(value))


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to the standard error of that moment, because a progress line may have replaced it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr
