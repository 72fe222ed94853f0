"""What precedes a dictionary's headword, in every loader of dictionaries."""

import pytest

from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.headwords import IN_FRONT, NOTE, headword
from semantic_tokens.sources.languages import LANGUAGES
from semantic_tokens.sources.loaders import concepticon, muse, panlex


@pytest.mark.parametrize(
    ("entry", "lang", "expected"),
    [
        ("to float", "en", "float"),
        ("The  sky", "en", "sky"),
        ("die Königin", "de", "Königin"),
        ("l'eau", "fr", "eau"),
        ("l’herbe", "fr", "herbe"),
        ("la joven", "es", "joven"),
        ("gli occhi", "it", "occhi"),
        ("het huis", "nl", "huis"),
        # Part of the meaning, or of another entry than a word.
        ("a few", "en", "a few"),
        ("ein wenig", "de", "ein wenig"),
        ("zu Fuß", "de", "zu Fuß"),
        ("se laver", "fr", "se laver"),
        ("s'asseoir", "fr", "s'asseoir"),
        ("the back of the hand", "en", "the back of the hand"),
        ("to", "en", "to"),
        ("the", "en", "the"),
        ("together", "en", "together"),
        ("l'", "fr", "l'"),
        ("die", "de", "die"),
        ("die cast", "en", "die cast"),
        ("the sky", "sw", "the sky"),
    ],
)
def test_the_word_of_an_entry(entry, lang, expected):
    skipped = Skipped()
    assert headword(entry, lang, 7, skipped) == expected
    assert skipped.notes == ({NOTE: [1, 7]} if expected != entry else {})


def test_the_list_is_of_known_languages_and_in_lower_case():
    assert IN_FRONT.keys() <= LANGUAGES.keys()
    assert all(front == front.lower().strip() for fronts in IN_FRONT.values() for front in fronts)


def test_every_loader_reduces_and_counts(tmp_path):
    (tmp_path / "map-de.tsv").write_text("ID\tGLOSS\tPRIORITY\n1\tQUEEN///die Königin\t1\n2\tSKY///Himmel\t1\n")
    (tmp_path / "en-de.txt").write_text("the queen\tdie Königin\nqueen\tKönigin\n")
    header = "id\tlangvar\ttxt\ttxt_degr\tmeaning\tlangvar_uid\n"
    (tmp_path / "deu.tsv").write_text(f"{header}1\t1\tdie Königin\tx\t5\tdeu-000\n")
    mapped, listed, mirrored = Skipped(), Skipped(), Skipped()
    rows = list(concepticon.parse_mapping(tmp_path / "map-de.tsv", mapped, lang="de"))
    assert [row["word"] for row in rows] == ["Königin", "Himmel"]
    pairs = muse.parse_pairs(tmp_path / "en-de.txt", listed, lang_a="en", lang_b="de", source="muse")
    assert {(row["word_a"], row["word_b"]) for row in pairs} == {("queen", "Königin")}
    assert [row["word"] for row in panlex.parse_mirror(tmp_path / "deu.tsv", mirrored, lang="de")] == ["Königin"]
    assert (mapped.notes, listed.notes, mirrored.notes) == ({NOTE: [1, 2]}, {NOTE: [2, 1]}, {NOTE: [1, 2]})


def test_upstreams_concepts(real_data):
    """Of the German forms a quarter has an article."""
    skipped = Skipped()
    rows = list(concepticon.parse_mapping(real_data / "concepticon-data/mappings/map-de.tsv", skipped, lang="de"))
    assert len(rows) > 3000
    assert sum(row["word"][0].isupper() for row in rows) > 2000
    assert not any(row["word"].split()[0] in IN_FRONT["de"] and len(row["word"].split()) == 2 for row in rows)
    assert skipped.notes[NOTE][0] > 800
