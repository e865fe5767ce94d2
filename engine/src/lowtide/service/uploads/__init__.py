"""Add data: a file that an admin drops on the page becomes a map that fits it, and rows in intake's journal.

    one = add(context, caller, "sales.csv", body, language)      kept in DESK/uploads, guessed in a child
    one = guess(context, caller, one.id, answers, language)      again, with what the person corrected
    one = check(context, caller, one.id, map_text, language)     first movements, sums, bad rows
    one = send(context, caller, one.id, name)                    the map is kept, the rows go to intake, the file is deleted

`look` says how far it is. What nobody sent is deleted after a day.

    upload     one file as it stands            drawer    where files wait
    steps      guess, check, send               maps      where maps are kept           ways    where rows go
"""

from lowtide.service.uploads.steps import (
    MOST_BYTES,
    add,
    check,
    guess,
    leave,
    look,
    remove,
    send,
    wait,
)
from lowtide.service.uploads.upload import Upload
from lowtide.service.uploads.ways import way_of

__all__ = [
    "MOST_BYTES", "Upload", "add", "check", "guess", "leave", "look", "remove", "send", "wait", "way_of",
]  # fmt: skip
