"""What kind of evidence a run is, in one line, and what a reader must know before believing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Evidence:
    """`line` says it in a sentence or two; `more` are paragraphs that explain it; `left_out` has a line for each file
    of data that lost many rows. `is_weak`: the scores are no evidence about the paper's models."""

    line: str
    more: tuple[str, ...]
    left_out: tuple[str, ...]
    is_weak: bool


def of(config: Mapping[str, Any], backbones: Sequence[str], seeds: Sequence[int], left_out: Sequence[str]) -> Evidence:
    """The evidence of a run.

    backbones  those that are scored; seeds: the numbers of seeds behind its scores, each once
    """
    languages = len(config["data"]["languages"])
    split, synthetic = config["run"]["evaluation_split"], config["data"]["kind"] == "world"
    if synthetic:
        line = (
            f"An exercise of the pipeline: tiny encoders on a synthetic world of {_counted(languages, 'language')}. "
            "It does not replicate the paper."
        )
    else:
        line = f"Scores on published data in {_counted(languages, 'language')}, {split} split."
    more = []
    if synthetic:
        more.append(
            "Texts and tasks are generated from a small synthetic world, and the models that are scored are tiny and "
            "pretrained from scratch on it. Their numbers say nothing about mBERT or about natural text."
        )
    informed = [name for name in backbones if config["backbones"][name].get("initialisation") == "informed"]
    if informed:
        more.append(
            f"Before pretraining, the embeddings of {', '.join(informed)} were initialised by PPMI-SVD, from word "
            "co-occurrence in the corpus, and its attention as near-identity (mimetic initialisation). That shortens "
            "training, and it shapes the geometry that K-Means sees."
        )
    if list(seeds) == [1]:
        line += " One seed."
        more.append(
            "One seed proves nothing: every score comes from one fine-tuning run, and conditions may differ no more "
            "than seeds do."
        )
    elif seeds:
        line += f" {' or '.join(map(str, seeds))} seeds."
    if split == "dev":
        more.append("Scores are on the dev split, which is meant for choosing settings.")
    return Evidence(line, tuple(more), tuple(left_out), synthetic or list(seeds) == [1])


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
