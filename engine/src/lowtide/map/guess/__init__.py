"""Guess a first map of a sample: once, into a file that a person reads. A run never guesses.

sample ──▶ encoding, table or tree ──▶ columns by name and cells ──▶ kinds, id, times, numbers ──▶ text with its reasons
"""

from lowtide.map.guess.answers import Answers, Question
from lowtide.map.guess.guess import Guess, guess_map

__all__ = ["Answers", "Guess", "Question", "guess_map"]
