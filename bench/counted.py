"""Run files of records through the core while callgrind counts instructions. `instructions.py` starts it under valgrind.

    python -I -S counted.py FOLDER EXTENSION MIX... :: PATH...

FOLDER has `config`, the compiled job, and a file of JSON lines for each mix. Only the calls of the core are counted, each
mix by itself: the start of Python runs under valgrind without counting, and so takes seconds, not a minute. The paths
after `::` are where Python finds its packages.
"""

from __future__ import annotations

import ctypes
import gc
import json
import mmap
import sys
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

BLOCK = 4096
WARM_RECORDS = 1000
DUMP_AT, START, STOP = 3, 4, 5
"""Requests to callgrind, as numbered in `valgrind/callgrind.h`."""
_TOOL = (ord("C") << 24) + (ord("T") << 16)
_ASK = bytes.fromhex("4889f8 31d2 48c1c703 48c1c70d 48c1c73d 48c1c733 4887db 4889d0 c3")
"""Machine code of x86-64 that passes a request to valgrind: four rotations of `rdi`, which together change nothing, and
`xchg rbx, rbx` (VALGRIND_DO_CLIENT_REQUEST in `valgrind/valgrind.h`). Without valgrind it does nothing."""


class Callgrind:
    """Switches counting on and off from inside the process."""

    def __init__(self) -> None:
        page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(_ASK)
        self._page = ctypes.c_char.from_buffer(page)
        self._call = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p)(ctypes.addressof(self._page))

    def ask(self, request: int, text: bytes = b"") -> None:
        """Sends a request; `text` is what a dump is named by."""
        name = ctypes.create_string_buffer(text)
        words = (ctypes.c_uint64 * 6)(_TOOL + request, ctypes.addressof(name))
        self._call(ctypes.addressof(words))


def extension(path: str) -> Any:
    """The native core of a file, whatever its name is."""
    loader = ExtensionFileLoader("lowtide._native", path)
    spec = spec_from_loader("lowtide._native", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def blocks(lines: list[bytes]) -> list[bytes]:
    """Blocks of 4,096 lines."""
    return [b"".join(lines[at : at + BLOCK]) for at in range(0, len(lines), BLOCK)]


def run(core: Any, config: bytes, records: list[bytes]) -> dict[str, int]:
    """Applies blocks and takes the rows after each, as `core.py` does. Returns records, rejects, and rows by table."""
    partition, group = core.Partition(config, 1, None, None), core.Group(config, None, None)
    rows: dict[str, int] = {}
    for block in [*records, None]:
        for _, part in partition.finish() if block is None else partition.lines(block):
            group.apply(part)
        for table, batch in group.hand_over(True):
            rows[table] = rows.get(table, 0) + batch.num_rows
    counts = partition.counts()
    return {"records": counts["records"], "rejects": counts["rejects"], **rows}


def main() -> None:
    """Prints the figures of each mix as JSON; callgrind writes a dump for each, named by its mix."""
    folder, file, *rest = sys.argv[1:]
    mixes, paths = rest[: rest.index("::")], rest[rest.index("::") + 1 :]
    sys.path[:0] = paths
    sys.modules["numpy"] = None  # type: ignore[assignment] # pyarrow starts faster without it
    import pyarrow  # noqa: F401 # rows come out as its batches; its import is not counted

    core, callgrind = extension(file), Callgrind()
    config = Path(folder, "config").read_bytes()
    streams = {mix: Path(folder, mix).read_bytes().splitlines(keepends=True) for mix in mixes}
    gc.disable()
    run(core, config, blocks(streams[mixes[0]][:WARM_RECORDS]))
    figures = {}
    for mix, lines in streams.items():
        records = blocks(lines)
        callgrind.ask(START)
        figures[mix] = run(core, config, records)
        callgrind.ask(DUMP_AT, mix.encode())
        callgrind.ask(STOP)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
