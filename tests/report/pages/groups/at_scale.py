"""`groups.html` of a vocabulary as large as XLM-V's: how long do the first answer and later ones take a browser?

PYTHONPATH=workflow_scripts:tests python -m report.pages.groups.at_scale [--tokens 901629] [--folder /tmp/at-scale]

Prints the sizes of the data, and milliseconds: of the first answer by the clock and on the page's own thread, of later
ones on the thread, layout and painting included. A machine that does other work as well stretches the clock alone.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np

from semantic_tokens.bench import vocabularies
from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import parse_vocabulary
from semantic_tokens.pretraining.token_cache import LanguageRows, TokenCache
from semantic_tokens.report.pages.groups import page
from semantic_tokens.report.pages.groups.groups import groups_script
from semantic_tokens.report.pages.groups.tokens import tokens_script
from support.browser import chromium

LANGUAGES, ROW, RATIO, DIM = 16, 64, 0.05, 64
GROUPINGS = [Condition.of_grouped(f"made-up/d{DIM}/{aligned}/kmeans-cosine-r05") for aligned in ("none", "clsa-all")]
NOTE_FIRST = "new MutationObserver(() => { if (document.body?.dataset.shown) window.first ??= performance.now(); })"
TYPE = """(word) => {
    const field = document.getElementById('word');
    field.value = word;
    field.dispatchEvent(new Event('input'));
}"""


def scripts(n: int) -> Iterator[tuple[str, str]]:
    """(name, script) of n tokens, of which a text in 16 languages has some, and of two random groupings of them."""
    vocabulary, rng = parse_vocabulary(vocabularies.unigram(n).to_str()), np.random.default_rng(0)
    ids = rng.zipf(1.1, size=20 * n)
    ids = rng.permutation(n)[ids[ids < n][: 6 * n]].astype(np.int32)
    rows = ids[: len(ids) // ROW * ROW].reshape(-1, ROW)
    share = len(rows) // LANGUAGES
    text = TokenCache(rows, tuple(LanguageRows(f"l{i}", i * share, share) for i in range(LANGUAGES)))
    yield "made-up/tokens", tokens_script("made-up", vocabulary.tokens, vocabulary.special_ids, text)
    table, special, free = (
        rng.normal(size=(n, DIM)).astype(np.float32),
        vocabulary.special_ids,
        vocabulary.clusterable_ids,
    )
    k = round(n * RATIO) - len(special)
    for condition in GROUPINGS:
        group_of = np.zeros(n, np.int32)
        group_of[list(special)] = np.arange(len(special))
        group_of[free] = len(special) + rng.permutation(np.arange(len(free)) % k)
        partition = VocabularyPartition(
            group_of, vocabulary.tokens, rng.random(n, np.float32), "kmeans-cosine", special
        )
        yield condition.grouped, groups_script(condition.grouped, partition, table, 0)


def main() -> None:
    """Write the page and its data, open it, type words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=vocabularies.XLM_V)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/at-scale"))
    chosen = parser.parse_args()
    for name, script in scripts(chosen.tokens):
        path = chosen.folder / "data/groups" / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script, encoding="ascii")
        print(f"{name}: {len(script) / 1e6:.1f} MB")
    html = chosen.folder / "groups.html"
    html.write_text(page.render("made-up", GROUPINGS, []), encoding="utf-8")
    pieces = parse_vocabulary(vocabularies.unigram(chosen.tokens).to_str()).tokens
    words = [piece.removeprefix("▁") for piece in pieces[chosen.tokens // 10 :: chosen.tokens // 6]]
    with chromium() as browser:
        shown = browser.new_page()
        session = shown.context.new_cdp_session(shown)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})

        def busy() -> float:
            metrics = session.send("Performance.getMetrics")["metrics"]
            return 1000 * next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

        shown.add_init_script(f"{NOTE_FIRST}.observe(document, {{subtree: true, attributes: true, childList: true}})")
        shown.goto(f"{html.as_uri()}#q={quote(words[0])}")
        shown.wait_for_function("window.first", timeout=120_000)
        print(f"first answer: {shown.evaluate('window.first'):.0f} by the clock, {busy():.0f} on the thread")
        shown.wait_for_timeout(10_000)
        for word in [*words, "a", "nowhere"]:
            before = busy()
            shown.evaluate(TYPE, word)
            shown.wait_for_timeout(700)
            print(f"{word}: {busy() - before:.0f}, {shown.locator('#a tbody tr').count()} members shown")


if __name__ == "__main__":
    main()
