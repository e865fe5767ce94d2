"""Three dashboards for Grafana and the files that provision them.

`operations.sql`, `alerts.sql` and `pipeline.sql` are the panels, in the order of the dashboard; `panels` reads them,
`variables` says what can be chosen, `looks` how panels look, `boards` makes what Grafana reads, and `provisioning` the files
that Grafana reads at its start.
"""

from lowtide.dashboards.grafana.boards import BOARDS, Board
from lowtide.dashboards.grafana.panels import Panel, Row

__all__ = ["BOARDS", "Board", "Panel", "Row"]
