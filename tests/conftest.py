"""Let a person who has read a story's new ledger say so: `pytest tests/scenarios --accept` rewrites it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def pytest_addoption(parser):
    parser.addoption("--accept", action="store_true", help="write each story's ledger.jsonl")
