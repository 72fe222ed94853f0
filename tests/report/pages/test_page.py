"""The page of a run, on made-up numbers: it says what it is, shows every number and asks for no other file."""

import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from semantic_tokens.analysis.keywords import Member
from semantic_tokens.conditions import Condition
from semantic_tokens.report import PAPER_TASKS, TASK_NAMES
from semantic_tokens.report.pages import headline, matrix, page, words
from semantic_tokens.report.pages.opening import Opening
from semantic_tokens.report.printed import beside
from support import ROOT
from support.toy_groups import CONDITION
from support.toy_page import CONFIG, PAGES, PRINTED, content, of_the_paper
from support.toy_scores import ALIGNED, AS_THE_PAPER_SAYS, FIRST, KMEANS, ORACLE, RANDOM


def text_of(html):
    """The page without tags, a space for any white space."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def built(made):
    return matrix.build(made.cells, made.groups, beside(made.cells, made.printed, made.roles), "in-language")


def test_it_says_what_it_is_and_asks_for_nothing_from_elsewhere(tmp_path):
    html = page.render(content(tmp_path))
    for text in ("does not replicate the paper", "PPMI-SVD", "One seed proves nothing", "undecided (one seed)"):
        assert text in html
    for request in ("<link", "<img", "src=", "@import", "url(http", "<?xml", "<!DOCTYPE svg"):
        assert request not in html
    assert html.count('role="img"') == 4, "the chart, the figure of the study and two curves"


def test_it_discloses_only_what_is_so(tmp_path):
    config = {"data": {"kind": "upstream", "languages": ["en", "zh"]}, "backbones": {"tiny": {}}}
    html = page.render(content(tmp_path, seeds=(0, 1), config=config))
    for text in ("does not replicate the paper", "PPMI-SVD", "One seed proves nothing"):
        assert text not in html
    assert "Scores on published data in 2 languages, test split. 2 seeds." in html
    assert "one standard deviation over 2 seeds" in text_of(html)


def test_it_says_where_its_intervals_cover_less(tmp_path):
    assert (
        "over languages and seeds. In simulations an interval from two seeds covers 88 to 97%, not 95%; one from two "
        "languages covers 75 to 98%, not 95%. Mean" in text_of(page.render(content(tmp_path, seeds=(0, 1))))
    )


def test_a_row_is_a_condition_and_a_column_a_task_in_the_order_of_the_paper(tmp_path):
    found = built(content(tmp_path))
    assert found.tasks == PAPER_TASKS
    assert [str(row.condition) for row in found.rows if row.is_oracle] == [ORACLE]
    assert str(found.rows[0].condition) == ORACLE
    assert [str(row.condition) for row in found.rows][-2:] == [FIRST, RANDOM]
    aligned = found.row(Condition.parse(ALIGNED), "in-language")
    assert aligned.mean == pytest.approx(0.78 / 0.8) and aligned.seeds == [1]


def test_a_condition_that_lacks_a_task_has_no_mean_and_a_dash(tmp_path):
    values = AS_THE_PAPER_SAYS | {FIRST: {"ner": 0.4}}
    made = content(tmp_path, values=values)
    row = built(made).row(Condition.parse(FIRST), "in-language")
    assert row.mean is None and [bool(entry) for entry in row.entries] == [True, False, False, False, False]
    line = re.search(rf'<tr id="{re.escape(row.id)}".*?</tr>', page.render(made), re.DOTALL)[0]
    assert line.count("<td>–</td>") == 4 + 1, "and it has no groups here"


def test_cells_of_the_paper_stand_beside_the_same_conditions(tmp_path):
    """Scored as the paper prints, what is retained differs from what it prints by its rounding alone."""
    found = built(of_the_paper(tmp_path, seeds=(0,)))
    entries = [entry for row in found.rows for entry in row.entries]
    assert len(found.rows) == 45 and len(entries) == 225 and all(entry.paper for entry in entries)
    assert {entry.paper.condition for entry in entries} == {row.condition for row in found.rows}
    for row in found.rows:
        for task, entry in zip(found.tasks, row.entries):
            (there,) = {p.retained for p in PRINTED if (p.condition, p.task) == (row.condition, task)}
            assert entry.paper.retained == there and abs(entry.difference) < 0.006, (row.id, task)


def test_another_backbone_stands_beside_the_papers_main_one_at_its_own_dimension(tmp_path):
    made = content(tmp_path)
    found = built(made)
    assert found.papers == {"tiny": "mbert"}
    kmeans = found.row(Condition.parse(KMEANS), "in-language").entries[0].paper
    assert str(kmeans.condition) == "mbert/d768/none/kmeans-cosine-r05/mlm" and kmeans.retained == 0.932
    assert "Beside tiny stands the paper’s mBERT, another model." in text_of(page.render(made))


def test_the_four_numbers_are_those_of_the_matrix_and_of_the_paper(tmp_path):
    chosen = headline.choose(built(content(tmp_path)))
    found = {number.title: number for number in headline.numbers(chosen)}
    assert found["Full vocabulary"].value == "0.800"
    assert found["Best K-Means at 5%"].value == "97.5%"
    assert "CLSA (all), continually pretrained" in found["Best K-Means at 5%"].about
    assert found["Random groups at 5%"].value == words.percent((0.5 * 4 + 0.3) / 5 / 0.8)
    papers = [p.retained for p in PRINTED if str(p.condition) == "mbert/d768/clsa-all/kmeans-cosine-r05/mlm"]
    assert found["The paper’s mBERT at 5%"].value == words.percent(sum(papers) / 5)


def test_a_run_without_an_oracle_says_so_and_shows_its_scores(tmp_path):
    made = content(tmp_path, values={KMEANS: {"ner": 0.5}})
    html = page.render(made)
    assert "there is nothing to compare here" in text_of(html) and 'class="headline"' not in html
    assert '<span class="score">0.500</span>' in html


def test_a_run_without_scores_still_has_a_page(tmp_path):
    made = content(tmp_path)
    html = page.render(replace(made, scores=made.scores.slice(0, 0), cells=[], without=[], judged=[], figures={}))
    assert "Nothing is scored in this run." in html and 'id="run"' in html


def test_every_number_of_the_matrix_is_in_the_table(tmp_path):
    made = content(tmp_path, seeds=(0, 1, 2))
    html = page.render(made)
    for cell in made.cells:
        row = re.search(rf'<tr id="{cell.condition}@{cell.transfer}".*?</tr>', html, re.DOTALL)[0]
        for text in (words.percent(cell.retained), f"{words.score(cell.score)} ± {words.score(cell.std)}"):
            assert text in row, (cell.condition, cell.task)


def test_the_page_of_a_run_as_large_as_the_papers_is_small(tmp_path):
    html = page.render(of_the_paper(tmp_path))
    assert len(html.encode()) < 500_000 and "NaN" not in html


def test_groups_that_are_inspected_have_a_section_of_their_own(tmp_path):
    members = [Member(CONDITION, "tomato", rank, rank, token, 0.9) for rank, token in enumerate(("▁tomate", "<b>"), 1)]
    opening = Opening((CONDITION,), ("tomato", "potato"), members, (), (), (), ())
    html = page.render(content(tmp_path, opening=opening))
    assert '<h2 id="semantic-tokens">Semantic tokens of tiny: 9 subwords' in html
    assert "<small>2</small> <bdi>tomate</bdi> <bdi>&lt;b&gt;</bdi>" in html and "not one token" in html
    assert '<a href="#semantic-tokens">' in html
    assert "semantic-tokens" not in page.render(content(tmp_path))


def test_further_tables_and_what_departs_from_the_paper_are_shown(tmp_path):
    html = page.render(content(tmp_path))
    assert "<td>0.500</td>" in html and "Nothing to measure in this run" in html
    assert "Something." in html and "made-up (departs)" not in html


def test_fractions_of_a_table_are_cut_to_three_places(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n0.123456,-1.5e-07\n12,text 0.123456\n", encoding="utf-8")
    assert page.read_table(tmp_path / "t.csv") == [["a", "b"], ["0.123", "-1.5e-07"], ["12", "text 0.123456"]]


def test_means_without_a_language_are_shown_apart(tmp_path):
    values = {ORACLE: {"qa": 0.8}, KMEANS: {"qa": 0.6}}
    html = page.render(content(tmp_path, values=values, languages=("ar", "en", "zh")))
    assert "QA without en, F1, in-language: mean of the other languages" in html


def test_only_pages_that_are_there_are_linked(tmp_path):
    html = page.render(content(tmp_path, present=["geometry"], latex=["table1", "table5"]))
    assert f'<a href="geometry.html">{PAGES["geometry"]}</a>' in html
    assert '<a href="../tables/table5.tex">Table 5</a>' in html and "table3.tex" not in html
    assert 'href="probing.html"' not in html and "<code>snakemake probing</code>" in html
    assert 'id="look-up"' not in html and 'id="look-up"' in page.render(content(tmp_path, present=["groups"]))


def test_every_link_within_the_page_leads_somewhere(tmp_path):
    html = page.render(content(tmp_path))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_names_from_configs_and_files_are_escaped(tmp_path):
    config = {"run": CONFIG["run"] | {"name": "a&b <script>"}}
    html = page.render(content(tmp_path, config=config, left_out=['"quoted" <i>folder</i>']))
    assert "a&amp;b &lt;script&gt;" in html and "&lt;i&gt;folder" in html and "<i>folder" not in html


def test_claims_that_were_measured_come_first_with_what_decides_them(tmp_path):
    html = page.render(content(tmp_path, seeds=(0, 1, 2)))
    ledger = html[html.index('id="claims"') :]
    verdicts = re.findall(r'<summary><span class="verdict ([\w-]+)">', ledger)
    assert len(verdicts) == len(content(tmp_path).judged)
    first = verdicts.index("not-measured")
    assert set(verdicts[first:]) == {"not-measured"} and "about-the-print" in verdicts[:first]


def test_the_footer_names_every_table(tmp_path):
    html = page.render(content(tmp_path))
    footer = html[html.index("<footer>") :]
    for name in ("scores", "table5", "groups", "stability", "claims"):
        assert f"tables/{name}.csv" in footer
    assert all(title in html for title in (TASK_NAMES[task] for task in PAPER_TASKS))


def test_the_run_section_gives_licences_and_the_time_of_each_condition(tmp_path):
    made = content(tmp_path)
    sources = [
        {"name": "muse", "revision": "abc1", "licence": "CC BY-NC 4.0"},
        {"name": "own", "revision": "", "licence": ""},
    ]
    text = text_of(page.render(replace(made, manifest={**made.manifest, "sources": sources})))
    assert "muse abc1 CC BY-NC 4.0" in text and "own – not stated" in text
    assert "K-Means, 5% tiny, d 8, continually pretrained, in-language – – – 8 s" in text


def test_the_page_is_made_from_tables_without_torch():
    """What its step imports, found in its own text."""
    step = (ROOT / "workflow_scripts/steps/report/write_report.py").read_text(encoding="utf-8")
    imports = [line.strip() for line in step.splitlines() if line.startswith("    from semantic_tokens")]
    assert len(imports) > 10
    code = "\n".join(["import sys", *imports, "print('torch' in sys.modules)"])
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, text=True, capture_output=True, check=True)
    assert done.stdout == "False\n"
