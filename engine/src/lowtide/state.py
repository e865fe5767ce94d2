"""State on disk between finite runs: yesterday's file, then today's, as if they were one log.

    STATE/
      state.json     format, partition, policy version, key groups, and the checksum of each file
      partition      the log: clock, next offset, what is remembered against duplicates
      group-0000 …   one a key group, in the format drawn in native/README.md

The folder is written beside the old one and renamed, so a run that dies leaves the state it started from.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

import orjson

from lowtide.core import Group, Log, Partition
from lowtide.errors import JobError, SettingsError

FORMAT = 1


def save(log: Log, folder: Path) -> None:
    """Writes the state of a log that has ended for now to `folder`, in place of what was there."""
    fresh, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    for leftover in (folder, fresh, old):
        _must_be_state(leftover)
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(parents=True)
    parts = {"partition": log.partition.export()}
    parts |= {f"group-{number:04d}": group.export() for number, group in sorted(log.groups.items())}
    for name, data in parts.items():
        _write(fresh / name, data)
    manifest = {
        "format": FORMAT,
        "partition": log.name,
        "policy_version": log.job.policy_version,
        "key_groups": log.key_groups,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()},
    }
    _write(fresh / "state.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _must_be_state(folder: Path) -> None:
    """A folder that holds anything else is somebody's, and is not replaced."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise SettingsError(f"`{folder}` is a file", "Give `--state` a folder of its own.")
    for path in folder.iterdir():
        if path.name not in ("state.json", "partition") and not re.fullmatch(r"group-\d+", path.name):
            raise SettingsError(
                f"`{folder}` is no state: it holds `{path.name}`", "Give `--state` a folder of its own."
            )


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def restore(log: Log, folder: Path) -> bool:
    """Gives the log the state in `folder`; False when there is none yet.

    Raises JobError for a damaged file, SettingsError for a state made with other key groups and for a folder that
    is none.
    """
    for beside in ("", ".new", ".old"):
        _must_be_state(folder.with_name(folder.name + beside))
    if not (folder / "state.json").exists():
        old = folder.with_name(folder.name + ".old")
        if not (old / "state.json").exists():
            if folder.exists() and any(folder.iterdir()):
                raise JobError(f"the state in `{folder}` cannot be read: `state.json` is missing", _AFRESH)
            return False
        old.rename(folder)
    try:
        manifest = orjson.loads((folder / "state.json").read_bytes())
        if manifest["format"] != FORMAT:
            raise JobError(f"`{folder}` has state format {manifest['format']}, this program reads {FORMAT}")
        if manifest["key_groups"] != log.key_groups:
            raise SettingsError(
                f"`{folder}` was written with {manifest['key_groups']} key groups, not {log.key_groups}",
                f"Set `key_groups: {manifest['key_groups']}`, or start with an empty state folder.",
            )
        for name, checksum in manifest["files"].items():
            data = (folder / name).read_bytes()
            if hashlib.sha256(data).hexdigest() != checksum:
                raise JobError(f"`{folder / name}` is damaged: its checksum does not match", _AFRESH)
            if name == "partition":
                log.partition = Partition.restore(log.job.config, log.key_groups, data)
            else:
                number = int(name.removeprefix("group-"))
                log.groups[number] = Group.restore(log.job.config, log.job.catalogue, data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise JobError(f"the state in `{folder}` cannot be read: {error}", _AFRESH) from error
    return True


def partition_of(folder: Path) -> str | None:
    """The name of the log whose state is in `folder`; it stays the same whatever the next file is called."""
    for place in (folder, folder.with_name(folder.name + ".old")):
        try:
            return str(orjson.loads((place / "state.json").read_bytes())["partition"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # `restore` says what is wrong
    return None


_AFRESH = "Remove the folder and run all files again from the first: the result is the same."
