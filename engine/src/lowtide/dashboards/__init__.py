"""Dashboards for the tools that people already have: files for Grafana, a bundle for Superset.

    write(Path("dashboards"))     grafana/dashboards/*.json, grafana/provisioning/…, superset/lowtide-superset.zip

This package does not open a warehouse. The panels ask in SQL on its views, and a test runs each query.
"""

from lowtide.dashboards.files import contents, write

__all__ = ["contents", "write"]
