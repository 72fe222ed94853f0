"""`groups.html` in a real browser: what is typed, shown, linked and never executed."""

from urllib.parse import quote

import pytest

from support.browser import WIDTHS, barriers, chromium, opened
from support.toy_browser import ALIGNED, LANGUAGES, NEVER, OTHER, RUN, SCRIPT, SHUFFLED, write_site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return write_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser, site):
    """The page as it opens. Whatever a test does in it, it asks nothing of the network and nothing goes wrong in it."""
    with opened(browser, site) as (found, heard):
        dialogs = []
        found.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        found.wait_for_selector("body[data-shown]")
        yield found
        assert heard.from_elsewhere == heard.complaints == dialogs == []


def show(page, site, anchor):
    """Open another address of it and wait until both groupings are shown."""
    page.goto("about:blank")
    page.goto(f"{site.as_uri()}{anchor}")
    page.wait_for_selector("body[data-shown]")


def members(page, side="a"):
    return page.locator(f"#{side} tbody .subword bdi").all_inner_texts()


def row(page, text, side="a"):
    return page.locator(f"#{side} tbody tr").filter(has=page.locator("th").get_by_text(text, exact=True))


def test_it_opens_with_the_first_keyword_that_is_a_subword(page, site):
    assert page.input_value("#word") == "mother"
    assert {"mother", "madre", "أم", "妈妈", "माता", "Mother", "anne"} == set(members(page))
    assert page.locator("#a select").input_value() == ALIGNED.grouped
    assert page.locator("#b select").input_value() == SHUFFLED.grouped


def test_a_word_is_found_as_it_is_typed_and_its_members_say_what_they_are(page, site):
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


def test_members_that_never_occur_are_flagged_and_no_others(page, site):
    show(page, site, "#q=mother")
    flagged = page.locator("#a tr.absent bdi").all_inner_texts()
    assert set(flagged) == {token.lstrip("▁") for token in NEVER} & set(members(page))
    assert len(flagged) == 2


def test_a_link_opens_the_same_in_another_page(page, browser, site):
    show(page, site, f"#q=city&a={SHUFFLED.grouped}&b={OTHER.grouped}")
    page.locator("#b tbody a").last.click()
    page.wait_for_function("location.hash.includes('t=')")
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.click("#copy")
    link = page.evaluate("copied")
    with opened(browser, site, link[link.index("#") :]) as (second, _):
        second.wait_for_selector("body[data-shown]")
        assert second.url == link
        for side in "ab":
            assert members(second, side) == members(page, side) != []
            assert second.input_value(f"#grouping-{side}") == page.input_value(f"#grouping-{side}")
        assert second.input_value("#word") == page.input_value("#word")


def test_a_form_may_ask_as_well_as_a_link(page, site):
    page.goto(f"{site.as_uri()}?q=city")
    page.wait_for_selector("body[data-shown]")
    assert page.locator("#a .asked bdi").inner_text() == "city"


def test_arabic_runs_from_right_to_left_and_chinese_says_its_language(page, site):
    show(page, site, "#q=mother")
    arabic, chinese = row(page, "أم").locator("th"), row(page, "妈妈").locator("th")
    assert (arabic.get_attribute("dir"), arabic.get_attribute("lang")) == ("rtl", "ar")
    assert (chinese.get_attribute("dir"), chinese.get_attribute("lang")) == ("ltr", "zh")
    assert arabic.locator("bdi").get_attribute("dir") == "rtl"


@pytest.mark.parametrize("typed", ["İstanbul", "i̇stanbul", "İSTANBUL"])
def test_a_letter_whose_lower_case_is_longer_finds_its_token_and_shifts_no_other(page, site, typed):
    show(page, site, f"#q={quote(typed)}")
    assert page.locator("#a .asked bdi").inner_text() == "İstanbul"
    for after in ("العربية", "alert", "…?"):
        show(page, site, f"#q={quote(after.lstrip('…'))}")
        assert page.locator("#a .asked bdi").inner_text() == after


def test_names_that_look_like_markup_are_shown_and_never_executed(page, site):
    show(page, site, f"#q={quote(SCRIPT)}")
    assert SCRIPT in members(page)
    assert RUN in page.locator(".back").inner_text() and RUN in page.title()
    show(page, site, "#q=city")
    assert LANGUAGES[-1] in row(page, "city").locator(".languages").inner_text()
    assert page.evaluate("document.querySelectorAll('img, #a script, #b script, main b').length") == 0


def test_lists_hold_the_groups_that_they_name(page, site):
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


def test_nearest_groups_lead_to_their_members(page, site):
    show(page, site, "#q=mother")
    assert page.locator("#a .groups li").count() == 4, "all other groups but the special token's"
    link = page.locator("#a .groups a").first
    word = link.locator("bdi").first.inner_text().lstrip("…")
    link.click()
    page.wait_for_function("!location.hash.includes('mother')")
    assert word in [text.lstrip("…") for text in members(page)]


def test_a_click_on_the_map_opens_the_group_of_the_point(page, site):
    show(page, site, "#q=mother")
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


def test_all_of_it_goes_by_keyboard(page, site):
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


def test_a_word_that_is_no_subword_and_a_grouping_that_is_not_there_are_said_plainly(page, site):
    show(page, site, "#q=mothe&a=tiny/d8/none/gone-r05")
    assert "No subword of tiny is spelt mothe" in page.locator("#a .nothing").inner_text()
    assert page.locator("#hints .chip").all_inner_texts() == ["mother", "Mother", "motherhood"]
    assert "no grouping “tiny/d8/none/gone-r05”" in page.locator("#problem").inner_text()


def test_without_text_no_language_is_claimed(browser, tmp_path):
    with opened(browser, write_site(tmp_path, with_text=False)) as (page, _):
        page.wait_for_selector("body[data-shown]")
        assert page.locator("#a thead th").all_inner_texts() == ["Subword", "Script", "Cosine"]
        assert page.locator(".never").count() == 0


def test_missing_data_are_named(browser, tmp_path):
    html = write_site(tmp_path)
    (tmp_path / "data/groups" / f"{ALIGNED.grouped}.js").unlink()
    with opened(browser, html) as (page, _):
        page.wait_for_selector("body[data-shown]")
        assert f"data/groups/{ALIGNED.grouped}.js cannot be read" in page.locator("#a .problem").inner_text()
        assert "mother" in members(page, "b"), "the other grouping is shown all the same"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_overflows_and_axe_finds_no_serious_barrier(browser, site, width, scheme):
    with opened(browser, site, "#q=mother", width, color_scheme=scheme) as (page, _):
        page.wait_for_selector("#a table")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert barriers(page) == []
        page.click(".presets a[data-list=largest]")
        page.wait_for_selector("#a .groups")
        assert barriers(page) == []
