"""The chart that the page opens with."""

from xml.etree import ElementTree

import pytest

from semantic_tokens.report.pages.retained_chart import Mark, Series, draw


def groups(value):
    svg = ElementTree.fromstring(str(draw(["NER"], [Series("kmeans", "K-Means", (Mark(value, 0.4, 3.0),))], "about")))
    (group,) = svg.findall("g")
    return group


def test_a_mark_lies_at_its_value():
    group = groups(0.95)
    low, high = 0.4, 1.25
    assert float(group.find("circle").get("cx").rstrip("%")) == pytest.approx(
        100 * (0.95 - low) / (high - low), abs=0.01
    )
    assert group.find("text") is None


def test_a_mark_past_the_axis_is_told_by_its_number_and_not_drawn_on_the_edge():
    group = groups(2.214)
    assert group.find("circle") is None
    assert group.find("text").text == "221.4% →"
    assert "221.4%" in group.find("title").text
