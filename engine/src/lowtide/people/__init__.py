"""People: who owns an alert, who is on duty today, who hears next, and when a deadline ends. Pure: each time is an argument.

    source     people.yaml and all that it names ──▶ one document, named by its hash
    book       the document as questions and answers: assign, on_duty, ladder, calendars
    calendar   business time: shifts, holidays, exchanged working days
    duty       override, absence, rotation, members, whoever opens next, fallback
    route      which team owns an alert: the most specific wins
    checks     what is wrong between the parts of a file, all of it together

>>> Book.alone("wang").people["wang"].contacts
()
"""

from lowtide.people.book import Assignment, Book, Review, Stages
from lowtide.people.calendar import Calendar, Due
from lowtide.people.duty import Duty
from lowtide.people.inhibition import Inhibition
from lowtide.people.ladder import Ladder, Step
from lowtide.people.person import Person, mark
from lowtide.people.route import Route
from lowtide.people.target import Target
from lowtide.people.team import Absence, Override, Team

__all__ = [
    "Absence", "Assignment", "Book", "Calendar", "Due", "Duty", "Inhibition", "Ladder", "Override", "Person", "Review",
    "Route", "Stages", "Step", "Target", "Team", "mark",
]  # fmt: skip
