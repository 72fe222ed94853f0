"""A small `groups.html` with its data: words of several scripts, and names that must stay text, not markup."""

import base64
import json
import re
import zlib
from pathlib import Path

import numpy as np

from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.pretraining.token_cache import LanguageRows, TokenCache
from semantic_tokens.report.pages.groups import page
from semantic_tokens.report.pages.groups.groups import groups_script
from semantic_tokens.report.pages.groups.tokens import tokens_script

SCRIPT = "<script>alert(1)</script>"
RUN = "this & <b>that</b>"
LANGUAGES = ("en", "ar", "zh", 'l"><img src=x onerror=alert(2)>')
# Group 0 is that of the special token; 1 to 5 below.
GROUPS = (
    ("<s>",),
    ("▁mother", "▁madre", "▁أم", "妈妈", "▁माता", "▁Mother", "▁anne"),
    ("▁İstanbul", "▁city", "▁πόλη", "▁العربية"),
    (f"▁{SCRIPT}", "▁alert", "ing", "▁motherhood"),
    ("▁60", "▁12", "七", "60"),
    ("▁!", "!", "?", "▁。"),
)
TOKENS = tuple(token for group in GROUPS for token in group)
NEVER = ("▁anne", "▁माता", "▁12")
ALIGNED, SHUFFLED, OTHER = (
    Condition.of_grouped(f"tiny/d8/{rest}")
    for rest in ("clsa-all/kmeans-cosine-r05", "none/random-r05", "none/kmeans-cosine-r20")
)


def partition(name: Condition, seed: int | None = None) -> VocabularyPartition:
    """The groups above; with a seed, dealt at random (the special token keeps its own)."""
    group_of = np.repeat(np.arange(len(GROUPS)), [len(group) for group in GROUPS]).astype(np.int32)
    if seed is not None:
        group_of[1:] = np.random.default_rng(seed).permutation(group_of[1:])
    cosine = np.linspace(1, 0.3, len(TOKENS)).astype(np.float32)
    return VocabularyPartition(group_of, TOKENS, cosine, name.grouping.method, (0,))


def text() -> TokenCache:
    """A row a language: `en` has every token but NEVER, Arabic and Chinese their own, the last one word."""
    wanted = [
        [token for token in TOKENS if token not in NEVER],
        ["▁أم", "▁العربية", "▁أم"],
        ["妈妈", "七"],
        ["▁city"],
    ]
    rows = np.zeros((len(wanted), len(TOKENS) + 3), np.int32)
    for row, tokens in zip(rows, wanted):
        row[: len(tokens)] = [TOKENS.index(token) for token in tokens]
    return TokenCache(rows, tuple(LanguageRows(lang, i, 1) for i, lang in enumerate(LANGUAGES)))


def write_site(folder: Path, with_text: bool = True) -> Path:
    """The page's path."""
    table = np.random.default_rng(0).normal(size=(len(TOKENS), 8)).astype(np.float32)
    scripts = {"tiny/tokens": tokens_script("tiny", TOKENS, (0,), text() if with_text else None)}
    for name, seed in ((ALIGNED, None), (SHUFFLED, 1), (OTHER, 2)):
        scripts[name.grouped] = groups_script(name.grouped, partition(name, seed), table, 0)
    for name, script in scripts.items():
        path = folder / "data/groups" / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script, encoding="ascii")
    html = folder / "groups.html"
    html.write_text(page.render(RUN, [ALIGNED, SHUFFLED, OTHER], ["nowhere", "mother", SCRIPT]), encoding="utf-8")
    return html


def read(written):
    """(name, header, column by name) of a script."""
    form = r'semanticTokens\.deliver\((".*?"), (\{.*\}), "([A-Za-z0-9+/=]*)"\);\n'
    name, header, data = re.fullmatch(form, written).groups()
    header, raw, at, columns = json.loads(header), zlib.decompress(base64.b64decode(data)), 0, {}
    for title, length, width in header.pop("columns"):
        part = raw[at : (at := at + length * max(width, 1))]
        columns[title] = part.decode() if width == 0 else _unplaned(part, length, width)
    assert at == len(raw)
    return json.loads(name), header, columns


def _unplaned(part, length, width):
    planes = np.frombuffer(part, np.uint8).reshape(width, length).astype(np.int64)
    return sum((plane << (8 * i) for i, plane in enumerate(planes)), np.zeros(length, np.int64))
