"""Write the page of the run."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens import csv_rows, tables
    from semantic_tokens.analysis.dictionaries import DictionaryMeasures
    from semantic_tokens.analysis.keywords import Member
    from semantic_tokens.analysis.mixing import Mixing
    from semantic_tokens.analysis.translated_words import TranslatedWords
    from semantic_tokens.conditions import Condition
    from semantic_tokens.report import deviations, groups, manifest, table5
    from semantic_tokens.report.claims.ledger import read_claims
    from semantic_tokens.report.pages import page
    from semantic_tokens.report.pages.opening import Opening
    from semantic_tokens.sources.left_out import notices

    options, given = job.params, job.input
    measured: dict[str, list[dict[str, str]]] = {}
    for name, path in zip(options.opening, given.opening, strict=True):
        measured.setdefault(name, []).extend(csv_rows.read(path))
    opening = Opening(
        conditions=list(map(Condition.parse, options.inspected)),
        keywords=options.keywords,
        members=groups.read_rows(Member, given.keywords) if options.inspected else [],
        translated=groups.read_rows(TranslatedWords, given.translated_words) if given.get("translated_words") else [],
        mixing=groups.read_rows(Mixing, given.mixing),
        dictionaries=groups.read_rows(DictionaryMeasures, given.dictionary_pairs)
        if given.get("dictionary_pairs")
        else [],
        siblings=[(titles, measured[name]) for name, titles in options.opens_with.items() if name in measured],
    )
    html = page.render(
        tables.read("scores", job.input.scores),
        table5.read(job.input.table5),
        groups.read(job.input.groups),
        {study: Path(svg).read_text(encoding="utf-8") for study, svg in zip(job.params.studies, job.input.figures)},
        manifest.read(job.input.manifest),
        {name: page.read_table(job.input[name]) for name in job.params.more_tables},
        deviations.read_deviations(job.input.deviations),
        job.params.siblings,
        read_claims(job.input.ledger),
        table5.read_without(job.input.table5),
        opening,
        notices(job.input.skipped),
    )
    job.output.page.write_text(html, encoding="utf-8")
