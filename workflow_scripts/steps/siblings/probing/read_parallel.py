"""Read parallel sentences from files in the layout of NTREX or of Tatoeba."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import json
    from pathlib import Path

    from semantic_tokens.siblings.probing import files, parallel

    folder = job.params.folder or json.loads(Path(job.input.record).read_text(encoding="utf-8"))["folder"]
    parallel.write(files.read(Path(folder), job.params.languages), job.output.table)
