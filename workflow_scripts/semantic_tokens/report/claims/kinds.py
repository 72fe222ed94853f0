"""The kinds of comparison that a claim may make, by name, and what it must give for each."""

from collections.abc import Callable, Iterator

from semantic_tokens.report.claims import gains, predicates
from semantic_tokens.report.claims.arithmetic import Comparison
from semantic_tokens.report.claims.scores import Scores
from semantic_tokens.report.claims.terms import Claim

Kind = Callable[[Claim, Scores], Iterator[Comparison | None]]
_PAIRED, _TWICE = ("of", "than"), ("of", "than", "of_other", "than_other")
# kind -> its function, and what a claim of this kind must give besides `tasks`
KINDS: dict[str, tuple[Kind, tuple[str, ...]]] = {
    kind.__name__: (kind, needs)
    for kind, needs in (
        (predicates.retained_at_least, ("of", "threshold")),
        (predicates.retained_below, ("of", "threshold")),
        (predicates.higher, (*_PAIRED, "smallest")),
        (predicates.higher_share, (*_PAIRED, "smallest")),
        (predicates.not_lower, (*_PAIRED, "threshold")),
        (predicates.similar, (*_PAIRED, "threshold")),
        (predicates.mean_higher, (*_PAIRED, "smallest")),
        (predicates.near, ("of", "value", "threshold")),
        (predicates.ratio_near, ("of", "other_tasks", "value", "threshold")),
        (predicates.gain_larger, (*_TWICE, "smallest")),
        (predicates.loss_similar, (*_TWICE, "threshold")),
        (predicates.share_larger, (*_TWICE, "smallest")),
        (predicates.similar_share, (*_PAIRED, "threshold")),
        (predicates.loses_times, (*_PAIRED, "threshold", "smallest")),
        (predicates.tasks_retain_less, ("of", "other_tasks", "smallest")),
        (predicates.tasks_lower, ("of", "other_tasks", "smallest")),
        (predicates.distinct, ("of", "smallest")),
        (predicates.linear_in_ratio, ("of", "threshold", "smallest")),
        (gains.mean_gain, (*_PAIRED, "smallest")),
        (gains.mean_gain_nowhere_lower, (*_PAIRED, "threshold", "smallest")),
        (gains.collapses, (*_PAIRED, "threshold", "smallest")),
    )
}
_KEPT = ("retained_at_least", "not_lower", "similar", "similar_share", "loss_similar")


def of_what_is_kept(claim: Claim) -> bool:
    """Whether the claim says that something is kept, or nearly the same, and would hold where nothing has an effect."""
    return claim.kind in _KEPT or (claim.kind == "ratio_near" and abs(claim.value - 1) <= claim.threshold)
