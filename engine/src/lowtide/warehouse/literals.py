"""Texts in quotes in a statement: patterns whose time is proportional to the text, also for a quote that does not end."""

from __future__ import annotations

import re

STRING = re.compile(r"'(?:[^'\\]++|\\.|'')*+(?:'|\\?\Z)", re.DOTALL)
"""A string."""
QUOTED = re.compile(
    STRING.pattern + r"|`(?:[^`\\]++|\\.|``)*+(?:`|\\?\Z)" + r'|"(?:[^"\\]++|\\.|"")*+(?:"|\\?\Z)', re.DOTALL
)
"""A string, or a name in quotes."""
