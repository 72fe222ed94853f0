"""Files of the Hugging Face hub, through its own client, with checksums and messages of ours.

The client checks sizes only. It finds a token in HF_TOKEN or where `hf auth login` put it; this module never reads one,
and repeats no text of the server, so none can reach a log. HF_ENDPOINT and HF_HUB_OFFLINE count as they do for the
client.
"""

import shutil
from functools import partial as bound
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, constants, hf_hub_download
from huggingface_hub.hf_api import RepoFile

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.hub_errors import explained
from semantic_tokens.sources.fetch.landing import keep, land
from semantic_tokens.sources.fetch.registry import RemoteFile, Source
from semantic_tokens.sources.fetch.remote_files import Listing
from semantic_tokens.sources.fetch.retries import persistently
from semantic_tokens.sources.walk import files_below

LISTING = ".listing"  # the file in a source's folder that keeps the hub's answer


def fetch_from_hub(
    remote: RemoteFile, folder: Path, mirror: str | None = None, offline: bool = False, backoff: float = 1.0
) -> Path:
    """The path of the file in `folder`, downloaded if it is not there; arguments and errors as in download.fetch.

    A mirror must speak the hub's protocol. It gets no token, for a config may come from somebody else; one that needs
    a token is named in HF_ENDPOINT.
    """

    def bring(target: Path) -> None:
        persistently(bound(_receive, remote, mirror, target), remote.url, backoff)

    return land(remote, folder, offline or constants.HF_HUB_OFFLINE, bring)


def list_files(source: Source, folder: Path, mirror: str | None = None, offline: bool = False) -> Listing:
    """Path, size and checksum of every file of the repository at its commit: asked for once, then kept in `folder`.

    While `offline`, and before it was ever asked for, the files in `folder` are taken to be all files.
    """
    kept = folder / LISTING
    if not kept.exists() and (offline or constants.HF_HUB_OFFLINE):
        return {path.relative_to(folder).as_posix(): (None, "") for path in files_below(folder)}
    if not kept.exists():
        keep("".join(persistently(bound(_rows, source, mirror), source.repository, 1.0)), kept)
    fields = [line.split("\t") for line in kept.read_text(encoding="utf-8").splitlines()]
    return {path: (int(size), checksum) for path, size, checksum in fields}


def _rows(source: Source, mirror: str | None) -> list[str]:
    """Lines of path, size and checksum: large files are known by their SHA-256, the others by their git blob."""
    with explained(source.repository, source.kind, source.revision, ""):
        tree = HfApi(**access(mirror)).list_repo_tree(
            source.repository, recursive=True, revision=source.revision, repo_type=source.kind
        )
        files = [entry for entry in tree if isinstance(entry, RepoFile)]
    checksums = [f"sha256:{entry.lfs.sha256}" if entry.lfs else f"git:{entry.blob_id}" for entry in files]
    return [f"{entry.path}\t{entry.size}\t{checksum}\n" for entry, checksum in zip(files, checksums)]


def access(mirror: str | None) -> dict[str, Any]:
    """Endpoint and token of the client."""
    return {"endpoint": constants.ENDPOINT, "token": None} if mirror is None else {"endpoint": mirror, "token": False}


def _receive(remote: RemoteFile, mirror: str | None, target: Path) -> None:
    staging = target.with_name(f".{target.name}.hub")  # the client keeps notes of its own beside the file
    try:
        with explained(remote.repository, remote.kind, remote.revision, remote.path):
            found = hf_hub_download(
                remote.repository,
                remote.path,
                repo_type=remote.kind,
                revision=remote.revision,
                local_dir=staging,
                **access(mirror),
            )
        Path(found).replace(target)
    except InputError:  # the hub refuses; after an interruption the notes stay, and the client resumes from them
        shutil.rmtree(staging, ignore_errors=True)
        raise
    shutil.rmtree(staging, ignore_errors=True)
