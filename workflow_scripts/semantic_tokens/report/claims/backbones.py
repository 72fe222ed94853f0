"""The findings that the page of a run judges for each of its backbones: claims of the ledger marked `finding`."""

from collections.abc import Iterable, Sequence

from semantic_tokens.report.claims.ledger import Claim, Verdict, judge
from semantic_tokens.report.claims.scores import PAPER_SOURCE_SET, Roles, Scores, of_cells
from semantic_tokens.report.table5 import Cell, oracle_in

# What findings name; something of each backbone stands in for it.
_BACKBONE, _DIM, _PERCENT = "mbert", 768, 5
_TRANSFER = "in-language"


def findings(claims: Iterable[Claim], cells: Sequence[Cell], backbone: str) -> list[tuple[Claim, Verdict]]:
    """The claims marked `finding`, each with its verdict by the scores of one backbone."""
    scores = of_backbone(cells, backbone)
    return [(claim, judge(claim, scores)) for claim in claims if claim.finding]


def of_backbone(cells: Sequence[Cell], backbone: str) -> Scores:
    """The scores of a backbone trained in-language, in the roles of those that findings name.

    Its oracle's dimension stands in for d768, the smallest ratio at which K-Means was also continually pretrained for
    5%, its first alignment for clsa-all. No scores without an oracle or such a ratio."""
    own = [cell for cell in cells if (cell.condition.backbone, cell.transfer) == (backbone, _TRANSFER)]
    oracle = oracle_in(own, backbone, _TRANSFER)
    values = of_cells(own)
    conditions = {cell.condition for cell in own if (str(cell.condition), cell.task, _TRANSFER) in values}
    wanted = ("kmeans-cosine", "none", "mlm", oracle.dim if oracle else 0)
    percents = [
        c.grouping.percent or 100
        for c in conditions
        if (c.grouping.method, c.alignment, c.pretraining, c.dim) == wanted
    ]
    if oracle is None or not percents:
        return Scores({})
    sets = sorted(c.source_set for c in conditions if c.alignment_method == "clsa" and c.source_set)
    source_set = sets[0] if sets else PAPER_SOURCE_SET
    percent = {_PERCENT: min(percents)}
    return Scores(values, Roles({_BACKBONE: backbone}, {_DIM: oracle.dim}, source_set, percents=percent))
