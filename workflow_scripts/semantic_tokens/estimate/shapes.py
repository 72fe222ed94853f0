"""The shape of a backbone, from the config where it says all, else from the published architectures."""

from semantic_tokens.config_models import HubBackbone, ScratchBackbone
from semantic_tokens.estimate import facts
from semantic_tokens.models.shape import Shape

HEAD_WIDTH = 64  # dimensions of an attention head where nothing tells, as in every published backbone here but BLOOM


def shape_of(backbone: ScratchBackbone | HubBackbone) -> Shape:
    """A checkpoint folder whose shape is not published here gets a guess (`known` is False)."""
    if isinstance(backbone, ScratchBackbone):
        types = 2 if backbone.architecture == "bert" else 1
        sizes = (backbone.layers, backbone.heads, backbone.intermediate, backbone.max_length, types)
        return Shape(backbone.vocabulary, backbone.dim, *sizes)
    known = facts.ARCHITECTURES.get(backbone.model or "")
    if known is None:
        heads = max(1, backbone.dim // HEAD_WIDTH)
        guess = (facts.OTHER_LAYERS, heads, 4 * backbone.dim, backbone.max_length, 1)
        return Shape(backbone.vocabulary, backbone.dim, *guess, known=False)
    return Shape(backbone.vocabulary, backbone.dim, *known)
