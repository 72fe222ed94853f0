"""Write the lock files and the conda files from pyproject.toml: `make lock`.

pip-compile keeps every locked version that is still allowed. `make lock ARGS=--upgrade` looks for newer ones,
`make lock ARGS="--upgrade-package numpy"` for newer ones of one package.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ENVS = Path(__file__).parent
PROJECT = tomllib.loads((ENVS.parent / "pyproject.toml").read_text())["project"]
NAME = re.compile(r"[\w.-]+")
MAIN, BENCH, DOCS = (ENVS / f"{name}.lock" for name in ("requirements", "bench", "docs"))
HEADERS = {
    MAIN: "Every package of the environment behind `make`: the library, and the extras workflow, onnx and dev.",
    BENCH: "What `make bench` compares with: the extra bench. All that these ask for is in requirements.lock.",
    DOCS: "Every package behind `make site`: the extra docs, in an environment of its own.",
    ENVS / "cpu.yaml": "For `snakemake --software-deployment-method conda` on machines without a GPU.",
    ENVS / "gpu.yaml": "As cpu.yaml, with cuML (4.5 GB) for machines with an NVIDIA GPU.",
}


def normal(requirement: str) -> str:
    """The package's name as PyPI normalises it."""
    return re.sub(r"[-_.]+", "-", NAME.match(requirement)[0]).lower()


def extra(*names: str) -> list[str]:
    return [requirement for name in names for requirement in PROJECT["optional-dependencies"][name]]


def pins(path: Path) -> dict[str, str]:
    """normalised name -> `name==version`. {} where there is no file yet."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {normal(line): line for line in lines if "==" in line}


def header(path: Path) -> str:
    return f"# {HEADERS[path]}\n# Written from pyproject.toml by `make lock`: edit that instead.\n"


def lock(path: Path, lines: list[str]) -> str:
    return header(path) + "".join(f"{line}\n" for line in lines)


def compiled(requirements: list[str], preferred: dict[str, str], *options: str) -> list[str]:
    """`name==version` of the requirements and of all that they ask for, the preferred versions where they fit."""
    command = [sys.executable, "-m", "piptools", "compile", "--quiet", "--allow-unsafe", "--strip-extras"]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "compiled.lock"
        output.write_text("\n".join(preferred.values()))
        command += ["--no-header", "--no-annotate", "--no-emit-options", *options, "--output-file", str(output), "-"]
        subprocess.run(command, input="\n".join(requirements), text=True, check=True)
        lines = output.read_text().splitlines()
    # A machine's own build of torch (2.13.0+cpu) is the same release.
    return sorted(re.sub(r"\+\w+$", "", line) for line in lines if "==" in line)


def conda(path: Path, requirements: list[str], locked: dict[str, str]) -> str:
    """Direct requirements alone, at the locked versions; pip resolves the rest."""
    head = f"name: semantic-tokens-{path.stem}\nchannels:\n  - conda-forge\n"
    head += "dependencies:\n  - python=3.11\n  - pip\n  - pip:\n"
    return header(path) + head + "".join(f"      - {locked.get(normal(r), r)}\n" for r in requirements)


def conda_files(locked: dict[str, str]) -> dict[Path, str]:
    direct = PROJECT["dependencies"] + extra("workflow")
    cpu, gpu = ENVS / "cpu.yaml", ENVS / "gpu.yaml"
    return {cpu: conda(cpu, direct, locked), gpu: conda(gpu, direct + extra("gpu"), locked)}


def main(options: list[str]) -> None:
    MAIN.write_text(
        lock(MAIN, compiled(PROJECT["dependencies"] + extra("workflow", "onnx", "dev"), pins(MAIN), *options))
    )
    locked = pins(MAIN)
    # The peers alone: what else they ask for is locked above, or comes with torch's CUDA build (triton).
    peers = {normal(requirement) for requirement in extra("bench")}
    lines = compiled(extra("bench"), locked | pins(BENCH), "--constraint", str(MAIN), *options)
    BENCH.write_text(lock(BENCH, [line for line in lines if normal(line) in peers]))
    DOCS.write_text(lock(DOCS, compiled(extra("docs"), locked | pins(DOCS), *options)))
    for path, text in conda_files(locked).items():
        path.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
