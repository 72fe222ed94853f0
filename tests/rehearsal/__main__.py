"""`python -m rehearsal [part] [snakemake's arguments]`: make stand-ins, serve them, run the workflow on them.

Earlier work is kept: a stopped rehearsal resumes, and after a fix it reruns what it must.
"""

import argparse
import functools
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import yaml
from filelock import FileLock, Timeout

from rehearsal import hub, project, upstream
from support.running import ROOT

# Everything that the config asks for. Backbones come first: what they were fetched from, gigabytes, is then removed.
TARGETS = ["all", "claims", "exports", *project.ANALYSES, "efficiency", "before_after"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__.splitlines()[0])
    parser.add_argument("--part", default="all", help="`all`, or a part of overlay.yaml")
    parser.add_argument("--folder", type=Path, default=ROOT / "results/rehearsal")
    parser.add_argument("--real", type=Path, help="a folder with bert_multi_cased/vocab.txt, for mBERT's pieces")
    arguments, options = parser.parse_known_args()
    config, home = project.config(arguments.part), arguments.folder.resolve()
    vocabulary = arguments.real / "bert_multi_cased/vocab.txt" if arguments.real else None
    home.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home / "lock", timeout=0):  # so that Snakemake's own, which a kill leaves, is not needed
            return rehearse(home, config, vocabulary, options)
    except Timeout:
        sys.exit(f"{home}: another rehearsal is running there")


def rehearse(home: Path, config: dict, vocabulary: Path | None, options: list[str]) -> int:
    """Snakemake's exit code; `home` holds the stand-ins and the copy of the project."""
    folder = home / "project"
    upstream.make_data(home / "upstream")
    sources = project.write_project(folder, home / "upstream")
    make = functools.partial(upstream.make_backbone, folder=home / "upstream", real_vocabulary=vocabulary)
    with hub.running(hub.Routes(sources, home / "upstream", make), home / "port") as url:
        # Not in the config's file: the port changes, and the file is what a person would look at.
        path = folder / "rehearsal.yaml"
        path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        for targets in (["backbones"], TARGETS):
            code = run(folder, path, url, [*targets, *options])
            if code:
                return code
            for name in config["backbones"]:
                for fetched in (folder / "resources", home / "upstream"):
                    shutil.rmtree(fetched / name, ignore_errors=True)
    print(f"page: {folder}/results/{config['run']['name']}/report/index.html")
    return 0


def run(folder: Path, config: Path, url: str, options: list[str]) -> int:
    """Snakemake's exit code. A TERM to this process is one to Snakemake, which lets running jobs come to an end."""
    given = ["--nolock", "--configfile", str(config), "--config", f"mirror={url}"]
    command = [sys.executable, "-m", "snakemake", *options, *given]
    environment = os.environ | {"PYTHONPATH": str(folder / "workflow_scripts")}
    with subprocess.Popen(command, cwd=folder, env=environment) as started:
        signal.signal(signal.SIGTERM, lambda *_: started.terminate())
        return started.wait()


if __name__ == "__main__":
    sys.exit(main())
