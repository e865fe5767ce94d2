"""A client with a thousand requests waits for itself, not the others for it."""

from __future__ import annotations

import asyncio

import pytest

from lowtide.warehouse.http.turns import Full, Turns


async def asks(turns: Turns, client: str, order: list[str]) -> None:
    try:
        async with turns.turn(client):
            order.append(client)
            await asyncio.sleep(0)
    except Full:
        order.append(f"no {client}")


def run(turns: Turns, *clients: str) -> list[str]:
    order: list[str] = []

    async def together() -> None:
        await asyncio.gather(*(asks(turns, client, order) for client in clients))

    asyncio.run(together())
    assert turns.waiting == 0
    return order


def test_clients_take_turns() -> None:
    assert run(Turns(1), *"aaaaaab") == list("aabaaaa")
    assert run(Turns(1), *"aaabbbc") == list("aabcabb")


def test_a_client_cannot_have_all_of_them() -> None:
    turns = Turns(3, each=2)

    async def at_once() -> list[bool]:
        held = [asyncio.create_task(turns.take("a")) for _ in range(5)]
        await asyncio.sleep(0)
        other = asyncio.create_task(turns.take("b"))
        await asyncio.sleep(0)
        done = [task.done() for task in (*held, other)]
        turns.give_back("a")
        await asyncio.sleep(0)
        assert held[2].done() and not held[3].done()
        for task in held:
            task.cancel()
        return done

    assert asyncio.run(at_once()) == [True, True, False, False, False, True]


def test_when_too_many_wait_the_loudest_is_refused() -> None:
    order = run(Turns(1, waiting=4), *"aaaaabb")
    assert sorted(order) == ["a", "a", "a", "b", "b", "no a", "no a"]
    assert run(Turns(1, waiting=2), *"aaaaa").count("no a") == 2


def test_who_leaves_the_queue_takes_no_turn() -> None:
    turns = Turns(1)

    async def leaves() -> None:
        await turns.take("a")
        waiting = [asyncio.create_task(turns.take("b")) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        turns.give_back("a")
        waiting[1].cancel()
        await asyncio.wait(waiting, timeout=5)
        assert waiting[2].done() and not waiting[2].cancelled()

    asyncio.run(leaves())


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_every_turn_comes_back(at_once: int) -> None:
    assert len(run(Turns(at_once, each=1), *"abcabcabcdd")) == 11
