"""What a grouping method declares about itself; the workflow reads it before it runs the method."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True)
class Method:
    """The traits of a grouping method: `METHOD` in its module, which must import without torch.

    has_ratio            a condition gives |V'| as a percentage of |V|: `<method>-r<two digits>`
    needs_dictionary     it merges by a dictionary that the condition names, `<method>-<name>`, and has no ratio: an
                         entry of the config's `grouping.lexicons`, whose links arrive as `linked_tokens`
    needs_languages      it reads `token_languages`, so the corpus must be tokenised first
    cuts_tokenizer       it drops tokens, so text is tokenised again with those kept. Its module also has
                         `keep(vocabulary, n_groups) -> VocabularyPartition`, which reads no embeddings
    composes_rows        a group's row is composed of vectors that others share (`models.composition`): |V'| is how
                         many vectors a part has, and there are more groups
    depends_on_start     it searches for one optimum, but the seed decides which it finds: it runs again with each of
                         `grouping.stability_seeds`
    settings             class of the second argument of its `partition`; its fields are keys of the config's section
                         `grouping`, and no other key reruns it. None: `partition` takes the inputs alone
    flops_per_iteration  (|V|, |V'|, d) -> floating-point operations of one iteration, for `estimate`; None: one pass
                         over the table
    """

    has_ratio: bool = True
    needs_dictionary: bool = False
    needs_languages: bool = False
    cuts_tokenizer: bool = False
    composes_rows: bool = False
    depends_on_start: bool = False
    settings: type[BaseModel] | None = None
    flops_per_iteration: Callable[[int, int, int], int] | None = None
