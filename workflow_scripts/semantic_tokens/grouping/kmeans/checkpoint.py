"""A file from which K-Means resumes after a kill: it needs only the assignment, since centroids follow from it."""

import hashlib
import logging
from pathlib import Path

from torch import Tensor

from semantic_tokens import resumable

log = logging.getLogger(__name__)


class KMeansCheckpoint:
    """The state after the last iteration of one run; a file of another run is not used.

    about: what else decides the run besides the tensors, its code included, as plain values.
    """

    def __init__(self, path: Path, about: tuple[object, ...], *tensors: Tensor | None) -> None:
        self.path = Path(path)
        digest = hashlib.sha256(repr((about, [t if t is None else tuple(t.shape) for t in tensors])).encode())
        for tensor in tensors:
            for block in () if tensor is None else tensor.split(4096):
                digest.update(block.contiguous().cpu().numpy().data)
        self.identity = digest.hexdigest()

    def load(self) -> tuple[Tensor, list[float]] | None:
        """The assignment int64 [n] and the objectives so far, or None where there is nothing to resume from."""
        content = resumable.load(self.path, self.identity)
        if content is None:
            return None
        log.info("resumed after iteration %d from %s", len(content["objective"]), self.path)
        return content["assignment"].long(), content["objective"]

    def save(self, assignment: Tensor, objective: list[float]) -> None:
        content = {"assignment": assignment.int().cpu(), "objective": objective}
        resumable.save(self.path, self.identity, content)
