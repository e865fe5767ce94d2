"""Real-time projected inventory and alerts: movements in, explained alerts out, the same every time."""

__version__ = "0.1.0"
