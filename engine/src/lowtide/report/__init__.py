"""A report for the person who has neither a dashboard nor a notebook: one page that explains itself.

    scope = Scope.resolve(warehouse, days=28)
    answers = ask(warehouse, scope) if scope else None      # None: the warehouse is empty
    html = page(answers, "en")

`scope` is what is asked about, `questions` ask the warehouse, `answers` hold what it said; `sections`,
`headline` and `advice` put it into words and charts, `page` makes one file of it. The same warehouse gives the same bytes.
"""

from lowtide.report.answers import Answers
from lowtide.report.page import page
from lowtide.report.questions import ask
from lowtide.report.scope import Scope

__all__ = ["Answers", "Scope", "ask", "page"]
