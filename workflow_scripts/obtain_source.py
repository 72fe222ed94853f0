"""Download a source, or find it in the user's folder, and record where it lies and on which terms."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import json
    from pathlib import Path

    from semantic_tokens.sources.catalogue import local_folder
    from semantic_tokens.sources.listing import LOCAL_ONLY
    from semantic_tokens.sources.obtain import obtain
    from semantic_tokens.sources.registry import provenance_table, source

    name, options = job.wildcards.source, job.params
    if options.local_dir is not None:
        folder = local_folder(name, Path(options.local_dir))
    else:
        languages = [lang for lang in options.languages if lang in source(name).languages]
        folder = obtain(name, Path("resources"), languages or None, mirror=options.mirror, offline=options.offline)
    terms = (
        provenance_table([name], {name: folder.name})[0]
        if name not in LOCAL_ONLY
        else {"name": name, "licence": "the user's own"}
    )
    job.output.record.write_text(json.dumps({"folder": str(folder), **terms}, indent=1) + "\n")
