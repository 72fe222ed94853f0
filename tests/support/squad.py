"""The scores of SQuAD 1.1's evaluation, written anew from its description."""

import re

_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def squad_scores(prediction, golds):
    """(F1, exact match) by the description of SQuAD 1.1's evaluation, written anew: its four steps in their order, and
    the overlap counted word by word."""

    def simplified(answer):
        kept = "".join(sign for sign in answer.lower() if sign not in _PUNCTUATION)
        pieces = re.split(r"(\W+)", kept)
        return " ".join("".join(" " if piece in ("a", "an", "the") else piece for piece in pieces).split())

    def overlap(a, b):
        rest, shared = list(b), 0
        for word in a:
            if word in rest:
                rest.remove(word)
                shared += 1
        if not shared:
            return 0.0
        precision, recall = shared / len(a), shared / len(b)
        return 2 * precision * recall / (precision + recall)

    words = simplified(prediction).split()
    f1 = max(overlap(words, simplified(gold).split()) for gold in golds)
    return f1, float(any(simplified(prediction) == simplified(gold) for gold in golds))
