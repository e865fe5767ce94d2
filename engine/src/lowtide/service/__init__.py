"""What people ask the desk and do with it: one function a question, one module a subject, the answers typed.

Pages and the API say the same, because both ask here. A function takes the `Context` (desk.db, warehouse, people in force,
clock) and the `Caller`, and returns a frozen dataclass with `to_dict()`: names of columns, decimal texts, times in
milliseconds since 1970 UTC.

    caller     who asks: login, person, role, and what that role may do
    context    what every question needs
    refusal    why a question is not answered: Missing, NotAllowed, Moved
    rights     what a caller may do to one thing
    answer     what answers have in common: `to_dict()`, and how they say that the warehouse is away

    queue (filters, standing) · alert · position (projection) · heatmap · trends · kpi (period) · suppliers · calibration ·
    people · messages · silences · audit · policy
"""

from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.refusal import Missing, Moved, NotAllowed

__all__ = ["Caller", "Context", "Missing", "Moved", "NotAllowed", "Role"]
