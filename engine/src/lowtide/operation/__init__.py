"""Everything around a run that does not end: metrics, health, log lines, a watchdog, a supervisor.

    Metrics ──▶ Endpoint   /metrics, /healthz, /readyz on loopback
    Health  ──▶    ″       whether the flow moves, what it waits for, what it has not reached yet
       └─────▶ Watchdog    ends this process if its flow or a peer does not move
    supervise              starts the processes of a cluster, and starts all of them again when one ends
    log                    events whose names do not change, as text or JSON, without secrets

These modules do not know records, columns of tables, or Bytewax. The flow gives them plain numbers.
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
