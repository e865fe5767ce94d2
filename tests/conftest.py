"""Let a person who has read a story's new ledger say so: `pytest tests/scenarios --accept` rewrites it."""


def pytest_addoption(parser):
    parser.addoption("--accept", action="store_true", help="write each story's ledger.jsonl")
