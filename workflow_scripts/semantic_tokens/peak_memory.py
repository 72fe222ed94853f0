"""The most memory that this process has held."""

import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")  # Linux


def peak_resident() -> int:
    """Bytes, since the process began to run its program.

    Linux says it as VmHWM. `ru_maxrss` is asked only where there is no such line: on Linux it begins with the peak of
    the process that started this one, so a small child of a large parent would look large.
    """
    lines = _STATUS.read_text(encoding="utf-8").splitlines() if _STATUS.exists() else []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
