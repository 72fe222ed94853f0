"""What a backbone can be taken through, as far as one can tell before it is loaded."""

from collections.abc import Iterator

from semantic_tokens.backbones.settings import MASKED_LMS as SCRATCH_MASKED_LMS
from semantic_tokens.backbones.settings import ScratchBackbone
from semantic_tokens.config.models import Config, HubBackbone
from semantic_tokens.config.problems import ABSENT, Problem
from semantic_tokens.config.published_sizes import described
from semantic_tokens.sources.listing import ENCODERS, MASKED_LMS

_WITH_HEAD = ("ForMaskedLM", "ForPreTraining")
# Architectures whose body alone can be grouped and fine-tuned: encoders that read one table of word embeddings.
_ENCODER_TYPES = (
    "albert",
    "bert",
    "camembert",
    "deberta-v2",
    "distilbert",
    "electra",
    "modernbert",
    "mpnet",
    "roberta",
    "xlm-roberta",
    "xlm-roberta-xl",
)


def folder_problems(config: Config) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """(key, value, what is wrong) of every `folder` that is not one of a checkpoint."""
    for name, backbone in config.backbones.items():
        if isinstance(backbone, HubBackbone) and backbone.folder and described(backbone.folder) is None:
            yield ("backbones", name, "folder"), backbone.folder, "must be a folder with a checkpoint's config.json"


def has_masked_lm_head(backbone: ScratchBackbone | HubBackbone) -> bool:
    """Whether the backbone is a masked LM, which continual pretraining needs: known of the registry's and of an
    architecture's, told of a folder by its config.json.

    A folder whose config.json does not name its architecture passes: the step that loads it checks that.
    """
    if isinstance(backbone, ScratchBackbone):
        return backbone.architecture in SCRATCH_MASKED_LMS
    if backbone.folder is None:
        return backbone.model in MASKED_LMS
    architectures = (described(backbone.folder) or {}).get("architectures") or []
    return not architectures or any(name.endswith(_WITH_HEAD) for name in architectures)


def can_be_pretrained(backbone: ScratchBackbone | HubBackbone) -> bool:
    """Whether continual pretraining applies: the backbone has a masked-LM head, or gets one."""
    return has_masked_lm_head(backbone) or gets_masked_lm_head(backbone)


def gets_masked_lm_head(backbone: ScratchBackbone | HubBackbone) -> bool:
    """Whether the config asks for a masked-LM head to be made."""
    return isinstance(backbone, HubBackbone) and backbone.masked_lm_head is not None


def needless_heads(config: Config) -> Iterator[Problem]:
    """What is wrong with every head to be made that the backbone has, or could not have."""
    for name, backbone in config.backbones.items():
        if not gets_masked_lm_head(backbone):
            continue
        if has_masked_lm_head(backbone):
            rule = "must be absent: the checkpoint has a masked-LM head, or its config.json names no architecture"
        elif not can_be_grouped(backbone):
            rule = "must be absent: only an encoder can get a masked-LM head"
        else:
            continue
        yield ("backbones", name, "masked_lm_head"), ABSENT, rule


def can_be_grouped(backbone: ScratchBackbone | HubBackbone) -> bool:
    """Whether truncation, alignment, grouping and fine-tuning apply: a masked LM, or an encoder without its head."""
    if has_masked_lm_head(backbone):
        return True
    if isinstance(backbone, ScratchBackbone):
        return False
    if backbone.folder is None:
        return backbone.model in ENCODERS
    return (described(backbone.folder) or {}).get("model_type") in _ENCODER_TYPES
