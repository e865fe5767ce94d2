"""A report for people without a dashboard or a notebook: one page that explains itself.

    scope = Scope.resolve(warehouse, days=28)
    answers = ask(warehouse, scope) if scope else None      # None: the warehouse is empty
    html = page(answers, "en")

`scope` is what the report is about, `questions` ask the warehouse, `answers` hold its rows; `sections`,
`headline` and `advice` make words and charts of them, `page` makes one file of it. The same warehouse gives the same bytes.
"""

from lowtide.report.answers import Answers
from lowtide.report.page import page
from lowtide.report.questions import ask
from lowtide.report.scope import Scope

__all__ = ["Answers", "Scope", "ask", "page"]
