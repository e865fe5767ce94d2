"""What a sign says when it looks at its position."""

from dataclasses import dataclass, field


@dataclass
class Verdict:
    """Whether the alert opens if it is not open, whether it ends if it is, how severe it is, and its numbers."""

    opens: bool
    ends: bool
    severity: str = "watch"
    numbers: dict = field(default_factory=dict)
    taken_over: bool = False
    """Another alert takes the place of this one: it does not end by itself."""
