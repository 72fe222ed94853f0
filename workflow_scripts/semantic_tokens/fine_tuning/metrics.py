"""Task metrics, as fractions: thin wrappers over seqeval and trec_eval, and the answer metrics of SQuAD and TyDiQA."""

from __future__ import annotations

import re
import string
import unicodedata
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import regex

from semantic_tokens.fine_tuning.segmentation import word_spans

_ASCII_PUNCTUATION = dict.fromkeys(map(ord, string.punctuation))
_PUNCTUATION = regex.compile(r"[\p{P}$+<=>^`|~]")  # of all of Unicode, and the ASCII symbols that SQuAD counts as such
_ARTICLE = re.compile(r"\b(a|an|the)\b")
_DISCOUNTS = 1 / np.log2(np.arange(2, 12))


def accuracy(gold: np.ndarray, predicted: np.ndarray | int) -> float:
    """Share of entries of `gold` [n] that `predicted` [n], or one constant, equals."""
    return float(np.mean(gold == predicted))


def entity_f1(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> float:
    """Micro F1 over entities of sentences of IOB2 tags; 0 when there is no entity on either side.

    seqeval's default mode: lenient as conlleval, the scorer of the MasakhaNER paper (an entity may begin with I-).
    """
    from seqeval.metrics import f1_score  # 2 s: imports scikit-learn

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "no true samples" is a score of 0 here, not news
        return float(f1_score(list(gold), list(predicted), zero_division=0))


def answer_f1(predicted: str, golds: Sequence[str]) -> float:
    """Best F1 over words against any gold answer, by the rules of SQuAD 1.1's evaluation (Rajpurkar et al. 2016), which
    TyDiQA-GoldP uses for all its languages: words are what white space separates in `squad_normalized` answers, and an
    answer that leaves none scores 0."""
    words = squad_normalized(predicted).split()
    return max((_overlap_f1(Counter(words), Counter(squad_normalized(gold).split())) for gold in golds), default=0.0)


def exact_match(predicted: str, golds: Sequence[str]) -> float:
    """1 if any gold answer is the same when both are `squad_normalized`, else 0."""
    return float(squad_normalized(predicted) in {squad_normalized(gold) for gold in golds})


def squad_normalized(text: str) -> str:
    """Lower case, without ASCII punctuation and the words "a", "an" and "the", in whatever language; single spaces."""
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_ASCII_PUNCTUATION)).split())


def answer_f1_unicode(predicted: str, golds: Sequence[str], lang: str) -> float:
    """The same for any script: over words, or characters of Han, Kana and Thai in zh, ja and th, of answers that are
    `unicode_normalized`. Two answers without any word are equal."""
    words = _words(predicted, lang)
    of_golds = (_words(gold, lang) for gold in golds)
    return max((1.0 if words == gold else _overlap_f1(words, gold) for gold in of_golds), default=0.0)


def unicode_normalized(text: str, lang: str) -> str:
    """NFC, lower case, without the punctuation of any script; without English articles in English alone, for elsewhere
    they are other words; single spaces."""
    text = _PUNCTUATION.sub("", unicodedata.normalize("NFC", text).lower())
    if lang == "en":
        text = _ARTICLE.sub(" ", text)
    return " ".join(text.split())


def ndcg_at_10(qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]) -> float:
    """Mean nDCG@10 over ALL queries of `qrels` {query: {passage: relevance}}; `run` is {query: {passage: score}}.

    trec_eval's: linear gain, ties by descending passage id. It drops judged queries that the run lacks; here they
    score 0.
    """
    import pytrec_eval

    found = {query: dict(scores) for query, scores in run.items() if scores}
    judged = {query: dict(relevance) for query, relevance in qrels.items()}
    values = pytrec_eval.RelevanceEvaluator(judged, {"ndcg_cut.10"}).evaluate(found)
    return sum(values[query]["ndcg_cut_10"] if query in values else 0.0 for query in sorted(judged)) / len(judged)


def expected_ndcg_at_10(relevances: Sequence[int] | np.ndarray, listed: float, n: int) -> float:
    """Exact expected nDCG@10 of a random order of n passages, for one query.

    `relevances`: of all its relevant passages; `listed`: the sum of those among the n. Every place has the same
    expected gain, listed / n, so the expected DCG is that times the sum of the discounts.
    """
    ideal = float(np.dot(np.sort(relevances)[::-1][:10], _DISCOUNTS[: len(relevances)]))
    return float(listed / n * _DISCOUNTS[:n].sum() / ideal) if n and ideal else 0.0


def _words(text: str, lang: str) -> Counter[str]:
    text = unicode_normalized(text, lang)
    return Counter(text[start:end] for start, end in word_spans(text, lang))


def _overlap_f1(predicted: Counter[str], gold: Counter[str]) -> float:
    common = (predicted & gold).total()
    return 2 * common / (predicted.total() + gold.total()) if common else 0.0
