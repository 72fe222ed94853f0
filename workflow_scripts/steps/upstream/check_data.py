"""Parse every upstream file under local_dir; a table of their content goes to the log and to a file."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.errors import InputError
    from semantic_tokens.sources.check_data import as_text, check_folder, write_csv

    if job.params.local_dir is None:
        raise InputError("local_dir is not set; check_data parses the files under it")
    reports = list(check_folder(Path(job.params.local_dir)))
    print(as_text(reports))
    failed = [report.failed for report in reports if report.failed]
    if failed:
        raise InputError("\n".join(failed))
    write_csv(reports, job.output.table)
