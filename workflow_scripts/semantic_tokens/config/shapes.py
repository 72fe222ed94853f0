"""The shape of a backbone: from the config, the published architectures, or a checkpoint folder's config.json."""

from dataclasses import replace
from typing import NamedTuple

from semantic_tokens.backbones.settings import ScratchBackbone
from semantic_tokens.config.models import HubBackbone
from semantic_tokens.config.published_sizes import described
from semantic_tokens.models.shape import Shape


class PublishedShape(NamedTuple):
    """Transformer layers, attention heads, width of the feed-forward layers, positions and token types."""

    layers: int
    heads: int
    intermediate: int
    positions: int
    types: int


# config.json of each checkpoint at the revision in sources/fetch/registry.yaml.
SHAPES = {
    "mbert": PublishedShape(12, 12, 3072, 512, 2),
    "xlmr-base": PublishedShape(12, 12, 3072, 514, 1),
    "xlmr-large": PublishedShape(24, 16, 4096, 514, 1),
    "xlmv-base": PublishedShape(12, 12, 3072, 514, 1),
    "e5-small": PublishedShape(12, 12, 1536, 512, 2),
    "e5-small-4bit": PublishedShape(12, 12, 1536, 512, 2),
}
_KEYS = ("num_hidden_layers", "num_attention_heads", "intermediate_size")
# Of a checkpoint folder that does not tell, with feed-forward layers of 4 dim.
OTHER_LAYERS = 12
HEAD_WIDTH = 64  # dimensions of an attention head, as in every published backbone here but BLOOM


def shape_of(backbone: ScratchBackbone | HubBackbone) -> Shape:
    """What a checkpoint folder does not tell in BERT's words is guessed (`known` is False)."""
    if isinstance(backbone, ScratchBackbone):
        types = 2 if backbone.architecture == "bert" else 1
        sizes = (backbone.layers, backbone.heads, backbone.intermediate, backbone.max_length, types)
        return Shape(backbone.vocabulary, backbone.dim, *sizes)
    known = SHAPES.get(backbone.model or "")
    if known is None:
        told = (described(backbone.folder) or {}) if backbone.folder else {}
        guesses = (OTHER_LAYERS, max(1, backbone.dim // HEAD_WIDTH), 4 * backbone.dim)
        layers, heads, intermediate = (told.get(key, guess) for key, guess in zip(_KEYS, guesses))
        shape = Shape(backbone.vocabulary, backbone.dim, layers, heads, intermediate, backbone.max_length, 1)
        return replace(shape, known=all(key in told for key in _KEYS))
    return Shape(backbone.vocabulary, backbone.dim, *known)
