"""Watched folders: a file that stands still goes into the journal, and then into the folder `done`.

    IN/orders.csv            stands still ──▶ journal ──▶ IN/done/orders.csv
    IN/done/orders.csv.errors.csv   its rows that cannot be used: line, column, code, sentence
    IN/done/orders.csv.duplicate    the same bytes had been there before
    IN/failed/orders.csv     cannot be read at all; orders.csv.errors.csv says why

    look.py   which files stand still      arrival.py  one file: opened, read      watch.py  the thread that looks
    places.py where files go afterwards    errors.py   the table of bad rows

A crash between the journal and the move is seen at the next start: the journal knows the hash of the file.
"""

from __future__ import annotations

from lowtide.intake.folder.watch import FolderWatch, Inbox

__all__ = ["FolderWatch", "Inbox"]
