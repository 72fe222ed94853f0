"""How much a token weighs by its frequency: by hand."""

import numpy as np

from semantic_tokens.grouping.frequency import frequency_weights


def test_languages_weigh_the_same_however_much_text_they_have():
    counts = np.array([[6, 2, 0, 0], [0, 8, 8, 0], [0, 0, 0, 0]])  # the last language has no text
    # Both languages as if they had the mean, 12 tokens; and each token once more.
    assert frequency_weights(counts).tolist() == [1 + 9, 1 + 3 + 6, 1 + 6, 1]


def test_without_text_all_tokens_weigh_the_same():
    assert frequency_weights(np.zeros((2, 3), np.int64)).tolist() == [1, 1, 1]
