"""The page of a run in a real browser, opened from disk: what it asks for, how it fits, and what its controls do."""

import re
from urllib.parse import unquote

import numpy as np
import pytest

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.keywords import Member
from semantic_tokens.report.pages import page as page_of_run
from semantic_tokens.report.pages.opening import Opening
from support.browser import WIDTHS, barriers, chromium, opened
from support.toy_groups import CONDITION
from support.toy_page import CONFIG, content, of_the_paper
from support.toy_scores import ALIGNED, KMEANS, ORACLE, RANDOM

LANGUAGES = ("ar", "en", "zh")
ROWS = "#conditions tbody tr[data-method]"
OPEN, OTHER = f"{KMEANS}@in-language", f"{ALIGNED}@in-language"


def written(made, folder):
    """The file of the page."""
    (folder / "index.html").write_text(page_of_run.render(made), encoding="utf-8")
    return folder / "index.html"


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A run of one backbone, with names that would be markup."""
    folder = tmp_path_factory.mktemp("small")
    members = [Member(CONDITION, "a", 1, 1, "<script>alert(1)</script>", 0.9)]
    config = {"run": CONFIG["run"] | {"name": "a&b <i>"}}
    made = content(
        folder, (0, 1, 2), config=config, opening=Opening((CONDITION,), ("a",), members, (), (), (), ()),
        left_out=['folder "q" <script>alert(2)</script>: 5 rows'],
    )  # fmt: skip
    return written(made, folder)


@pytest.fixture(scope="module")
def papers_run(tmp_path_factory):
    """A run as large as the paper's."""
    return of_the_paper(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def large(papers_run, tmp_path_factory):
    return written(papers_run, tmp_path_factory.mktemp("large"))


def visible_rows(page):
    return [row.get_attribute("id") for row in page.locator(ROWS).all() if row.is_visible()]


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_it_asks_for_no_other_file_and_complains_of_nothing(browser, small, large):
    for path in (small, large):
        with opened(browser, path, f"#open={OPEN}") as (page, heard):
            page.wait_for_load_state("networkidle")
            assert heard.requests == [heard.requests[0]] and heard.from_elsewhere == []
            assert heard.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_in_it_is_a_serious_barrier(browser, small, width, scheme):
    with opened(browser, small, f"#open={OPEN}&compare={OPEN},{OTHER}", width, color_scheme=scheme) as (page, _):
        page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
        assert barriers(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_never_scrolls_sideways(browser, small, large, width):
    for path in (small, large):
        with opened(browser, path, f"#open={OPEN}", width) as (page, _):
            assert sideways(page) <= 0


def test_every_task_is_in_view_at_1300_px(browser, small, large):
    for path in (small, large):
        with opened(browser, path) as (page, _):
            for cell in page.locator(ROWS).first.locator("td").all():
                box = cell.bounding_box()
                assert box["x"] >= 0 and box["x"] + box["width"] <= 1300


def test_the_chart_has_its_legend_in_view_on_a_telephone(browser, small):
    with opened(browser, small, width=390) as (page, _):
        chart = page.locator("figure.chart")
        chart.scroll_into_view_if_needed()
        assert chart.locator(".legend li").count() == 3
        top, bottom = (chart.locator(part).bounding_box() for part in (".legend", ".plot"))
        assert bottom["y"] + bottom["height"] - top["y"] < 900 and bottom["width"] <= 390


def test_without_scripts_tables_and_figures_are_there_and_controls_are_not(browser, small):
    with opened(browser, small, java_script_enabled=False) as (page, _):
        assert len(visible_rows(page)) == 6 and page.locator("svg.retained[role=img]").is_visible()
        assert not page.locator("#filters").is_visible() and not page.locator("#compare-section").is_visible()
        shown = page.locator(f'[id="{OPEN}"] .paper').first
        assert shown.is_visible()
        page.locator("#show-paper").uncheck()
        assert not shown.is_visible(), "toggles need no script"


def test_print_shows_every_column_and_what_is_folded(browser, small):
    with opened(browser, small) as (page, _):
        assert not page.locator(f'[id="{OPEN}"] .chance').first.is_visible()
        page.emulate_media(media="print")
        assert page.locator(f'[id="{OPEN}"] .chance').first.is_visible()
        assert page.get_by_text("How to read").is_visible() and page.locator("pre").is_visible()
        page.set_viewport_size({"width": 718, "height": 1000})  # A4 within its margins
        assert sideways(page) <= 0, "or columns would be cut off"
        assert not page.locator("nav.top").is_visible() and not page.locator("#filters").is_visible()


def test_names_that_look_like_markup_are_shown_and_not_run(browser, small):
    with opened(browser, small) as (page, heard):
        dialogs = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        page.reload()
        assert "a&b <i>" in page.locator(".about").inner_text()
        assert page.locator("bdi", has_text="<script>alert(1)</script>").count() == 1
        page.locator(".evidence summary").click()
        assert page.get_by_text('folder "q" <script>alert(2)</script>').is_visible()
        assert dialogs == [] and heard.complaints == []


def test_a_filter_leaves_only_its_rows_and_says_how_many(browser, small):
    with opened(browser, small) as (page, _):
        page.get_by_role("searchbox", name="Find").fill("random")
        assert visible_rows(page) == [f"{RANDOM}@in-language"]
        assert page.locator("#found").inner_text() == "1 of 6 conditions"
        page.get_by_role("button", name="Reset").click()
        assert len(visible_rows(page)) == 6
        page.get_by_label("Method").select_option("K-Means")
        assert len(visible_rows(page)) == 3


def test_sorting_says_its_direction_and_sorts_by_the_number(browser, small):
    with opened(browser, small) as (page, _):
        header = page.locator("#conditions th[data-key=nli]")
        page.locator("#conditions th[data-key=ner] button").click()
        cells = page.locator(f"{ROWS} td:nth-child(4)")
        values = [float(text) for text in cells.evaluate_all("all => all.map(cell => cell.dataset.value)")]
        assert len(values) == 6 and values == sorted(values, reverse=True)
        header.get_by_role("button").click()
        assert header.get_attribute("aria-sort") == "descending"
        assert page.locator("#conditions th[aria-sort=descending]").count() == 1
        header.get_by_role("button").click()
        assert header.get_attribute("aria-sort") == "ascending"
        assert "sort=nli" in page.url and "up=1" in page.url


def test_everything_works_by_keyboard(browser, small):
    with opened(browser, small) as (page, _):
        page.locator("#conditions th[data-key=qa] button").focus()
        page.keyboard.press("Enter")
        assert page.locator("#conditions th[data-key=qa]").get_attribute("aria-sort") == "descending"
        row = page.locator(f'[id="{OPEN}"] button.open')
        row.focus()
        page.keyboard.press("Space")
        assert row.get_attribute("aria-expanded") == "true" and page.locator(".panel").is_visible()
        page.keyboard.press("Space")
        assert page.locator(".panel").count() == 0


def test_a_copied_address_shows_the_same_in_a_new_page(browser, small):
    with opened(browser, small) as (page, _):
        page.get_by_label("Method").select_option("K-Means")
        page.locator("#conditions th[data-key=nli] button").click()
        page.locator(f'[id="{OPEN}"] button.open').click()
        page.locator("#show-score").check()
        anchor, rows = page.url.partition("#")[2], visible_rows(page)
    with opened(browser, small, f"#{anchor}") as (page, _):
        assert visible_rows(page) == rows and len(rows) == 3
        assert page.locator(".panel .command code").first.is_visible() and page.locator("#show-score").is_checked()
        page.goto(page.url.partition("#")[0] + "#languages")
        assert len(visible_rows(page)) == 3, "an ordinary anchor changes nothing"


def test_an_open_row_shows_its_scores_lineage_curves_and_command(browser, small):
    with opened(browser, small, f"#open={OPEN}") as (page, _):
        panel = page.locator(".panel")
        text = panel.inner_text()
        assert "0.700\t0.800" in text and "1 min 01 s" in text and "400 MiB" in text and "99 MiB" in text
        assert panel.locator("svg.curve").count() == 2
        assert panel.locator(".command code").first.inner_text() == f".venv/bin/snakemake results/{KMEANS}"
        panel.get_by_role("button", name="Copy").first.click()
        assert panel.get_by_role("button", name="Copied").is_visible()


def test_two_conditions_are_compared_by_task_and_language(browser, tmp_path):
    values = {ORACLE: {"nli": 0.8}, KMEANS: {"nli": 0.5}, ALIGNED: {"nli": 0.6}}
    made = content(tmp_path, (0, 1), values, LANGUAGES)
    path = written(made, tmp_path)
    rows = made.scores.to_pylist()
    means = [
        [
            np.mean([row["value"] for row in rows if (row["condition"], row["lang"]) == (name, lang)])
            for lang in LANGUAGES
        ]
        for name in (ORACLE, ALIGNED)
    ]
    low, high = intervals.of_mean(100 * np.subtract(means[1], means[0]))
    with opened(browser, path, f"#compare={ORACLE}@in-language,{OTHER}") as (page, _):
        cells = page.locator(".compared tbody td").all_inner_texts()
        assert cells[:2] == ["0.805", "0.605"]
        assert cells[2].split("\n") == ["−20.0", f"−{abs(low):.1f} to −{abs(high):.1f}"]
        assert cells[3].split("  ")[0].startswith("ar −20.0")
        page.locator("#compare-swap").click()
        assert page.locator(".compared tbody td b").inner_text() == "+20.0"
        assert OTHER in unquote(page.url)


def test_numbers_on_the_page_are_those_of_the_tables(browser, large, papers_run):
    with opened(browser, large) as (page, _):
        shown = page.evaluate(
            "rows => Object.fromEntries([...document.querySelectorAll(rows)].map(row => "
            "[row.id, [...row.querySelectorAll('td.measured')].map(cell => cell.querySelector('b').textContent)]))",
            ROWS,
        )
    table = {}
    for cell in papers_run.cells:
        table.setdefault(f"{cell.condition}@{cell.transfer}", []).append(f"{100 * cell.retained:.1f}%")
    assert len(shown) == 45 and {row: sorted(found) for row, found in shown.items()} == {
        row: sorted(found) for row, found in table.items()
    }


def test_no_fold_of_the_page_is_taller_than_three_screens(browser, large):
    with opened(browser, large) as (page, _):
        heights = page.evaluate("[...document.querySelectorAll('.claims')].map(one => one.offsetHeight)")
        assert max(heights) < 3 * 900
        lines = page.locator("#claims ~ .claims summary").all()
        assert len(lines) > 50 and all(line.bounding_box()["height"] < 40 for line in lines)


def test_a_word_is_looked_up_in_the_page_of_groups(browser, tmp_path):
    made = content(tmp_path, present=["groups"])
    path = written(made, tmp_path)
    (tmp_path / "groups.html").write_text("<title>groups</title>", encoding="utf-8")
    with opened(browser, path) as (page, _):
        page.get_by_label("Which semantic token").fill("ma&ma")
        page.keyboard.press("Enter")
        page.wait_for_url("**/groups.html*")
        assert re.search(r"groups\.html#q=ma%26ma$", page.url)
