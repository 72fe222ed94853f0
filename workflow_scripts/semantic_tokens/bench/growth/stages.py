"""The stages whose cost depends on the vocabulary, each as its rule runs it: the step's script, from files to files.

A stage makes what it reads when it is built, so that running it costs what the step does.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semantic_tokens.bench.growth.inputs import Inputs

STEPS = {path.stem: path for path in (Path(__file__).parents[3] / "steps").rglob("*.py")}
Build = Callable[["Inputs", Path], Callable[[], object]]  # inputs, folder of what it writes -> a run
_PERCENT = 40  # of |V|, of the random groupings
_QUERIES = 200  # tokens whose neighbours are looked for
_GROUPING = {"backend": "torch", "max_iterations": 2, "size_cap": 4.0, "weights": "even", "bit_cost": 0.05, "parts": 8}


@dataclass(frozen=True)
class Stage:
    """rule: whose memory it must keep within, "" for none; kind: of its vocabulary, see `Inputs`; kmeans: whether it
    multiplies all rows with all centroids, which grows with the square of the vocabulary."""

    build: Build
    rule: str = ""
    kind: str = "unigram"
    kmeans: bool = False


def read_vocabulary(inputs: Inputs, folder: Path) -> Callable[[], object]:
    from semantic_tokens.grouping.vocabulary import read_vocabulary

    return partial(read_vocabulary, inputs.tokenizer())


def partition_round_trip(inputs: Inputs, folder: Path) -> Callable[[], object]:
    from semantic_tokens.grouping.partition import VocabularyPartition

    path = inputs.partition()

    def run() -> None:
        VocabularyPartition.load(path).save(folder / "again.parquet")
        assert VocabularyPartition.load(folder / "again.parquet").n_groups == inputs.n_groups

    return run


def fetch(inputs: Inputs, folder: Path) -> Callable[[], object]:
    origin = inputs.model().parent
    for path in (inputs.tokenizer(), inputs.tokenizer_config()):
        if not (origin / path.name).exists():
            (origin / path.name).hardlink_to(path)
    backbone = {"folder": str(origin), "vocabulary": inputs.size, "dim": inputs.dim}
    names = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
    written = {name.split(".")[0]: folder / name for name in names}
    return _step("fetch_backbone", {}, written, {"backbone": backbone, "mirror": None, "offline": True})


def extract(inputs: Inputs, folder: Path) -> Callable[[], object]:
    given = {"model": inputs.model(), "tokenizer": inputs.tokenizer()}
    return _step("extract_embeddings", given, {"embeddings": folder / "e.safetensors"}, {}, {"dim": inputs.dim})


def align(inputs: Inputs, folder: Path) -> Callable[[], object]:
    settings = {
        "temperature": 0.1, "batch_size": 1024, "epochs": 1, "learning_rates": [1e-3], "held_out": 0.1,
        "language_sampling": 0.7,
    }  # fmt: skip
    given = {"embeddings": inputs.embeddings(), "tokenizer": inputs.tokenizer(), "word_pairs": inputs.word_pairs()}
    written = {"embeddings": folder / "a.safetensors", "history": folder / "h.csv", "coverage": folder / "c.csv"}
    params = {"alignment": settings, "sources": ["muse"], "shuffle": False, "seed": 0, "device": "cpu"}
    return _step("align", given, written, params)


def list_token_pairs(inputs: Inputs, folder: Path) -> Callable[[], object]:
    given = {"word_pairs": inputs.dictionary(), "tokenizer": inputs.tokenizer()}
    params = {"sources": ["muse"], "held_out": 0.1, "seed": 0}
    outputs = {"pairs": folder / "pairs.parquet", "coverage": folder / "pairs.csv"}
    return _step("list_token_pairs", given, outputs, params)


def group(grouping: str, inputs: Inputs, folder: Path) -> Callable[[], object]:
    from semantic_tokens.conditions import Grouping

    given: dict[str, Any] = {"embeddings": inputs.embeddings(), "tokenizer": inputs.tokenizer()}
    traits = Grouping.parse(grouping).traits
    settings: dict[str, Any] = {key: _GROUPING[key] for key in traits.settings.model_fields} if traits.settings else {}
    if traits.needs_languages:
        given |= dict(zip(("rows", "index"), inputs.token_cache(), strict=True))
    if traits.needs_dictionary:
        given["word_pairs"] = inputs.dictionary()
        settings = {"lexicon": {"sources": ["muse"], "languages": None}}
    params = {"grouping": settings, "checkpoint": folder / "k.pt", "seed": 0, "device": "cpu", "code": ""}
    return _step("group", given, {"partition": folder / "p.parquet"}, params, {"grouping": grouping})


def reduce_tokenizer(inputs: Inputs, folder: Path) -> Callable[[], object]:
    given, written = {"tokenizer": inputs.tokenizer()}, {"tokenizer": folder / "t.json"}
    return _step("reduce_tokenizer", given, written, {}, {"tokenizer": f"first-r{_PERCENT}"})


def build_model(inputs: Inputs, folder: Path) -> Callable[[], object]:
    given = {"embeddings": inputs.embeddings(), "model": inputs.model(), "partition": inputs.partition()}
    written = {"config": folder / "config.json", "model": folder / "model.safetensors"}
    return _step("build_model", given, written, {"semantic_embedding": "mean"}, {"dim": inputs.dim})


def tokenize_corpus(inputs: Inputs, folder: Path) -> Callable[[], object]:
    from semantic_tokens.bench.vocabularies import LANGUAGES

    given = {"corpus": inputs.corpus(), "tokenizer": inputs.tokenizer()}
    written = {"rows": folder / "c.npy", "index": folder / "c.json"}
    return _step("tokenize_corpus", given, written, {"languages": list(LANGUAGES)}, {"length": "128"})


def tokenize_tasks(inputs: Inputs, folder: Path) -> Callable[[], object]:
    given = {"nli": inputs.examples(), "tokenizer": inputs.tokenizer()}
    params = {"settings": {"nli": {"max_length": 128}}, "languages": None}
    return _step("tokenize_tasks", given, {"nli": folder / "nli.parquet"}, params)


def export(form: str, inputs: Inputs, folder: Path) -> Callable[[], object]:
    given = {
        "model": inputs.grouped_model(), "partition": inputs.partition(), "tokenizer": inputs.tokenizer(),
        "tokenizer_config": inputs.tokenizer_config(),
    }  # fmt: skip
    names = ("config.json", "model.safetensors", "partition.parquet", "tokenizer.json", "tokenizer_config.json")
    written = {name.split(".")[0]: folder / name for name in names}
    return _step("export_model", given, written, {}, {"form": form})


def measure_groups(inputs: Inputs, folder: Path) -> Callable[[], object]:
    return _measure("measure_groups", inputs, folder)


def measure_mixing(inputs: Inputs, folder: Path) -> Callable[[], object]:
    return _measure("measure_mixing", inputs, folder, with_text=True)


def measure_information(inputs: Inputs, folder: Path) -> Callable[[], object]:
    return _measure("measure_information", inputs, folder, with_text=True)


def measure_dictionaries(inputs: Inputs, folder: Path) -> Callable[[], object]:
    pairs, coverage = inputs.token_pairs()
    given = {"partitions": [inputs.partition()], "pairs": [pairs], "coverage": [coverage]}
    params = {"judged": [["bench/d1/none/kmeans-cosine-r40", "muse", False]], "looked_up": [("bench", "muse")]}
    return _step("measure_dictionaries", given, {"csv": folder / "m.csv", "coverage": folder / "c.csv"}, params)


def measure_stability(inputs: Inputs, folder: Path) -> Callable[[], object]:
    given = {"partitions": [inputs.partition(0), inputs.partition(1)]}
    params = {"groupings": ["bench/d1/none/kmeans-cosine-r40"], "seeds": [0, 1]}
    return _step("measure_stability", given, {"csv": folder / "m.csv"}, params)


def measure_polysemy(inputs: Inputs, folder: Path) -> Callable[[], object]:
    given = {"senses": inputs.dictionary(), "scores": inputs.scores()}
    return _measure("measure_polysemy", inputs, folder, with_text=True, given=given, params={"world": False})


def measure_geometry(inputs: Inputs, folder: Path) -> Callable[[], object]:
    """With as many tokens asked for their neighbours at every size, so that all of it grows with the table alone."""
    given = {
        "model": inputs.embeddings(), "tokenizer": inputs.tokenizer(), "vocabularies": [inputs.tokenizer()],
        "pairs": inputs.token_pairs()[0], **dict(zip(("rows", "index"), inputs.token_cache(), strict=True)),
    }  # fmt: skip
    sample = {"category_tokens": 300, "tokens_per_class": 40, "neighbour_share": _QUERIES / inputs.size}
    written = {"measures": folder / "m.csv", "neighbours": folder / "n.csv"}
    wildcards = {"backbone": "bench", "dim": inputs.dim}
    return _step("measure_geometry", given, written, {"sample": sample, "seed": 0}, wildcards)


def compare_geometry(inputs: Inputs, folder: Path) -> Callable[[], object]:
    """A backbone and its grouped model: tokens in common, canonical angles."""
    plain, grouped = (f"bench/d{inputs.dim}/none/{g}/none" for g in ("full", f"kmeans-cosine-r{_PERCENT}"))
    tokenizer = inputs.tokenizer()
    given = {
        "models": [inputs.embeddings(), inputs.grouped_model()], "tokenizers": [tokenizer, tokenizer],
        "partitions": [inputs.partition()],
    }  # fmt: skip
    params = {"conditions": [plain, grouped], "with_partition": [grouped], "seed": 0}
    written = {"spectra": folder / "s.json", "measures_0": folder / "0.csv", "measures_1": folder / "1.csv"}
    return _step("compare_geometry", given, written, params)


STAGES: dict[str, Stage] = {
    "read-vocabulary": Stage(read_vocabulary),
    "read-wordpiece-vocabulary": Stage(read_vocabulary, kind="wordpiece"),
    "fetch": Stage(fetch, "fetch_backbone"),
    "extract": Stage(extract, "extract_embeddings"),
    "align": Stage(align, "align"),
    "list-token-pairs": Stage(list_token_pairs, "list_token_pairs"),
    "group-first": Stage(partial(group, f"first-r{_PERCENT}"), "group"),
    "group-random": Stage(partial(group, f"random-r{_PERCENT}"), "group"),
    "group-random-stratified": Stage(partial(group, f"random-stratified-r{_PERCENT}"), "group"),
    "group-lexicon": Stage(partial(group, "lexicon-bench"), "group"),
    "group-kmeans-cosine": Stage(partial(group, "kmeans-cosine-r05"), "group", kmeans=True),
    "group-kmeans-l2": Stage(partial(group, "kmeans-l2-r05"), "group", kmeans=True),
    "group-kmeans-capped": Stage(partial(group, "kmeans-capped-r05"), "group", kmeans=True),
    "reduce-tokenizer": Stage(reduce_tokenizer, "reduce_tokenizer"),
    "reduce-wordpiece-tokenizer": Stage(reduce_tokenizer, "reduce_tokenizer", "wordpiece"),
    "build-model": Stage(build_model, "build_model"),
    "tokenize-corpus": Stage(tokenize_corpus, "tokenize_corpus"),
    "tokenize-tasks": Stage(tokenize_tasks, "tokenize_nli"),
    "export-expanded": Stage(partial(export, "expanded"), "export_model"),
    "export-compact": Stage(partial(export, "compact"), "export_model"),
    "export-compact-wordpiece": Stage(partial(export, "compact-wordpiece"), "export_model", "wordpiece"),
    "partition-round-trip": Stage(partition_round_trip),
    "measure-groups": Stage(measure_groups, "measure_groups"),
    "measure-mixing": Stage(measure_mixing, "measure_mixing"),
    "measure-information": Stage(measure_information, "measure_information"),
    "measure-dictionaries": Stage(measure_dictionaries, "measure_dictionaries"),
    "measure-stability": Stage(measure_stability, "measure_stability"),
    "measure-polysemy": Stage(measure_polysemy, "measure_polysemy"),
    "measure-geometry": Stage(measure_geometry, "measure_geometry"),
    "compare-geometry": Stage(compare_geometry, "compare_geometry"),
}


def _measure(
    step: str,
    inputs: Inputs,
    folder: Path,
    with_text: bool = False,
    given: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
) -> Callable[[], object]:
    """A step that measures the groupings of all conditions: here of one."""
    files = {"partitions": [inputs.partition()], **(given or {})}
    name = "bench/d1/none/kmeans-cosine-r40"
    about = {"groupings": [name], "seed": 0, **(params or {})}
    if with_text:
        files |= {kind: [path] for kind, path in zip(("rows", "index"), inputs.token_cache(), strict=True)}
        about["with_text"] = ["bench"]
    return _step(step, files, {"csv": folder / "m.csv"}, about)


def _step(
    name: str,
    given: Mapping[str, Any],
    written: Mapping[str, Path],
    params: Mapping[str, Any],
    wildcards: Mapping[str, Any] | None = None,
) -> Callable[[], object]:
    """A run of the step's script, with what Snakemake would give it."""
    from snakemake.iocontainers import Namedlist

    folder = next(iter(written.values())).parent
    files = Namedlist()  # flat, as Snakemake's: a name stands for one file, or for some in a row
    for key, value in given.items():
        several, first = isinstance(value, list), len(files)
        files.extend(map(str, value if several else [value]))
        files._set_name(key, first, end=len(files) if several else None)
    job = _Job(
        rule=name,
        input=files,
        output=Namedlist(fromdict={key: str(path) for key, path in written.items()}),
        params=Namedlist(fromdict=dict(params)),
        wildcards=Namedlist(fromdict=dict(wildcards or {})),
        log=[str(folder / "step.log")],
        resources={"gpu": 0},
    )
    return partial(runpy.run_path, str(STEPS[name]), {"snakemake": job})


@dataclass(frozen=True)
class _Job:
    """The parts of Snakemake's object that steps read."""

    rule: str
    input: Any
    output: Any
    params: Any
    wildcards: Any
    log: Any
    resources: Any
