"""Typed commands for the tests of intake."""

from __future__ import annotations

from tests.cli.conftest import typed  # noqa: F401
