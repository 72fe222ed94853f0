"""Write the browser of semantic tokens; its data are written by other steps."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.conditions import Condition
    from semantic_tokens.report.pages.groups import page

    html = page.render(job.params.run, list(map(Condition.of_grouped, job.params.groupings)), job.params.keywords)
    job.output.page.write_text(html, encoding="utf-8")
