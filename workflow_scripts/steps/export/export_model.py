"""Write a condition's model as a self-contained folder, in one of three forms."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.models.export.folder import over_emitted_tokens, write_model, write_tokenizer

    form, files, folder = job.wildcards.form, job.input, job.output.model.parent
    partition = over_emitted_tokens(VocabularyPartition.load(files.partition))
    write_tokenizer(form, Path(files.tokenizer), Path(files.tokenizer_config), partition, folder)
    write_model(form, Path(files.model).parent, partition, folder)
    partition.save(job.output.partition)
