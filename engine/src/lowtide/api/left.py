"""Wait for a child on behalf of a request: a client that leaves ends it.

The answer is looked for five times a second; each look keeps the child alive for those that wait by pages too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

_LOOK_S = 0.2


class Ending(Protocol):
    """What is looked at until it is over."""

    @property
    def is_over(self) -> bool: ...


Looked = TypeVar("Looked", bound=Ending)


async def until_over(
    request: Request, first: Looked, look: Callable[[], Looked], leave: Callable[[], None]
) -> Looked:
    """The thing when it is over. `leave` is called if the client goes, or the server ends, before that."""
    now = first
    try:
        while not now.is_over:
            if await request.is_disconnected():
                await run_in_threadpool(leave)
                break
            await asyncio.sleep(_LOOK_S)
            now = await run_in_threadpool(look)
    except asyncio.CancelledError:
        leave()
        raise
    return now
