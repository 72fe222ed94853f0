"""Fetch an entry of `data.own` from the hub, or find its local files, and record which they are and on which terms."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import hashlib
    import json
    from pathlib import Path

    from semantic_tokens.sources.own.obtain import Access, obtain

    given = job.params
    access = Access(Path("resources"), given.mirror, given.offline)
    sample = tuple(given.own["sample"]) if given.own["sample"] else None
    found = obtain(job.wildcards.role, given.own["entry"], given.own["languages"], given.scored, access, sample)
    # The record differs whenever the files do, so that whatever reads them runs again.
    state = hashlib.sha256(repr(given.own["local_files"]).encode()).hexdigest()
    job.output.record.write_text(json.dumps({"state": state, **found}, indent=1, ensure_ascii=False) + "\n", "utf-8")
