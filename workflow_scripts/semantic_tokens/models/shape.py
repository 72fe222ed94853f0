"""How large an encoder is and what it costs to run: parameters, bytes, floating-point operations (FLOP). No torch.

A matrix of p parameters costs 2 p FLOP per token forwards and 4 p backwards (Kaplan et al. 2020, section 2.1).
"""

from dataclasses import dataclass
from typing import Any

TRAINING = 3  # forwards and backwards, as multiples of forwards
FLOAT = 4  # bytes


@dataclass(frozen=True)
class Shape:
    """An encoder of the BERT family with a tied masked-LM head; `known` is False if the shape is a guess.

    A decoder is costed as such an encoder, and an encoder-decoder by its encoder: what its decoder adds, some 20% of
    the tokens through as many layers, is left out.
    """

    vocabulary: int
    dim: int
    layers: int
    heads: int
    intermediate: int
    positions: int
    types: int
    known: bool = True

    @property
    def body(self) -> int:
        """Parameters of the matrices of all layers: what a token passes through."""
        return self.layers * (4 * self.dim**2 + 2 * self.dim * self.intermediate)

    @property
    def encoder(self) -> int:
        """All parameters but the table of word embeddings and what a task puts on top."""
        small = self.layers * (9 * self.dim + self.intermediate)  # biases and layer norms
        return self.body + small + (self.positions + self.types + 2) * self.dim

    def parameters(self, groups: int, dim: int) -> int:
        """All parameters of the masked LM over `groups` tokens whose embeddings have `dim` dimensions."""
        return self.encoder + groups * dim + self.dim**2 + 3 * self.dim + groups

    def forward(self, tokens: float, length: float) -> float:
        """FLOP of reading `tokens` tokens in sequences of `length`, attention included."""
        return tokens * (2 * self.body + 4 * self.layers * length * self.dim)

    def masked_lm(self, tokens: float, length: int, masked: float, groups: int, dim: int) -> float:
        """FLOP of training on `tokens` tokens with logits over `groups` at the `masked` share of them."""
        logits = tokens * masked * 2 * (self.dim**2 + groups * dim)
        return TRAINING * (self.forward(tokens, length) + logits)


def of_checkpoint(config: Any) -> Shape:
    """The shape that a checkpoint's configuration (transformers' `PreTrainedConfig`) tells; feed-forward layers of
    4 dim where it names no width."""
    dim = config.hidden_size
    intermediate = getattr(config, "intermediate_size", None) or getattr(config, "d_ff", None) or 4 * dim
    positions, types = (getattr(config, name, 0) for name in ("max_position_embeddings", "type_vocab_size"))
    sizes = (config.num_hidden_layers, config.num_attention_heads, intermediate, positions, types)
    return Shape(config.vocab_size, dim, *sizes)
