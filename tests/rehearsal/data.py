"""The publishers' files of every data set that configs/paper.yaml reads: upstream's formats, a few rows a language."""

import gzip
import io
import json
import random
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from rehearsal.words import WORDS, joined, meanings, sentence, words
from semantic_tokens.sources.fetch.registry import source
from semantic_tokens.sources.languages import LANGUAGES
from semantic_tokens.tables import NER_TAGS

TRAIN, TEST = 4, 2  # items of a task in one language
QUERIES = {"train": 1, "dev": 2}  # of retrieval, in one language
PASSAGES = 16  # of a language's corpus; three quarters of them are in the pool of hard negatives
ARTICLES = 24  # of a language's Wikipedia
LINES = 40  # of parallel text
LISTED = {"muse": 120, "panlex": 30, "concepticon": 30}  # words of a language in a dictionary


def write_all(folder: Path) -> None:
    """Every source below `folder`, one folder each."""
    for name, write in WRITERS.items():
        write(folder / name)


def masakhaner(folder: Path) -> None:
    """`token tag` lines; a byte-order mark opens one file and an orphan I- tag stands in another, as upstream."""
    for lang, iso3 in source("masakhaner").languages.items():
        for split, n in (("train", TRAIN), ("dev", TEST), ("test", TRAIN)):
            rng = random.Random(f"ner/{lang}/{split}")
            sentences = [_tagged(lang, rng) for _ in range(n)]
            if (lang, split) == ("ha", "train"):
                sentences[0] = [*sentences[0], (words(lang, 1)[0], "I-PER")]
            text = "\n\n".join("\n".join(f"{token} {tag}" for token, tag in found) for found in sentences) + "\n"
            _text(folder / f"data/{iso3}/{split}.txt", "\ufeff" * ((lang, split) == ("luo", "train")) + text)


def _tagged(lang: str, rng: random.Random) -> list[tuple[str, str]]:
    kind = rng.choice([tag[2:] for tag in NER_TAGS if tag.startswith("B-")])
    tags = ["O"] * rng.randint(2, 5) + [f"B-{kind}", f"I-{kind}"] + ["O"] * rng.randint(1, 4)
    return list(zip((words(lang, WORDS)[i] for i in meanings(rng, len(tags))), tags))


def xnli(folder: Path) -> None:
    """Parquet, one file per language and split."""
    for lang in source("xnli").languages:
        for split, n in (("train", TRAIN), ("validation", TEST), ("test", TRAIN)):
            rng = random.Random(f"nli/{split}")  # the same rows in every language
            drawn = [(meanings(rng, 8), meanings(rng, 5), rng.randrange(3)) for _ in range(n)]
            table = {
                "premise": [sentence(lang, premise) for premise, _, _ in drawn],
                "hypothesis": [sentence(lang, hypothesis) for _, hypothesis, _ in drawn],
                "label": pa.array([label for _, _, label in drawn], pa.int64()),
            }
            _parquet(folder / f"{lang}/{split}-00000-of-00001.parquet", table)


def tydiqa(folder: Path) -> None:
    """SQuAD's JSON, all languages in a file, the language in the id."""
    for split, n in (("train", TRAIN), ("dev", TEST)):
        articles = [_answered(lang, split, i) for lang in source("tydiqa").languages for i in range(n)]
        document = {"data": articles, "version": f"TyDiQA-GoldP-1.1-for-SQuAD-1.1-{split}"}
        _text(folder / f"tydiqa-goldp-v1.1-{split}.json", json.dumps(document, ensure_ascii=False))


def _answered(lang: str, split: str, number: int) -> dict:
    rng = random.Random(f"qa/{lang}/{split}/{number}")
    chosen = [words(lang, WORDS)[i] for i in meanings(rng, 24)]
    context = joined(lang, chosen)
    answer = {"text": chosen[12], "answer_start": context.index(chosen[12])}
    found = {
        "id": f"{LANGUAGES[lang][0]}-{rng.randrange(-(10**18), 10**18)}-{number}",
        "question": sentence(lang, meanings(rng, 5)),
        "answers": [answer],
    }
    return {"paragraphs": [{"context": context, "qas": [found]}], "title": chosen[0]}


def miracl(folder: Path) -> None:
    """TREC's topics and qrels; German and Yoruba have no training queries."""
    for lang in source("miracl").languages:
        for split in ("train", "dev") if lang not in ("de", "yo") else ("dev",):
            rng = random.Random(f"miracl/{lang}/{split}")
            topics, qrels = [], []
            for i in range(QUERIES[split]):
                query, relevant = f"{i}#{split}", rng.randrange(PASSAGES)
                topics.append(f"{query}\t{sentence(lang, meanings(rng, 5))}\n")
                judged = [(relevant + step) % PASSAGES for step in range(4)]
                qrels += [f"{query}\tQ0\t{_docid(n)}\t{int(n == relevant)}\n" for n in judged]
            _text(folder / f"topics/topics.miracl-v1.0-{lang}-{split}.tsv", "".join(topics))
            _text(folder / f"qrels/qrels.miracl-v1.0-{lang}-{split}.tsv", "".join(qrels))


def _docid(n: int) -> str:
    return f"{n // 3}#{n % 3}"


def _passages(lang: str) -> list[tuple[str, str, str]]:
    rng = random.Random(f"passages/{lang}")
    return [
        (_docid(n), sentence(lang, meanings(rng, 2)), sentence(lang, meanings(rng, rng.randint(6, 12))))
        for n in range(PASSAGES)
    ]


def miracl_corpus(folder: Path) -> None:
    """Two compressed files a language."""
    for lang in source("miracl-corpus").languages:
        rows = [dict(zip(("docid", "title", "text"), passage)) for passage in _passages(lang)]
        for shard, part in enumerate((rows[: PASSAGES // 2], rows[PASSAGES // 2 :])):
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part).encode()
            path = folder / f"miracl-corpus-v1.0-{lang}/docs-{shard}.jsonl.gz"
            _bytes(path, gzip.compress(lines, mtime=0))


def miracl_hard_negatives(folder: Path) -> None:
    """Parquet with the pool of each language."""
    for lang in source("miracl-hard-negatives").languages:
        pool = _passages(lang)[: PASSAGES * 3 // 4]
        table = {name: [row[i] for row in pool] for i, name in enumerate(("_id", "title", "text"))}
        _parquet(folder / f"{lang}-corpus/dev-00000-of-00001.parquet", table)


def msmarco(folder: Path) -> None:
    """One archive of tab-separated files."""
    rng = random.Random("msmarco")
    texts = {
        "collection.tsv": "".join(f"{i}\t{sentence('en', meanings(rng, 12))}\n" for i in range(60)),
        "queries.train.tsv": "".join(f"{i}\t{sentence('en', meanings(rng, 5))}\n" for i in range(16)),
        "queries.dev.small.tsv": "".join(f"{i}\t{sentence('en', meanings(rng, 5))}\n" for i in range(100, 104)),
        "qrels.train.tsv": "".join(f"{i}\t0\t{i}\t1\n" for i in range(16)),
        "qrels.dev.small.tsv": "".join(f"{i}\t0\t{i - 70}\t1\n" for i in range(100, 104)),
    }
    _archive(folder / "collectionandqueries.tar.gz", texts)


def muse(folder: Path) -> None:
    """`{a}-{b}.txt` of every pair that upstream has; the separator is a TAB in some and a space in others."""
    for a, partners in source("muse").pairs.items():
        for b in partners:
            for number, (one, other) in enumerate(((a, b), (b, a))):
                pairs = zip(words(one, LISTED["muse"]), words(other, LISTED["muse"]))
                separator = "\t" if number else " "
                _text(folder / f"{one}-{other}.txt", "".join(f"{x.lower()}{separator}{y.lower()}\n" for x, y in pairs))


def panlex(folder: Path) -> None:
    """The hub mirror's tables; of a variety other than the standard one a row each."""
    for number, (lang, iso3) in enumerate(source("panlex").languages.items()):
        rows = ["id\tlangvar\ttxt\ttxt_degr\tmeaning\tlangvar_uid\n"]
        for meaning, word in enumerate(words(lang, LISTED["panlex"])):
            rows.append(f"{number * 10_000 + meaning}\t{number}\t{word}\t{word}\t{meaning}\t{iso3}-000\n")
        rows.append(f"{number * 10_000 + 9_999}\t{number}\tx\tx\t0\t{iso3}-003\n")
        _text(folder / f"data/{iso3}.tsv", "".join(rows))


def concepticon(folder: Path) -> None:
    """The archive of a tag: mappings of some languages, and a concept list with columns of others."""
    top = "concepticon-data-3.4.0"
    n = LISTED["concepticon"]
    files = {f"{top}/concepticondata/concepticon.tsv": "ID\tGLOSS\n" + "".join(f"{i}\tC{i}\n" for i in range(n))}
    for lang in ("ar", "de", "el", "en", "es", "fa", "fi", "fr", "ha", "ja", "ru", "sw", "tr", "vi", "zh"):
        rows = "".join(f"{i}\tC{i}///{word}\t1\n" for i, word in enumerate(words(lang, n)))
        files[f"{top}/mappings/map-{lang}.tsv"] = f"ID\tGLOSS\tPRIORITY\n{rows}"
    listed = ("am", "bn", "hi", "ur", "yo")
    header = ["ID", "NUMBER", "CONCEPTICON_ID", *(LANGUAGES[lang][0].upper() for lang in listed)]
    lines = [[f"List-{i}", str(i), str(i), *(words(lang, n)[i] for lang in listed)] for i in range(n)]
    table = "".join("\t".join(cells) + "\n" for cells in [header, *lines])
    _archive(
        folder / "concepticon-data.tar.gz", files | {f"{top}/concepticondata/conceptlists/List-1999-30.tsv": table}
    )


def wikipedia(folder: Path) -> None:
    """Two shards a language."""
    for lang in source("wikipedia").languages:
        rng = random.Random(f"wikipedia/{lang}")
        texts = [" ".join(sentence(lang, meanings(rng, 12)) for _ in range(6)) for _ in range(ARTICLES)]
        for shard, part in enumerate((texts[: ARTICLES // 2], texts[ARTICLES // 2 :])):
            numbers = [str(shard * ARTICLES + i) for i in range(len(part))]
            table = {"id": numbers, "url": numbers, "title": numbers, "text": part}
            _parquet(folder / f"20231101.{lang}/train-{shard:05d}-of-00002.parquet", table)


def ntrex(folder: Path) -> None:
    """Lines that say the same in every language."""
    rng = random.Random("ntrex")
    lines = [meanings(rng, 8) for _ in range(LINES)]
    for lang, code in source("ntrex").languages.items():
        _text(folder / f"newstest2019-{code}.txt", "".join(f"{sentence(lang, line)}\n" for line in lines))


WRITERS: dict[str, Callable[[Path], None]] = {
    "masakhaner": masakhaner,
    "xnli": xnli,
    "tydiqa": tydiqa,
    "miracl": miracl,
    "miracl-corpus": miracl_corpus,
    "miracl-hard-negatives": miracl_hard_negatives,
    "msmarco": msmarco,
    "muse": muse,
    "panlex": panlex,
    "concepticon": concepticon,
    "wikipedia": wikipedia,
    "ntrex": ntrex,
}


def _text(path: Path, text: str) -> None:
    _bytes(path, text.encode())


def _bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _parquet(path: Path, columns: dict[str, Sequence]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)


def _archive(path: Path, texts: dict[str, str]) -> None:
    """A .tar.gz whose bytes depend on nothing but the texts."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for info, content in _members(texts):
            archive.addfile(info, io.BytesIO(content))
    _bytes(path, gzip.compress(packed.getvalue(), mtime=0))


def _members(texts: dict[str, str]) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    for name, text in texts.items():
        info, content = tarfile.TarInfo(name), text.encode()
        info.size = len(content)
        yield info, content
