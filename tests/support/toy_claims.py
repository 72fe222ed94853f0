"""Claims and scores made by hand, and the papers' own."""

import pyarrow as pa

from semantic_tokens import tables
from semantic_tokens.conditions import Condition
from semantic_tokens.report import PRIMARY_METRIC
from semantic_tokens.report.claims import ledger as claims
from semantic_tokens.report.claims.ledger import Claim, judge
from semantic_tokens.report.claims.scores import Scores, Value, of_paper
from support import ROOT

REFERENCE = ROOT / "reference"
LEDGER = claims.read_claims(REFERENCE / "claims.yaml")
PAPER = of_paper(REFERENCE)
CLAIMS = {claim.id: claim for claim in LEDGER}

ORACLE, A, B, C, D = (
    "mbert/d768/none/full/mlm",
    *(f"mbert/d768/none/kmeans-cosine-r{ratio}/mlm" for ratio in ("40", "20", "10", "05")),
)


LOSER = "mbert/d768/none/random-r05/none"


def scores(values, task="nli", transfer="in-language", loser=True):
    """Scores on one task of {condition: score}, or of {condition: {task: score}}; a score may be a Value, and is one
    without spread otherwise. `loser`: another condition scores nothing on each task, so that every task can lose."""
    found = {}
    for condition, by_task in values.items():
        for name, score in (by_task if isinstance(by_task, dict) else {task: by_task}).items():
            found[condition, name, transfer] = score if isinstance(score, Value) else Value(score, 3, 0.0)
    more = {(LOSER, name, transfer): Value(0.0, 3, 0.0) for _, name, _ in found} if loser else {}
    return Scores(more | found)


def claim(kind, **given):
    given = {"tasks": ["nli"], "smallest": 1e-3} | given
    return Claim(id="x", paper="p", place="s", says="it is so", kind=kind, **given)


def verdict(kind, values, **given):
    return judge(claim(kind, **given), scores(values)).verdict


def score_table(values, seeds=(0.0,), chance=0.2, transfer="in-language", languages=(("en", -0.05), ("zh", 0.05))):
    """A canonical score table of {(condition, task): score}: languages and seeds add their offsets."""
    rows = []
    for (name, task), score in values.items():
        c = Condition.parse(name)
        for seed, offset in enumerate(seeds):
            for lang, more in languages:
                rows.append({
                    "run": "made-up", "study": ["main"], "backbone": c.backbone, "dim": c.dim, "alignment": c.alignment,
                    "grouping": c.grouping.method, "ratio": c.grouping.ratio, "pretraining": c.pretraining,
                    "task": task, "transfer": transfer, "seed": seed, "lang": lang, "metric": PRIMARY_METRIC[task],
                    "value": score + more + offset, "chance": chance, "n": 10,
                })  # fmt: skip
    return pa.Table.from_pylist(rows, tables.SCHEMAS["scores"])
