"""Which position a model's first token has: some architectures (RoBERTa) count from the one behind the padding token.

It is read from the model's table of positions and not from its name. Where it depends on the padding token's id, a new
vocabulary must leave that id as it is: the model would read every position as its neighbour, and say nothing.
"""

from torch import nn
from transformers import PreTrainedModel

from semantic_tokens.errors import InputError


def first_position(model: PreTrainedModel) -> int:
    """The row of the table of positions that the first token gets; 0 where there is no such table."""
    tables = (
        module
        for name, module in model.named_modules()
        if name.rpartition(".")[2] == "position_embeddings" and isinstance(module, nn.Embedding)
    )
    paddings = (table.padding_idx for table in tables if table.padding_idx is not None)
    return max((padding + 1 for padding in paddings), default=0)


def require_same_padding(model: PreTrainedModel, new: int, what: object) -> None:
    """Raises InputError where positions are counted from the padding token and its id is not `new`."""
    old = model.config.pad_token_id
    if first_position(model) and old is not None and new != old:
        raise InputError(
            f"{what}: its positions are counted from the padding token, whose id would change from {old} to {new}: "
            "no token in front of it may be dropped or merged"
        )
