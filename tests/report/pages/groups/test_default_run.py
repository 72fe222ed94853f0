"""`groups.html` of the default run, where it has been made: what a semantic token of the real encoder holds."""

import pytest

from support import ROOT
from support.browser import chromium, opened

PAGE = ROOT / "results/demo/report/groups.html"
REAL, ALIGNED = (f"e5/d384/{alignment}/kmeans-cosine-r05" for alignment in ("none", "clsa-all"))
# A word for mother in each of these languages; only in the language's own spelling, so that each stands for itself.
MOTHERS = {
    "English": "mother", "Kannada": "ತಾಯಿ", "Sinhala": "අම්මා", "Urdu": "ماں", "Gujarati": "માતા", "Telugu": "తల్లి",
    "Bengali": "মায়ের", "Punjabi": "ਮਾਂ", "Nepali": "आमा", "Belarusian": "маці", "Greek": "μητέρα", "Portuguese": "mãe",
    "Dutch": "moeder", "Tamil": "தாய்", "Mongolian": "ээж", "Armenian": "մայր", "Georgian": "დედა", "German": "Mutter",
    "French": "mère", "Spanish": "madre", "Russian": "мать", "Hindi": "माता", "Turkish": "anne", "Chinese": "妈妈",
}  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    if not PAGE.exists():
        pytest.skip(f"the default run is not here: {PAGE.relative_to(ROOT)} (make demo)")
    with chromium() as found:
        yield found


def members(page, side):
    page.locator(f"#{side} table").wait_for(timeout=60_000)
    if page.locator(f"#{side} .more").count():
        page.locator(f"#{side} .more").click()
    return page.locator(f"#{side} tbody .subword bdi").all_inner_texts()


@pytest.mark.slow
def test_mother_shares_a_group_with_her_translations(browser):
    with opened(browser, PAGE, f"#q=mother&a={REAL}&b={ALIGNED}") as (page, heard):
        real, aligned = members(page, "a"), members(page, "b")
        assert heard.from_elsewhere == heard.complaints == []
        page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
        page.click("#copy")
        link = page.evaluate("copied")
    assert {"mother", "madre", "माता"} <= set(aligned)
    assert len({language for language, word in MOTHERS.items() if word in real}) >= 10
    with opened(browser, PAGE, link[link.index("#") :]) as (second, _):
        assert (members(second, "a"), members(second, "b")) == (real, aligned)
