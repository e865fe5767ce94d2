"""A bundle for Superset, versions 4 to 6: `datasets` on the views, `charts` in rows, `bundle` the ZIP of both."""

from lowtide.dashboards.superset.bundle import bundle

__all__ = ["bundle"]
