"""What a config says of the grouping of a condition: its settings, its variant's too, and whether it reads text."""

from typing import Any

from semantic_tokens.conditions import Condition
from semantic_tokens.config.models import Config


def settings_of(config: Config, condition: Condition) -> dict[str, Any]:
    """The settings that a grouping method reads."""
    grouping = condition.grouping
    given = config.grouping.model_dump(mode="json") | _of_variant(config, condition)
    if grouping.lexicon:
        return {"lexicon": given["lexicons"][grouping.lexicon]}
    own = grouping.traits.settings
    return {key: given[key] for key in own.model_fields} if own else {}


def own_semantic_embedding(config: Config, condition: Condition) -> str | None:
    """The kind of row that a variant gives to groups, whatever their method says; None where none does."""
    return _of_variant(config, condition).get("semantic_embedding")


def groups_by_text(config: Config, condition: Condition) -> bool:
    """Whether its groups depend on how often tokens occur in the corpus."""
    traits = condition.grouping.traits
    by_weight = traits.settings is not None and settings_of(config, condition).get("weights") == "frequency"
    return traits.needs_languages or by_weight


def rows_by_text(config: Config, condition: Condition) -> bool:
    """Whether the rows of its groups do."""
    kind = own_semantic_embedding(config, condition) or config.grouping.semantic_embedding
    return condition.grouping.method != "full" and kind == "weighted-mean"


def counts_tokens(config: Config, condition: Condition) -> bool:
    """Whether either does, so that the corpus must be tokenised."""
    return groups_by_text(config, condition) or rows_by_text(config, condition)


def _of_variant(config: Config, condition: Condition) -> dict[str, Any]:
    name = condition.grouping.variant
    return config.grouping.variants[name].given if name else {}
