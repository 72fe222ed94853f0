"""Pictures and the summary of `probing`, on made-up measures."""

import numpy as np
import pandas as pd
import pytest

from semantic_tokens.analysis import measures
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.conditions import Condition
from semantic_tokens.report.figures import style
from semantic_tokens.siblings.drawing import names
from semantic_tokens.siblings.probing import page as probing_page
from semantic_tokens.siblings.probing import pictures as probing

CONDITIONS = (
    "tiny-bert/d128/none/full/none",
    "tiny-bert/d128/none/full/mlm",
    "tiny-bert/d128/clsa-all/kmeans-cosine-r05/mlm",
    "tiny-bloom/d128/none/full/none",
)
# Cosines above chance are highest in layer 1, plain cosines in layer 2.
COSINES, CHANCES = (0.2, 0.7, 0.9), (0.1, 0.2, 0.8)


def one_model(offset):
    for layer, (value, chance) in enumerate(zip(COSINES, CHANCES)):
        for subject, more in (("en-sw", 0.05), ("en-zh", -0.05), ("sw-zh", 0), ("", 0)):
            yield Measure("word_similarity", subject, value + more + offset, 60, layer, chance=chance)
            yield Measure("parallel_retrieval", subject, 0.3 * layer + more + 0.1, 100, layer, 0, 1, 0.01)
        yield Measure("ner_probe_f1", "", 0.5 - 0.1 * layer, 40, layer, chance=0.1)
        yield Measure("anisotropy", "", 0.1 * layer, 800, layer)
    yield Measure("late_layer_drop", "word_similarity", 0.4, 60, 1)
    yield Measure("late_layer_fall", "word_similarity", -0.1 + offset, 60, 1)


@pytest.fixture
def table(tmp_path):
    parts = []
    for i, name in enumerate(CONDITIONS):
        parts.append(tmp_path / f"{i}.csv")
        measures.write(one_model(0.01 * i), Condition.parse(name), parts[-1])
    measures.gather(parts, tmp_path / "all.csv")
    return pd.read_csv(tmp_path / "all.csv")


def points(kind):
    rng = np.random.default_rng(0)
    keys = [
        {"kind": kind, "layer": layer, "method": method, "lang": lang, "meaning": f"m{i}"}
        for layer in (0, 1, 2) for method in ("PCA", "t-SNE") for lang in ("en", "sw", "zh") for i in range(12)
    ]  # fmt: skip
    return pd.DataFrame(keys).assign(x=rng.normal(size=len(keys)), y=rng.normal(size=len(keys)))


def test_models_are_named_by_what_parts_them(table):
    assert list(names(table).values()) == [
        "tiny-bert",
        "tiny-bert, continually pretrained",
        "tiny-bert, kmeans-cosine 5%, clsa-all, continually pretrained",
        "tiny-bloom",
    ]


def test_the_best_layer_is_the_one_most_above_chance(table):
    wide = probing.best_layers(table, "word_similarity", ("en", "zh", "sw"))
    assert list(wide.columns) == ["zh", "sw"] and len(wide) == len(CONDITIONS)
    assert set(wide.index.get_level_values("layer")) == {1}
    np.testing.assert_allclose(wide.to_numpy()[0], [0.7 - 0.05 - 0.2, 0.7 + 0.05 - 0.2])
    retrieval = probing.best_layers(table, "parallel_retrieval", ("en", "sw", "zh"))
    assert set(retrieval.index.get_level_values("layer")) == {2}
    np.testing.assert_allclose(retrieval.to_numpy()[0], [0.75, 0.65])


def test_the_summary_has_the_best_and_the_last_layer(table):
    header, rows = probing_page.summary(table)
    first = dict(zip(header, rows[0]))
    assert first["Model"] == "tiny-bert" and len(rows) == len(CONDITIONS)
    assert first["Words: cosine above random pairs, best layer"] == pytest.approx(0.5)
    assert first["Words: cosine above random pairs, last"] == pytest.approx(0.1)
    assert first["NER probe F1, best layer"] == pytest.approx(0.5) and first["NER probe F1, last"] == pytest.approx(0.3)
    assert "Anisotropy, last" in first and "Anisotropy, best layer" not in first


def test_falls_may_be_negative(table):
    header, rows = probing_page.falls(table)
    assert header == ["Model", "Words: cosine above random pairs"]
    assert rows[:2] == [["tiny-bert", -0.1], ["tiny-bert, continually pretrained", pytest.approx(-0.09)]]


@pytest.mark.parametrize(
    ("pooling", "said", "unsaid"),
    [("mean", "means over", "the last token"), ("last", "the last token", "means"), (None, "for decoders", "[CLS]")],
)
def test_the_page_names_the_pooling_in_force(pooling, said, unsaid):
    text = probing_page.introduction(pooling, world=False)
    assert said in text and unsaid not in text and "{" not in text
    assert "embedded world" in probing_page.introduction(pooling, world=True)


def test_a_plane_without_points_says_so(tmp_path, monkeypatch):
    drawn = captured(monkeypatch)
    probing.draw_plane(points("words")[:0], ("en", "sw"), tmp_path / "a.svg", tmp_path / "a.png")
    assert [text.get_text() for text in drawn[0].texts] == ["Too few to show: fewer than four"]


def test_layers_have_a_line_for_each_model_and_a_panel_for_each_measure(table, tmp_path, monkeypatch):
    drawn = captured(monkeypatch)
    probing.draw_layers(table, tmp_path / "a.svg", tmp_path / "a.png")
    (figure,) = drawn
    panels = {ax.get_title(loc="left").replace("\n", " "): ax for ax in figure.axes if ax.get_title(loc="left")}
    assert len(panels) == 4
    words = panels[probing.PANELS["word_similarity"][0]]
    lines = [line for line in words.get_lines() if len(line.get_xdata()) == 3]
    assert [line.get_label() for line in lines] == list(names(table).values())
    np.testing.assert_allclose(lines[0].get_ydata(), np.subtract(COSINES, CHANCES))
    assert lines[0].get_color() == lines[1].get_color() != lines[2].get_color()
    assert lines[0].is_dashed() is False and lines[1].is_dashed()


def captured(monkeypatch):
    """The figures that are saved."""
    figures, save = [], style.save
    monkeypatch.setattr(style, "save", lambda figure, *paths: (figures.append(figure), save(figure, *paths)))
    return figures


@pytest.mark.parametrize("kind", ["words", "sentences"])
def test_the_plane_has_a_colour_for_each_language_and_for_ten_meanings(kind, tmp_path, monkeypatch):
    drawn = captured(monkeypatch)
    probing.draw_plane(points(kind), ("en", "sw", "zh"), tmp_path / "a.svg", tmp_path / "a.png")
    axes = np.array(drawn[0].axes).reshape(4, 3)
    assert [ax.get_ylabel() for ax in axes[:, 0]] == ["PCA, by language", "PCA, by meaning", "t-SNE, by language",
                                                      "t-SNE, by meaning"]  # fmt: skip
    by_language, by_meaning = (
        {tuple(color) for scatter in ax.collections for color in scatter.get_facecolors()} for ax in axes[:2, 1]
    )
    assert len(by_language) == 3 and len(by_meaning) == 11, "ten and grey"
    assert sum(len(scatter.get_offsets()) for scatter in axes[0, 0].collections) == 36


def test_the_same_measures_give_the_same_files(table, tmp_path):
    for name in "ab":
        probing.draw_layers(table, tmp_path / f"l{name}.svg", tmp_path / f"l{name}.png")
        probing.draw_pairs(table, ("en", "sw", "zh"), tmp_path / f"p{name}.svg", tmp_path / f"p{name}.png")
        probing.draw_plane(points("words"), ("en", "sw", "zh"), tmp_path / f"w{name}.svg", tmp_path / f"w{name}.png")
    for stem in "lpw":
        for kind in ("svg", "png"):
            assert (tmp_path / f"{stem}a.{kind}").read_bytes() == (tmp_path / f"{stem}b.{kind}").read_bytes()
