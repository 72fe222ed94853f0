"""Claims and scores made by hand, and the papers' own."""

import pyarrow as pa

from semantic_tokens import tables
from semantic_tokens.conditions import Condition
from semantic_tokens.report import PRIMARY_METRIC
from semantic_tokens.report.claims import ledger
from semantic_tokens.report.claims.ledger import Claim, judge
from semantic_tokens.report.claims.scores import Scores, Value, of_paper
from support import ROOT

REFERENCE = ROOT / "reference"
LEDGER = ledger.read_claims(REFERENCE / "claims.yaml")
PAPER = of_paper(REFERENCE)
CLAIMS = {claim.id: claim for claim in LEDGER}
# What the paper's own numbers say against its sentences: claim -> how many comparisons.
CONTRADICTED = {
    "sg-alone-keeps-90-at-10": 1,  # reranking, 84.9%
    "sg-pretrained-keeps-90-at-5": 2,  # NLI 88.1%, reranking 89.1%
    "sg-pretrained-keeps-85-of-embedding-at-20": 1,  # 83.2%
    "clsa-higher-or-similar-to-rounding": 5,
    "clsa-improves-xnli-and-miracl": 1,  # retrieval at 40%
    "clsa-improves-more-at-low-ratios": 1,  # NER, pretrained: -.003 at both ends
    "figure5-keeps-90-of-classification": 2,  # reranking at d = 32: 88.0%, 83.8%
    "slope-flattens-with-dimension": 5,
    "d32-like-d768-at-5": 5,
    "sg-keeps-its-level-at-lower-dimensions": 4,  # retrieval at d = 32
    "table5-rows-are-measured-apart": 5,  # rows that repeat others
    "backbones-fall-alike": 2,  # XLM-R large, NER
    "benchmarks-cover-thirty-languages": 1,  # 31
    "masakhaner-shares-no-language": 1,  # sw, yo
    "tydiqa-and-xnli-share-three-languages": 1,  # 5
    "memory-falls-with-the-vocabulary": 1,  # 74.9 GB at 40%, 74.6 at 100%
    "kmeans-beats-lexicons": 1,  # .357 with zh alone
    "bloom-transfer-efficiency-arabic": 1,  # .843
}

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
                    "run": "made-up", "study": ["main"], **c.columns(),
                    "task": task, "transfer": transfer, "seed": seed, "lang": lang, "metric": PRIMARY_METRIC[task],
                    "value": score + more + offset, "chance": chance, "n": 10,
                })  # fmt: skip
    return pa.Table.from_pylist(rows, tables.SCHEMAS["scores"])
