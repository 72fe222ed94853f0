"""Fail unless the claims that the config expects hold in the run."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import csv_rows
    from semantic_tokens.errors import InputError
    from semantic_tokens.report.claims import ledger

    unmet = ledger.unmet(csv_rows.read(job.input.claims), job.params.expected)
    if unmet:
        raise InputError("; ".join(unmet))
    job.output.found.write_text("".join(f"{name} holds\n" for name in job.params.expected), encoding="utf-8")
