"""`lowtide map guess`: a first map of a sample, for a person to read and correct."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lowtide.cli.files import write_whole
from lowtide.cli.options import LangOption, language_of
from lowtide.errors import SettingsError
from lowtide.map.guess import Answers, Guess, guess_map
from lowtide.operation.screen import Screen, echo
from lowtide.words import Language


def guess(
    sample: Annotated[
        Path, typer.Argument(metavar="SAMPLE", help="CSV, xlsx, xls, ods, JSON, JSON lines or Parquet.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="F", help="Write the map to this file, and not to standard output."),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Zone of the times, such as Europe/Berlin, or `locations`."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="What the rows are, where no column says it, such as sale."),
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who sends the rows: a name that stays the same.")
    ] = None,
    location: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where all rows happened, where no column says it.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Guess a first map of a sample. What nobody can tell from it is asked on a terminal, or marked NOT FOUND.

    Example:

        lowtide map guess sales.csv --out map.yaml --zone Europe/Berlin
    """
    language = language_of(lang)
    answers = Answers(zone, kind, source, location)
    guessed = guess_map(sample, answers, language)
    if not guessed.text:
        _no_map(guessed, language)
        return
    if guessed.open and _is_terminal():
        guessed = guess_map(sample, _asked(guessed, answers, language), language)
    if out is None:
        sys.stdout.write(guessed.text)
        sys.stdout.flush()
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, guessed.text.encode())
    _summary(guessed, out, sample, language)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _no_map(guessed: Guess, language: Language) -> None:
    sample = guessed.sample
    key = "guess.own" if sample.own else "guess.shipped" if sample.shipped else "guess.xml"
    encoding = next((value for name, value, _ in sample.read if name == "encoding" and value != "utf-16"), "")
    option = f" --encoding {encoding}" if encoding else ""
    said = language.say(key, name=sample.name, what=sample.what, map=sample.shipped, option=option)
    echo(said, err=True)


def _asked(guessed: Guess, answers: Answers, language: Language) -> Answers:
    """The answers of a person; a wrong one is asked again, an empty one leaves the question open."""
    for question in guessed.open:
        while True:
            hint = language.say("guess.empty_answer")
            answer = typer.prompt(
                f"{language.say(question.sentence)} ({hint})", default="", show_default=False, err=True
            )
            try:
                answers = answers.with_answer(question.option, answer)
            except SettingsError as error:
                echo(error, err=True)
                continue
            break
    return answers


def _summary(guessed: Guess, out: Path | None, sample: Path, language: Language) -> None:
    console = Screen(stderr=True, soft_wrap=True)
    if out is not None:
        console.print(language.say("guess.written", file=out))
    if guessed.missing or guessed.questions:
        counts = {"missing": len(guessed.missing), "questions": len(guessed.questions)}
        console.print(language.say("guess.open", **counts))
        for sentence in (*guessed.missing, *guessed.questions):
            console.print(f"  {sentence}")
    else:
        console.print(language.say("guess.nothing_open"))
    if not guessed.has_stock:
        console.print(language.say("guess.ask_stock"))
    console.print(language.say("guess.next", file=out or "map.yaml", sample=sample))
