"""How many bytes a config downloads, source by source, and how many are already in resources/."""

from pathlib import Path
from typing import NamedTuple, cast

from semantic_tokens.config.data import UpstreamData
from semantic_tokens.config.models import Config, HubBackbone
from semantic_tokens.config.own import languages_read
from semantic_tokens.config.shapes import shape_of
from semantic_tokens.errors import InputError
from semantic_tokens.estimate import facts, items
from semantic_tokens.models.shape import FLOAT
from semantic_tokens.sources.fetch.registry import source
from semantic_tokens.sources.fetch.remote_files import files
from semantic_tokens.sources.listing import LOCAL_ONLY, is_own
from semantic_tokens.sources.own.places import languages_of
from semantic_tokens.sources.own.settings import Role
from semantic_tokens.sources.walk import files_below

MEAN_OF_KNOWN = 0.5  # share of the files whose size must be known for their mean to stand for the others


class Download(NamedTuple):
    """Bytes of a source; `published` is False where they are worked out or assumed."""

    size: float
    published: bool


def of_source(config: Config, name: str) -> Download:
    """What a data source brings; nothing where the files are the user's own.

    InputError for a source of unknown size.
    """
    if is_own(name):
        return _own(config, name)
    if config.local_dir is not None or name in LOCAL_ONLY:
        return Download(0, True)
    if name == "wikipedia":
        return Download(items.articles(config) * facts.ARTICLE[1], False)
    if name == "miracl-corpus":
        languages = items.languages(config)
        passages = [counts.passages for lang, counts in facts.MIRACL.items() if lang in languages]
        return Download(sum(passages) * facts.MIRACL_PASSAGE[1], False)
    if name == "xnli":
        return Download(len(items.task_rows(config, "nli")) * facts.XNLI_DOWNLOAD, True)
    if name in facts.DOWNLOADS:
        return Download(facts.DOWNLOADS[name], False)
    return _listed(config, name)


def of_backbone(backbone: HubBackbone) -> Download:
    """A checkpoint: four bytes per parameter."""
    if backbone.folder is not None:
        return Download(0, True)
    if backbone.model in facts.DOWNLOADS:
        return Download(facts.DOWNLOADS[backbone.model], False)
    shape = shape_of(backbone)
    return Download(FLOAT * shape.parameters(shape.vocabulary, shape.dim), True)


def at_hand(resources: Path, name: str) -> int:
    """Bytes of the source's files under `resources`, of whatever revision."""
    return sum(path.stat().st_size for path in files_below(resources / name))


def _own(config: Config, name: str) -> Download:
    """An entry of `data.own`: nothing where its files are local, else as much text as is assumed of it."""
    data, role = config.data, name.partition("-")[2]
    assert isinstance(data, UpstreamData)
    own = data.own[cast(Role, role)]
    if own.dataset is None:
        return Download(0, True)
    rows = len(languages_of(own, role, languages_read(data, role))) * sum(facts.OWN_ROWS.values())
    return Download(rows * facts.TOKENS.get(role, facts.TOKENS["passage"]) * facts.BYTES_A_TOKEN, False)


def _listed(config: Config, name: str) -> Download:
    """The sum of the sizes in checksums.tsv; a file without one is taken for a mean one."""
    assert isinstance(config.data, UpstreamData)
    known, languages = source(name).languages, items.languages(config)
    wanted = files(name, [lang for lang in known if lang in languages] if known else None)
    sizes = [remote.size for remote in wanted if remote.size is not None]
    if len(sizes) < MEAN_OF_KNOWN * len(wanted):
        raise InputError(f"source {name!r}: its size is unknown; add it to DOWNLOADS in estimate/facts.py")
    return Download(sum(sizes) * len(wanted) / len(sizes), len(sizes) == len(wanted))
