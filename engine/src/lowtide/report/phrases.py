"""Phrases that several parts of the page share: what a SKU is called, what amounts are counted in."""

from __future__ import annotations

from typing import Any

from lowtide.report.answers import Answers
from lowtide.rows import Row
from lowtide.words import Language


def item(row: Row) -> str:
    """What a SKU is called: its name, else its category, and its number."""
    name = row.get("name") or row.get("category") or ""
    return f"{name} · {row['sku']}" if name else row["sku"]


def place(answers: Answers, location: str) -> str:
    """What a location is called: its name, if it has one, and its id."""
    name = answers.place_names.get(location)
    return f"{name} · {location}" if name else location


def money_unit(answers: Answers, tell: Language) -> str:
    """What amounts are counted in."""
    if tell.currency and answers.money != "units":
        return tell.say(f"money_{answers.money}_in", currency=tell.currency)
    return tell.say(f"money_{answers.money}")


def loss(answers: Answers, tell: Language, value: Any) -> str:
    """An amount in a sentence, always with its unit."""
    if answers.money == "units":
        return tell.say("units_of", n=tell.units(value))
    return tell.money(value) if tell.currency else tell.say(f"amount_{answers.money}", n=tell.amount(value))
