"""A command is typed as in the tests of `cli`."""

from __future__ import annotations

from tests.cli.conftest import typed  # noqa: F401
