"""How large a model is and what it costs to run: parameters, bytes, and floating-point operations (FLOP).

A matrix of p parameters costs 2 p FLOP a token forwards and 4 p backwards (Kaplan et al. 2020, section 2.1).
"""

from dataclasses import dataclass

from semantic_tokens.config_models import HubBackbone, ScratchBackbone
from semantic_tokens.estimate import facts

TRAINING = 3  # forwards and backwards, as multiples of forwards
FLOAT = 4  # bytes


@dataclass(frozen=True)
class Shape:
    """An encoder of the BERT family with a tied masked-LM head; `known` is False where its shape is a guess.

    A decoder is reckoned as such an encoder, and an encoder-decoder by its encoder: what its decoder adds, some 20% of
    the tokens through as many layers, is left out.
    """

    vocabulary: int
    dim: int
    layers: int
    intermediate: int
    positions: int
    types: int
    known: bool = True

    @property
    def body(self) -> int:
        """Parameters of the matrices of all layers: what a token passes through."""
        return self.layers * (4 * self.dim**2 + 2 * self.dim * self.intermediate)

    def parameters(self, groups: int, dim: int) -> int:
        """All parameters of the masked LM over `groups` tokens whose embeddings have `dim` dimensions."""
        small = self.layers * (9 * self.dim + self.intermediate)  # biases and layer norms
        embeddings = groups * dim + (self.positions + self.types + 2) * self.dim
        return self.body + small + embeddings + self.dim**2 + 3 * self.dim + groups

    def forward(self, tokens: float, length: float) -> float:
        """FLOP of reading `tokens` tokens in sequences of `length`, attention included."""
        return tokens * (2 * self.body + 4 * self.layers * length * self.dim)

    def masked_lm(self, tokens: float, length: int, masked: float, groups: int, dim: int) -> float:
        """FLOP of training on `tokens` tokens with logits over `groups` at the `masked` share of them."""
        logits = tokens * masked * 2 * (self.dim**2 + groups * dim)
        return TRAINING * (self.forward(tokens, length) + logits)


def shape_of(backbone: ScratchBackbone | HubBackbone) -> Shape:
    """From the config where it says all, else from the published architectures."""
    if isinstance(backbone, ScratchBackbone):
        types = 2 if backbone.architecture == "bert" else 1
        sizes = (backbone.dim, backbone.layers, backbone.intermediate, backbone.max_length, types)
        return Shape(backbone.vocabulary, *sizes)
    known = facts.ARCHITECTURES.get(backbone.model or "")
    if known is None:
        guess = (backbone.dim, facts.OTHER_LAYERS, 4 * backbone.dim, backbone.max_length, 1)
        return Shape(backbone.vocabulary, *guess, known=False)
    return Shape(backbone.vocabulary, backbone.dim, known.layers, known.intermediate, known.positions, known.types)
