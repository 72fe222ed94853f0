"""Write the page of the run."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from functools import partial
    from pathlib import Path

    from semantic_tokens import csv_rows, tables
    from semantic_tokens.analysis.dictionaries import DictionaryMeasures
    from semantic_tokens.analysis.keywords import Member
    from semantic_tokens.analysis.mixing import Mixing
    from semantic_tokens.analysis.translated_words import TranslatedWords
    from semantic_tokens.conditions import Condition
    from semantic_tokens.report import costs, deviations, groups, manifest, printed, table5
    from semantic_tokens.report.claims import ledger
    from semantic_tokens.report.pages import curves, page
    from semantic_tokens.report.pages.command import making
    from semantic_tokens.report.pages.content import Content
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
    claims = ledger.read_claims(given.ledger)
    trained = options.trained
    training = [
        *map(partial(curves.read_losses, "pretraining"), trained["backbone_losses"], given.backbone_losses),
        *map(curves.read_history, trained["histories"], given.histories),
        *map(partial(curves.read_losses, "continual pretraining"), trained["losses"], given.losses),
    ]
    command = partial(making, config_files=options.made_with, given=options.given)
    content = Content(
        scores=tables.read("scores", given.scores),
        cells=table5.read(given.table5),
        without=table5.read_without(given.table5),
        groups=groups.read(given.groups),
        manifest=manifest.read(given.manifest),
        figures={study: Path(svg).read_text(encoding="utf-8") for study, svg in zip(options.studies, given.figures)},
        more_tables={name: page.read_table(given[name]) for name in options.more_tables},
        deviations=deviations.read_deviations(given.deviations),
        claims=claims,
        judged=csv_rows.read(given.claims),
        printed=printed.read(given.printed),
        roles=ledger.roles(claims, options.roles),
        opening=opening,
        costs=costs.read(given.costs),
        curves=training,
        commands={condition: command(target) for condition, target in options.targets.items()},
        exports={c: {form: command(card) for form, card in forms.items()} for c, forms in options.exports.items()},
        pages=options.pages,
        present=[Path(page).stem for page in given.pages],
        latex=[Path(table).stem for table in given.latex],
        left_out=notices(given.skipped),
    )
    job.output.page.write_text(page.render(content), encoding="utf-8")
