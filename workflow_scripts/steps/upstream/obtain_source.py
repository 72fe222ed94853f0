"""Download a source, or find it in the user's folder, and record where it is and its terms."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import hashlib
    import json
    from pathlib import Path

    from semantic_tokens.sources.catalogue import local_folder
    from semantic_tokens.sources.fetch.obtain import languages_in, obtain
    from semantic_tokens.sources.fetch.registry import found_at, own_terms, provenance_table
    from semantic_tokens.sources.listing import LOCAL_ONLY

    name, options = job.wildcards.source, job.params
    terms = own_terms(name) if name in LOCAL_ONLY else provenance_table([name])[0]
    if options.local_dir is not None:
        folder = local_folder(name, Path(options.local_dir))
        terms |= found_at(folder)
    else:
        languages = languages_in(name, options.languages)
        folder = obtain(name, Path("resources"), languages, mirror=options.mirror, offline=options.offline)
    # The record differs whenever the files do, so that whatever reads them runs again.
    state = hashlib.sha256(repr((options.local_files, options.terms)).encode()).hexdigest()
    job.output.record.write_text(
        json.dumps({"folder": str(folder), "state": state, **terms}, indent=1) + "\n", encoding="utf-8"
    )
