"""Where the command finds a model: a folder, a pinned model of the registry, a repository of the hub."""

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.tool.find import find


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A stand-in for the hub's client: `files` is what the repository holds; it gives what the patterns ask for."""
    from fnmatch import fnmatch

    files: set[str] = set()

    def snapshot_download(repository, allow_patterns):
        folder = tmp_path / "cache" / "0123abc"
        for name in files:
            if any(fnmatch(name, pattern) for pattern in allow_patterns):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).touch()
        return str(folder)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    return files


def brought(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_of_a_repository_the_safe_weights_are_taken_and_no_other_copy(hub):
    wanted = {
        "config.json",
        "tokenizer.json",
        "model.safetensors",
        "1_Pooling/config.json",
        "2_Dense/model.safetensors",
    }
    hub |= wanted | {"pytorch_model.bin", "onnx/model.onnx", "tf_model.h5", "README.md"}
    found = find("owner/name")
    assert brought(found.folder) == wanted
    assert (found.name, found.revision) == ("owner/name", "0123abc")


def test_a_repository_with_pickled_weights_alone_is_taken(hub):
    hub |= {"config.json", "vocab.txt", "pytorch_model.bin"}
    assert brought(find("owner/name").folder) == hub


def test_a_repository_without_weights_is_refused(hub):
    hub |= {"config.json", "vocab.txt"}
    with pytest.raises(InputError, match=r"owner/name of the hub: no weights; allowed: model"):
        find("owner/name")


def test_a_folder_is_taken_before_a_name(tmp_path, monkeypatch):
    (tmp_path / "e5-small-4bit").mkdir()
    monkeypatch.chdir(tmp_path)
    found = find("e5-small-4bit")
    assert found.name == "e5-small-4bit" and found.revision is None
