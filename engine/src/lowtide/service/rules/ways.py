"""Where a policy that was approved goes: into the log that a run reads, or into the file that the next run begins with.

the journal of this process  ▶  the intake of `--intake`  ▶  the topic or journal of `--history`  ▶  the policy file
"""

from __future__ import annotations

from pathlib import Path

from lowtide.errors import SettingsError
from lowtide.intake import door
from lowtide.kafka.address import parse
from lowtide.kafka.copy import to_each_partition
from lowtide.operation import durable
from lowtide.policy import policy_document, policy_record, read_policy_text
from lowtide.runner.logs import JOURNAL, is_topic
from lowtide.runner.maps import without_map
from lowtide.service.context import Context
from lowtide.service.rules.texts import places
from lowtide.sources.lines import MAX_RECORD_BYTES


def way_of(context: Context) -> str:
    """Where a policy would go: `journal`, an address, or `file PATH`; empty: nobody said where."""
    if context.put is not None:
        return "journal"
    if context.intake:
        return context.intake
    if len(context.history) == 1:
        source = without_map(context.history[0])
        if source.startswith(JOURNAL) or is_topic(source):
            return source
    return f"file {context.settings.policy}" if context.settings.policy else ""


def put_policy(context: Context, document: str, place: str) -> str:
    """Put a policy in force; returns where it was written. The same `place` again counts once.

    Raises SettingsError if nobody said where, and what the way raises.
    """
    way = way_of(context)
    policy = read_policy_text(document, "policy.yaml", places(context.settings))
    record = policy_record(policy_document(policy), place) + b"\n"
    if len(record) > MAX_RECORD_BYTES and not way.startswith("file "):
        raise SettingsError(
            f"the policy is too large for a record: {len(record):,} bytes of {MAX_RECORD_BYTES:,}"
        )
    if context.put is not None:
        context.put(record)
    elif way.startswith("file "):
        _write(Path(way.removeprefix("file ")), document)
    elif door.is_door(way):
        door.put(way, record, door.token_of(context.intake_token))
    elif way:
        to_each_partition(parse(way), record.rstrip(b"\n"))
    else:
        raise SettingsError(
            "the desk does not know where the policy of the run is kept",
            "Start it with `--intake http://HOST:PORT`, with `--history` of the run's topic or journal, or set `policy:` in "
            "lowtide.yaml.",
        )
    return way


def _write(path: Path, text: str) -> None:
    """The file, whole or not at all; the text before stays beside it."""
    try:
        if path.is_file():
            durable.replace(path.with_name(f"{path.name}.before"), path.read_bytes())
        durable.replace(path, text.encode())
    except OSError as error:
        raise SettingsError(
            f"`{path}` cannot be written: {error.strerror}", "Let the user of the desk own it."
        ) from None
