"""Inference learned in English and tested in other languages: accuracy, and how much of it transfers.

After "How does a Multilingual LM Handle Multiple Languages?" (arXiv 2502.04269, third experiment), which gives transfer
efficiency as accuracy in the target language over accuracy in the source language. Intervals are of the test items.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import stdev

from semantic_tokens import csv_rows
from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.measures import SEED_ERROR, Measure
from semantic_tokens.errors import InputError
from semantic_tokens.tables import NLI_LABELS

SOURCE = "en"
CHANCE = 1 / len(NLI_LABELS)


@dataclass(frozen=True)
class Score:
    """Accuracy in a language with one seed, on `n` items."""

    lang: str
    seed: int
    accuracy: float
    n: int


def measure_transfer(scores: Iterable[Score]) -> list[Measure]:
    """What a model's scores on all languages and seeds say, as means over the seeds.

    accuracy             by language, with Wilson's interval, against an even guess among the labels; and the mean over
                         the languages (subject "")
    accuracy_elsewhere   the mean over the languages other than English, which alone is zero-shot
    accuracy_error_over_seeds  standard error of `accuracy`, by language; n seeds; none of one seed
    transfer_efficiency  accuracy in a language / in English, by language, with Katz's interval of a ratio, which takes
                         the two sets of items for independent; and the mean over the languages other than English. Its
                         chance is what guessing in the target language would get. A model that is not above chance in
                         English, by the interval, has none

    The intervals are for the items of a language, however many seeds there are. Raises InputError without English.
    """
    by_lang: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        by_lang[score.lang].append(score)
    if SOURCE not in by_lang:
        raise InputError(f"transfer: no scores in the language {SOURCE!r} that all models learn from")
    accuracy = {lang: sum(s.accuracy for s in own) / len(own) for lang, own in sorted(by_lang.items())}
    items = {lang: own[0].n for lang, own in by_lang.items()}
    targets = [lang for lang in accuracy if lang != SOURCE]
    source, n_source = accuracy[SOURCE], items[SOURCE]
    found = [
        Measure("accuracy", lang, value, items[lang], None, *intervals.of_share(value, items[lang]), CHANCE)
        for lang, value in accuracy.items()
    ]
    found.append(Measure("accuracy", "", _mean(accuracy.values()), sum(items.values()), chance=CHANCE))
    if targets:
        elsewhere, n = _mean(accuracy[lang] for lang in targets), sum(items[lang] for lang in targets)
        found.append(Measure("accuracy_elsewhere", "", elsewhere, n, chance=CHANCE))
    found += [
        Measure(
            SEED_ERROR, lang, stdev(s.accuracy for s in by_lang[lang]) / sqrt(len(by_lang[lang])), len(by_lang[lang])
        )
        for lang in accuracy
        if len(by_lang[lang]) > 1
    ]
    if intervals.of_share(source, n_source)[0] <= CHANCE:
        return found
    found += [
        Measure(
            "transfer_efficiency", lang, accuracy[lang] / source, items[lang], None,
            *intervals.of_ratio(accuracy[lang], items[lang], source, n_source), CHANCE / source,
        )
        for lang in targets
    ]  # fmt: skip
    if targets:
        mean = _mean(accuracy[lang] / source for lang in targets)
        n = sum(items[lang] for lang in targets)
        found.append(Measure("transfer_efficiency", "", mean, n, chance=CHANCE / source))
    return found


@dataclass(frozen=True)
class Printed:
    """What the paper prints of a model in a language: `efficiency` as printed, None where it prints none, and
    `recomputed` from its own accuracies, None for the source language."""

    backbone: str
    lang: str
    accuracy: float
    efficiency: float | None
    recomputed: float | None

    @property
    def follows(self) -> bool | None:
        """Whether the printed efficiency is that of accuracies which round to the printed ones; None without one."""
        if self.efficiency is None or self.recomputed is None:
            return None
        half = 0.005  # of the last place that is printed
        source = self.accuracy / self.recomputed
        least = (self.accuracy - half) / (source + half) - half
        return least <= self.efficiency <= (self.accuracy + half) / (source - half) + half


def printed(path: Path) -> list[Printed]:
    """The paper's numbers (columns backbone, lang, measure, value), in the order of the file."""
    values: dict[tuple[str, str, str], float] = {}
    for row in csv_rows.read(path):
        values[row["backbone"], row["lang"], row["measure"]] = float(row["value"])
    return [
        Printed(
            backbone, lang, value, values.get((backbone, lang, "transfer_efficiency")),
            None if lang == SOURCE else value / values[backbone, SOURCE, "accuracy"],
        )
        for (backbone, lang, measure), value in values.items()
        if measure == "accuracy"
    ]  # fmt: skip


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)
