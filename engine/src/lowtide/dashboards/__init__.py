"""Dashboards for the tools that people already have: files for Grafana, a bundle for Superset.

    write(Path("dashboards"))     grafana/dashboards/*.json, grafana/provisioning/…, superset/lowtide-superset.zip

Nothing here opens a warehouse. The questions are SQL on its views, and a test asks each of them.
"""

from lowtide.dashboards.files import contents, write

__all__ = ["contents", "write"]
