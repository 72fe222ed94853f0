"""What the layers of a model hold: after "How does a Multilingual LM Handle Multiple Languages?" (arXiv 2502.04269).

`items` chooses the words and sentences, once for all models; `reader` and `hidden_states` turn them into vectors of
every layer on disk; the other modules take such vectors, one layer at a time, and give `Measure`s. Layer 0 is the
embeddings.
"""

from semantic_tokens.siblings import Sibling
from semantic_tokens.siblings.probing.beside_scores import PANELS
from semantic_tokens.siblings.probing.settings import Probing, problems

SIBLING = Sibling(
    settings=Probing,
    asks_for="What the target `probing` measures.",
    shows="What each layer holds: translated words, parallel sentences, names",
    problems=problems,
    beside_scores=PANELS,
)
