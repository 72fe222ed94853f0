"""`groups.html` in a real browser: what is typed, shown, linked and never executed."""

from urllib.parse import quote

import pytest

from support.browser import Watched, chromium, overflow
from support.toy_browser import ALIGNED, LANGUAGES, NEVER, OTHER, RUN, SCRIPT, SHUFFLED, write_site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return write_site(tmp_path_factory.mktemp("site")).as_uri()


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def watched(browser):
    found = Watched(browser)
    yield found
    found.close()


def show(page, address):
    """Open it and wait until both groupings are shown."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("body[data-shown]")
    return page


def members(page, side="a"):
    return page.locator(f"#{side} tbody .subword bdi").all_inner_texts()


def row(page, text, side="a"):
    return page.locator(f"#{side} tbody tr").filter(has=page.locator("th").get_by_text(text, exact=True))


def test_it_opens_with_the_first_keyword_that_is_a_subword(watched, site):
    page = show(watched.page, site)
    assert page.input_value("#word") == "mother"
    assert {"mother", "madre", "أم", "妈妈", "माता", "Mother", "anne"} == set(members(page))
    assert page.locator("#a select").input_value() == ALIGNED.grouped
    assert page.locator("#b select").input_value() == SHUFFLED.grouped


def test_a_word_is_found_as_it_is_typed_and_its_members_say_what_they_are(watched, site):
    page = show(watched.page, site)
    page.fill("#word", "60")
    page.wait_for_function("location.hash.startsWith('#a') || location.hash.includes('q=60')")
    assert members(page) == ["60", "12", "七", "…60"], "by cosine; … continues a word"
    assert row(page, "12").locator(".count").inner_text() == "never"
    assert row(page, "七").locator(".script").inner_text() == "Han"
    assert row(page, "七").locator(".languages").inner_text() == "en zh"
    assert row(page, "七").locator(".count").inner_text() == "2"
    assert page.locator("#a .facts dd").all_inner_texts() == ["4", "1", "2", "1", "2"]
    assert page.locator("#a .facts dt").all_inner_texts() == [
        *("subwords", "script", "languages", "never in the text", "in both groups")
    ]


def test_members_that_never_occur_are_flagged_and_no_others(watched, site):
    page = show(watched.page, f"{site}#q=mother")
    flagged = page.locator("#a tr.unseen bdi").all_inner_texts()
    assert set(flagged) == {token.lstrip("▁") for token in NEVER} & set(members(page))
    assert len(flagged) == 2


def test_a_link_opens_the_same_in_another_page(watched, browser, site):
    page = show(watched.page, f"{site}#q=city&a={SHUFFLED.grouped}&b={OTHER.grouped}")
    page.locator("#b tbody a").last.click()
    page.wait_for_function("location.hash.includes('t=')")
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.click("#copy")
    link = page.evaluate("copied")
    second = Watched(browser)
    show(second.page, link)
    for side in "ab":
        assert members(second.page, side) == members(page, side) != []
        assert second.page.input_value(f"#grouping-{side}") == page.input_value(f"#grouping-{side}")
    assert second.page.input_value("#word") == page.input_value("#word")
    second.close()


def test_arabic_runs_from_right_to_left_and_chinese_says_its_language(watched, site):
    page = show(watched.page, f"{site}#q=mother")
    arabic, chinese = row(page, "أم").locator("th"), row(page, "妈妈").locator("th")
    assert (arabic.get_attribute("dir"), arabic.get_attribute("lang")) == ("rtl", "ar")
    assert (chinese.get_attribute("dir"), chinese.get_attribute("lang")) == ("ltr", "zh")
    assert arabic.locator("bdi").get_attribute("dir") == "rtl"


@pytest.mark.parametrize("typed", ["İstanbul", "i̇stanbul", "İSTANBUL"])
def test_a_letter_whose_lower_case_is_longer_finds_its_token_and_shifts_no_other(watched, site, typed):
    page = show(watched.page, f"{site}#q={quote(typed)}")
    assert page.locator("#a .asked bdi").inner_text() == "İstanbul"
    for after in ("العربية", "alert", "…?"):
        show(page, f"{site}#q={quote(after.lstrip('…'))}")
        assert page.locator("#a .asked bdi").inner_text() == after


def test_names_that_look_like_markup_are_shown_and_never_executed(watched, site):
    page = show(watched.page, f"{site}#q={quote(SCRIPT)}")
    assert SCRIPT in members(page)
    assert RUN in page.locator(".back").inner_text() and RUN in page.title()
    show(page, f"{site}#q=city")
    assert LANGUAGES[-1] in row(page, "city").locator(".languages").inner_text()
    assert page.evaluate("document.querySelectorAll('img, #a script, #b script, main b').length") == 0


def test_lists_hold_the_groups_that_they_name(watched, site):
    page = show(watched.page, site)
    firsts = {
        "numbers": "60 12 七 …60",
        "punctuation": "! …! …? 。",
        "largest": "mother madre أم 妈妈 +3",
        "languages": "mother madre أم 妈妈 +3",
        "mixed": "mother madre أم 妈妈 +3",
    }
    for name, first in firsts.items():
        page.click(f".presets a[data-list={name}]")
        page.wait_for_selector(f".presets a[data-list={name}][aria-current]")
        assert page.locator("#a .groups a").first.inner_text().split() == first.split(), name
    page.locator("#a .groups a").first.click()
    page.wait_for_selector("#a table")
    assert members(page)[0] == "mother"


def test_nearest_groups_lead_to_their_members(watched, site):
    page = show(watched.page, f"{site}#q=mother")
    assert page.locator("#a .groups li").count() == 4, "all other groups but the special token's"
    link = page.locator("#a .groups a").first
    word = link.locator("bdi").first.inner_text().lstrip("…")
    link.click()
    page.wait_for_function("!location.hash.includes('mother')")
    assert word in [text.lstrip("…") for text in members(page)]


def test_a_click_on_the_map_opens_the_group_of_the_point(watched, site):
    page = show(watched.page, f"{site}#q=mother")
    page.locator("#a canvas").scroll_into_view_if_needed()
    box, before = page.locator("#a canvas").bounding_box(), members(page)
    for step in range(2400):  # every ten pixels or so, until the pointer meets a point of another group
        page.mouse.move(box["x"] + box["width"] * (step % 60) / 60, box["y"] + box["height"] * (step // 60) / 40)
        if page.locator("#a .tip").is_visible() and "mother" not in page.locator("#a .tip").inner_text():
            break
    shown = page.locator("#a .tip bdi").all_inner_texts()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function("location.hash.includes('t=')")
    assert members(page)[:4] == shown and members(page) != before


def test_all_of_it_goes_by_keyboard(watched, site):
    page = show(watched.page, site)
    page.focus("#word")
    page.keyboard.press("Control+a")
    page.keyboard.type("city")
    page.wait_for_function("location.hash.includes('q=city')")
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#a tbody') !== null"):
            break
    page.keyboard.press("Tab")
    wanted = page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.includes('t=')")
    assert page.input_value("#word") == wanted.lstrip("…")
    page.focus("#grouping-a")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(f"location.hash.includes('a={SHUFFLED.grouped}')")


def test_a_word_that_is_no_subword_and_a_grouping_that_is_not_there_are_said_plainly(watched, site):
    page = show(watched.page, f"{site}#q=mothe&a=tiny/d8/none/gone-r05")
    assert "No subword of tiny is spelt mothe" in page.locator("#a .nothing").inner_text()
    assert page.locator("#hints .chip").all_inner_texts() == ["mother", "Mother", "motherhood"]
    assert "no grouping “tiny/d8/none/gone-r05”" in page.locator("#problem").inner_text()


def test_without_text_no_language_is_claimed(watched, tmp_path):
    page = show(watched.page, write_site(tmp_path, with_text=False).as_uri())
    assert page.locator("#a thead th").all_inner_texts() == ["Subword", "Script", "Cosine"]
    assert page.locator(".never").count() == 0


def test_missing_data_are_named(browser, tmp_path):
    html = write_site(tmp_path)
    (tmp_path / "data/groups" / f"{ALIGNED.grouped}.js").unlink()
    watched = Watched(browser)
    show(watched.page, html.as_uri())
    assert f"data/groups/{ALIGNED.grouped}.js cannot be read" in watched.page.locator("#a .problem").inner_text()
    assert members(watched.page, "b") or watched.page.locator("#b .nothing").count()
    watched.problems = [problem for problem in watched.problems if "ERR_FILE_NOT_FOUND" not in problem]
    watched.close()


@pytest.mark.parametrize("width", [390, 1300, 1920])
def test_nothing_overflows(browser, site, width):
    watched = Watched(browser, viewport={"width": width, "height": 900})
    assert overflow(show(watched.page, f"{site}#q=mother")) <= 0
    watched.close()
