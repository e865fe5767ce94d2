"""Orders on their way out: a JSON document, a CSV, and the import files of other systems.

order      one purchase order with its lines, made of approved proposals
document   the JSON document, whose fields are those of X12 850 and EDIFACT ORDERS (docs/proposals.md)
table      CSV, one line an item
form       a map in the other direction: the file that Kingdee, U8, SAP or Odoo imports
"""

from lowtide.propose.export.document import document
from lowtide.propose.export.form import Form, forms, load_form, shipped_form_text
from lowtide.propose.export.order import Line, Order
from lowtide.propose.export.table import table

__all__ = ["Form", "Line", "Order", "document", "forms", "load_form", "shipped_form_text", "table"]
