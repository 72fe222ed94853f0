"""The seam between Snakemake and the library: what a step needs around a pure function.

`with step(snakemake) as job:` sends everything that the step prints, native libraries included, to the rule's log;
fixes the number of arithmetic threads; gives a step whose rule asks for a GPU one of its own; and gives outputs under
temporary names, which become the declared names only when the step has ended well. A failing step leaves its traceback
in the log, one line on the terminal, and no output; nor does one that is told to end (SIGTERM: scancel, preemption)
or whose Snakemake is gone (`orders`).
Its checkpoint, from which it would resume, is removed when its outputs are in place, and only then.
"""

import errno
import logging
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partialmethod
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tqdm import tqdm

from semantic_tokens import in_use
from semantic_tokens.errors import InputError
from semantic_tokens.workflow import devices
from semantic_tokens.workflow.orders import Order

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_PROGRESS_SECONDS_IN_LOG = 10
_FULL_BYTES = 1 << 20  # no library writes less at once; what has failed to is still there


def _mode_of_files() -> int:
    """0666 less the umask, which can only be read by setting it. Some libraries write for the file's owner alone."""
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask


_MODE = _mode_of_files()


@dataclass(frozen=True)
class Job:
    """The step's inputs, outputs (temporary paths), parameters and wildcards, by name; the user's terminal."""

    input: Any
    output: SimpleNamespace
    params: Any
    wildcards: Any
    terminal: Any

    def say(self, lines: Iterable[str]) -> None:
        """Print lines where the user sees them, and in the log."""
        for line in lines:
            print(line, file=self.terminal, flush=True)
            print(line, flush=True)

    @property
    def device(self) -> str:
        """`cuda` or `cpu`: the parameter `device`, with `auto` resolved on this machine."""
        import torch

        if self.params.device != "auto":
            return self.params.device
        return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def step(snakemake: Any) -> Iterator[Job]:
    """Run the body of a step; see the module's docstring. Ends the process with status 1 if the body raises."""
    _fix_threads(snakemake.params)
    log = Path(snakemake.log[0])
    final = {name: Path(path) for name, path in snakemake.output.items()}
    drafts: dict[Path, Path] = {}
    written = ExitStack()
    order = Order.received()
    signal.signal(signal.SIGTERM, _end)
    with _redirected(log) as terminal:
        try:
            order.watch()
            devices.claim(snakemake.resources.get("gpu", 0))
            for folder in {path.parent for path in final.values()}:
                folder.mkdir(parents=True, exist_ok=True)
                drafts[folder] = written.enter_context(in_use.draft(folder, f"{snakemake.rule}-"))
            output = {name: drafts[path.parent] / path.name for name, path in final.items()}
            yield Job(snakemake.input, SimpleNamespace(**output), snakemake.params, snakemake.wildcards, terminal)
            _publish({output[name]: path for name, path in final.items()}, order)
            _remove_checkpoints(snakemake.params)
            _unfinished(log).unlink(missing_ok=True)
        except Exception as error:
            traceback.print_exc()
            reason = _reason(error, drafts.values(), snakemake.input)
            print(f"\n{snakemake.rule} failed: {reason}\n  full traceback: {log}\n", file=terminal, flush=True)
            sys.exit(1)
        finally:
            written.close()


def _reason(error: Exception, drafts: Iterable[Path], inputs: Iterable[str]) -> str:
    """One line for the user: a full disk and a damaged input are told by what they are, whatever a library says of
    them."""
    from semantic_tokens import damage  # libraries of every kind of file: only where a step has failed

    reason = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
    full = [folder for folder in drafts if shutil.disk_usage(folder).free < _FULL_BYTES]
    said = [reason, str(error.__context__), str(error.__cause__)]  # torch raises another error when it closes the file
    if full or any(text in line for text in map(os.strerror, (errno.ENOSPC, errno.EDQUOT)) for line in said):
        return f"no space left on the disk of {(full or [*drafts])[0].parent} ({reason})"
    return damage.first_damaged(damage.made_by_steps(inputs)) or reason


def _end(number: int, frame: Any) -> None:
    """As an exception, so that drafts are removed."""
    sys.exit(128 + number)


def _publish(drafts: dict[Path, Path], order: Order) -> None:
    """Give every draft its declared name; none of them if one was not written or nobody waits for them any more."""
    missing = [str(path) for draft, path in drafts.items() if not draft.exists()]
    if missing:
        raise FileNotFoundError(f"the step did not write {', '.join(missing)}")
    if order.gone:
        raise InputError("the Snakemake that started this step is gone: nothing was published")
    for draft, path in drafts.items():
        draft.chmod(_MODE)
        draft.replace(path)


def _remove_checkpoints(params: Any) -> None:
    """The file `checkpoint` or the folder `checkpoints`, one file per task."""
    if (file := params.get("checkpoint")) is not None:
        Path(file).unlink(missing_ok=True)
    if (folder := params.get("checkpoints")) is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _fix_threads(params: Any) -> None:
    """Float sums depend on the number of threads, so it comes from the config and not from the machine's load."""
    threads = params.get("threads")
    if threads is not None:
        os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(threads)))


def _unfinished(log: Path) -> Path:
    return log.with_name(f"{log.name}.unfinished")


def _continue_log(log: Path) -> None:
    """Let the log begin with the attempts that failed: Snakemake removes it before each, but not a second name of it,
    which goes when the step has succeeded."""
    kept = _unfinished(log)
    with suppress(OSError):  # a file system without links
        if kept.exists() and not log.exists():
            os.link(kept, log)
        elif not kept.exists():
            log.touch()
            os.link(log, kept)


@contextmanager
def _redirected(log: Path) -> Iterator[Any]:
    """Send file descriptors 1 and 2 to the end of `log`; yield the terminal.

    Progress bars are drawn on the terminal if there is one; into a log they are written rarely.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    _continue_log(log)
    terminal = os.fdopen(os.dup(2), "w")
    progress = {"file": terminal} if terminal.isatty() else {"mininterval": _PROGRESS_SECONDS_IN_LOG}
    tqdm.__init__ = partialmethod(tqdm.__init__, **progress)
    with log.open("a", encoding="utf-8") as handle:
        handle.write(f"--- {time.strftime('%Y-%m-%d %H:%M:%S')}\n")
        handle.flush()
        for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
            stream.flush()
            os.dup2(handle.fileno(), descriptor)
        logging.basicConfig(
            level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", stream=sys.stderr, force=True
        )
        logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log signed addresses
        yield terminal
