"""Shorten an error of ClickHouse or of the network to one sentence, without numbers, addresses and stacks."""

from __future__ import annotations

import os
import re

_MOST = 4000
"""Characters of an error that are read: it may quote a statement of any length."""


def sentence(error: BaseException) -> str:
    """The reason of an error, for a person.

    >>> sentence(Exception("Code: 60. DB::Exception: Table t does not exist. (UNKNOWN_TABLE) (version 26.9.2.1)"))
    'Table t does not exist.'
    """
    text = str(error)[:_MOST].strip() or type(error).__name__
    text = text.splitlines()[0]
    if found := re.search(r"\[Errno (\d+)\]", text):
        return os.strerror(int(found[1])).lower()
    if found := re.search(r"Connection reset|Remote end closed|Read timed out", text):
        return found[0].lower()
    text = re.sub(r"(Received ClickHouse exception, )?(code|Code): \d+[.,] *(server response: )?", "", text)
    text = text.replace("DB::Exception: ", "")
    return re.sub(r"(?<!\s)\s*+(: In scope .*|(\([A-Z_]+\) )?\(version .*|\([A-Z_]+\)\s*)$", "", text)[:600]
