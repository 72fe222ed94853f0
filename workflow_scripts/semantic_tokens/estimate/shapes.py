"""The shape of a backbone: from the config, the published architectures, or a checkpoint folder's config.json."""

from dataclasses import replace

from semantic_tokens.backbones.settings import ScratchBackbone
from semantic_tokens.config.models import HubBackbone
from semantic_tokens.config.published_sizes import described
from semantic_tokens.estimate import facts
from semantic_tokens.models.shape import Shape

_KEYS = ("num_hidden_layers", "num_attention_heads", "intermediate_size")
HEAD_WIDTH = 64  # dimensions of an attention head where nothing tells, as in every published backbone here but BLOOM


def shape_of(backbone: ScratchBackbone | HubBackbone) -> Shape:
    """What a checkpoint folder does not tell in BERT's words is guessed (`known` is False)."""
    if isinstance(backbone, ScratchBackbone):
        types = 2 if backbone.architecture == "bert" else 1
        sizes = (backbone.layers, backbone.heads, backbone.intermediate, backbone.max_length, types)
        return Shape(backbone.vocabulary, backbone.dim, *sizes)
    known = facts.SHAPES.get(backbone.model or "")
    if known is None:
        told = (described(backbone.folder) or {}) if backbone.folder else {}
        guesses = (facts.OTHER_LAYERS, max(1, backbone.dim // HEAD_WIDTH), 4 * backbone.dim)
        layers, heads, intermediate = (told.get(key, guess) for key, guess in zip(_KEYS, guesses))
        shape = Shape(backbone.vocabulary, backbone.dim, layers, heads, intermediate, backbone.max_length, 1)
        return replace(shape, known=all(key in told for key in _KEYS))
    return Shape(backbone.vocabulary, backbone.dim, *known)
