"""What a run that never ends needs around it: figures, health, a log, a watchdog, a supervisor.

    Metrics ──▶ Endpoint   /metrics, /healthz, /readyz on loopback
    Health  ──▶    ″       beats, what is waited for, what is not reached yet
       └─────▶ Watchdog    a process that stands still, or a peer that does, is ended
    supervise              starts the processes of a cluster, and all of them again when one dies
    log                    events with names that stay, as text or JSON, without secrets

Nothing in here knows a record, a table's columns or Bytewax: the flow says plain numbers, and this says them on.
"""

from __future__ import annotations

from lowtide.operation.endpoint import Endpoint, beside
from lowtide.operation.health import Health
from lowtide.operation.metrics import Metrics
from lowtide.operation.supervisor import RESTART, Terms, free_addresses, supervise
from lowtide.operation.watchdog import Watchdog

__all__ = [
    "RESTART",
    "Endpoint",
    "Health",
    "Metrics",
    "Terms",
    "Watchdog",
    "beside",
    "free_addresses",
    "supervise",
]
