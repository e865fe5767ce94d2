"""What Grafana reads at its start: where the data is, and where the dashboards lie.

Grafana fills `$NAME` in these two files from its environment; so no password is in them. The dashboards have no such names.
"""

from __future__ import annotations

from pathlib import Path

DATASOURCE = """\
# Where Grafana finds the warehouse. `lowtide warehouse` on this machine needs no password; for one that needs a token, and
# for a ClickHouse server, set LOWTIDE_READER_PASSWORD in Grafana's environment.
apiVersion: 1

datasources:
  - name: Lowtide
    uid: lowtide
    type: grafana-clickhouse-datasource
    access: proxy
    jsonData:
      host: 127.0.0.1
      port: 8123
      protocol: http
      secure: false
      username: reader
      defaultDatabase: lowtide
      queryTimeout: "60"
    secureJsonData:
      password: $LOWTIDE_READER_PASSWORD
"""

_PROVIDER = """\
# Where Grafana finds the dashboards. Change `path` if you move them.
apiVersion: 1

providers:
  - name: Lowtide
    folder: Lowtide
    type: file
    updateIntervalSeconds: 60
    allowUiUpdates: false
    options:
      path: {path}
"""


def provider(dashboards: Path) -> str:
    """The provider of the dashboards in a folder."""
    quoted = "'" + str(dashboards).replace("$", "$$").replace("'", "''") + "'"
    return _PROVIDER.format(path=quoted)
