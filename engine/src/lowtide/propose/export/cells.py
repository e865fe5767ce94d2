"""Texts of an order as cells of a file."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The text without line breaks, which some imports take for the end of a row."""
    return " ".join(text.split()) if any(mark in text for mark in "\r\n\t\v\f\u2028\u2029\0") else text
