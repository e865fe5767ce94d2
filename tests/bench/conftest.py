"""The benches are scripts beside each other: their folders go onto the path."""

import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench"
sys.path[:0] = [str(BENCH / "quality"), str(BENCH)]
