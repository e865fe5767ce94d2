"""Files to alerts as a Bytewax dataflow: `python -m bytewax.run dataflows.files`.

The settings (`lowtide settings`) name the policy and the sink. `LOWTIDE_SOURCES` names the sources, separated by spaces.

    LOWTIDE_SOURCES="sales.jsonl.gz" LOWTIDE_POLICY=policy.yaml python -m bytewax.run dataflows.files -w 2
"""

from __future__ import annotations

import os
import shlex

from lowtide.runner.run import Run
from lowtide.settings import load_settings

flow = Run(shlex.split(os.environ.get("LOWTIDE_SOURCES", "-")), load_settings()).dataflow()
