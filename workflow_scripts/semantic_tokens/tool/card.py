"""The model card of a folder that the command writes."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from transformers import PreTrainedModel

from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models.export import card as exports
from semantic_tokens.models.parts import decoder
from semantic_tokens.tool.made import Made

HERE = Path(__file__).parent


def render(
    form: str, made: Made | None, partition: VocabularyPartition, model: PreTrainedModel, pools: bool = False
) -> str:
    """The card as Markdown. `partition` is over the tokens of the written tokenizer; `pools`: the original is a
    sentence-transformers model, whose pooling the folder keeps."""
    environment = Environment(
        loader=FileSystemLoader([HERE, exports.TEMPLATE.parent]), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["count"] = "{:,}".format
    return environment.get_template("card.md.j2").render(
        form=form,
        made=made,
        pools=pools,
        tokens=len(partition.tokens),
        groups=partition.n_groups,
        merged=partition.n_groups < len(partition.tokens),
        largest=int(partition.group_sizes().max()),
        head=decoder(model) is not None,
        padding=model.config.pad_token_id,
    )
