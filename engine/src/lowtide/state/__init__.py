"""The state on disk: a run that ended, was stopped, or crashed continues from it as if nothing had happened.

    STATE/
      state.json     what the folder belongs to: format, pipeline, source, key groups, first policy
      lock, fence    which run works on the folder now (`hold`)
      epochs/        Bytewax's recovery store: for every epoch a manifest of each part of the state, and offsets
      segments/      LOG/PART/NUMBER-TOKEN: what changed in a part in an epoch, in the formats drawn in native/README.md
      maps/          HASH.json: each compiled map that a log was read with
      alive/         a sign of life of each process of a cluster
      set-aside/     what was damaged, in a folder for each date (`aside`)
      run/           the name of the run, and what each process of a cluster did
      positions/     which positions each process of a cluster holds, to find those that two logs share

A part of the state is a log (`log`: clock, duplicates) or one of its key groups (`group-0000`, …). A checkpoint is an epoch
for which the store has the manifest of every part. Bytewax continues from the last one; the start deletes everything newer.
"""

from __future__ import annotations

from lowtide.state.folder import FORMAT, StateFolder, StateIdentity
from lowtide.state.manifest import Manifest
from lowtide.state.segments import Chain, read_segment

__all__ = ["FORMAT", "Chain", "Manifest", "StateFolder", "StateIdentity", "read_segment"]
