"""A step belongs to the Snakemake that started it, and ends with it.

SIGKILL ends Snakemake alone and leaves its steps running. One that ran on would publish what nobody waits for any more,
over what a later run, perhaps of another config, has made in the meantime. So a step looks every second whether its
Snakemake is still there, and once more before it publishes. A job of a cluster belongs to the Snakemake that the
scheduler has started on the node, not to the one that submitted it.
"""

import os
import signal
import threading
import time
from dataclasses import dataclass

import psutil

VARIABLE = "SEMANTIC_TOKENS_SNAKEMAKE"
_POLL_SECONDS = 1.0
_GRACE_SECONDS = 30.0  # from SIGTERM, after which drafts are removed and workers ended, to SIGKILL


def take_charge() -> None:
    """Let the steps that this process starts belong to it: Snakemake calls this, by the Snakefile."""
    os.environ[VARIABLE] = str(os.getpid())


@dataclass(frozen=True)
class Order:
    """Who started a step: a Snakemake, or nobody where it is run by hand (`ordered` is false). `process` is None too
    where that Snakemake had ended before."""

    ordered: bool
    process: psutil.Process | None

    @classmethod
    def received(cls) -> "Order":
        """The order under which this process was started."""
        number = os.environ.get(VARIABLE)
        try:
            return cls(number is not None, psutil.Process(int(number)) if number else None)
        except psutil.NoSuchProcess:
            return cls(True, None)

    @property
    def gone(self) -> bool:
        """Whether the process that started the step has ended. Another one with its number is not taken for it."""
        if self.process is None:
            return self.ordered
        try:
            return not self.process.is_running() or self.process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    def watch(self) -> None:
        """From now on, end this process when the order is gone: by SIGTERM, and by SIGKILL if that takes too long."""
        if self.ordered:
            threading.Thread(target=self._end_when_gone, daemon=True).start()

    def _end_when_gone(self) -> None:
        while not self.gone:
            time.sleep(_POLL_SECONDS)
        print("The Snakemake that started this step is gone: the step ends and publishes nothing.", flush=True)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)
