"""ColexNet: what of it is a pair of words; and pickles, of which only plain containers are read."""

import collections
import pickle
from fractions import Fraction

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.plain_pickle import read_plain_pickle
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.loaders import colexnet
from support.source_files import of_one_file


def edge(weight="3/40"):
    return {"weight": weight}


GRAPH = {
    "$bird$": {"deu:$vogel$": edge(), "swh:$ndege$": edge("1/1"), "arb:$طير$": edge()},
    "$no$one$": {"deu:$niemand$": edge(), "deu:$kein$mensch$": edge()},
    "$fowl$": {"deu:$vogel$": edge(), "deu:vog": edge(), "deu:$": edge(), "deu:$$": edge(), "deu:$huhn$": edge("0/9")},
    "$elder": {"deu:$ältester$": edge()},
    "$sing$": {"eng:$sing$": edge(), "xho:$cula$": edge(), "$song$": edge()},
    "deu:$vogel$": {"$bird$": edge(), "$fowl$": edge()},
}


def write(path, value, protocol=4):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(value, protocol))
    return path


def pairs(folder, *languages, skips=None):
    rows = colexnet.word_pairs(folder, languages, {} if skips is None else skips)
    return [(row["lang_a"], row["word_a"], row["lang_b"], row["word_b"]) for row in rows]


def test_edges_between_an_english_word_and_another_are_pairs(tmp_path):
    write(tmp_path / "colexnet_plus.pickle", GRAPH)
    skips = {}
    assert pairs(tmp_path, "de", "en", "sw", "ar", skips=skips) == [
        ("de", "vogel", "en", "bird"),
        ("en", "bird", "sw", "ndege"),
        ("ar", "طير", "en", "bird"),
        ("de", "niemand", "en", "no one"),
        ("de", "kein mensch", "en", "no one"),
        ("de", "vogel", "en", "fowl"),
    ]
    assert of_one_file(skips) == {
        "an edge of a word fragment, or of weight 0": [5, 3],
        "an edge within English": [2, 5],
        "an edge to an unknown language": [1, 5],
    }
    assert pairs(tmp_path, "en", "sw") == [("en", "bird", "sw", "ndege")]
    assert pairs(tmp_path, "de", "sw") == []  # two words of one English lemma are not paired


def test_a_pair_that_two_graphs_have_comes_once(tmp_path):
    write(tmp_path / "a.pickle", {"$bird$": {"deu:$vogel$": edge()}})
    write(tmp_path / "b.pickle", {"$bird$": {"deu:$vogel$": edge("1/2"), "deu:$vögel$": edge()}})
    assert list(colexnet.word_pairs(tmp_path, ["de", "en"], {})) == [
        {"word_a": "vogel", "lang_a": "de", "word_b": "bird", "lang_b": "en", "source": "colexnet"},
        {"word_a": "vögel", "lang_a": "de", "word_b": "bird", "lang_b": "en", "source": "colexnet"},
    ]


def test_neighbours_of_concepts_are_not_pairs_and_are_counted(tmp_path):
    path = write(tmp_path / "eva/colexification_patterns/clics.pickle", {"LEG": ["LEG", "FOOT"], "ARM": ["ARM"]})
    skips = {}
    assert pairs(tmp_path, "en", "de", skips=skips) == []
    assert of_one_file(skips) == {"a concept and its neighbours: no word pair": [2, 1]}
    assert [(file.path, file.table) for file in colexnet.find(tmp_path)] == [(path, "word_pairs")]
    assert colexnet.find(tmp_path / "absent") == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (["LEG", "FOOT"], r"net\.pickle: contains a list, but must contain"),
        ({"$a$": "b"}, r"net\.pickle, entry 1: '\$a\$' is not {concept"),
        ({"$a$": {}, 7: {}}, r"net\.pickle, entry 2: 7 is not {concept"),
        ({"$a$": {"deu:$b$": {}}}, r"entry 1, edge '\$a\$' to 'deu:\$b\$': {} has no weight like '3/40'"),
        ({"$a$": {"deu:$b$": {"weight": "1/0"}}}, "has no weight like"),
        ({"$a$": {"deu:$b$": {"weight": "x"}}}, "has no weight like"),
        ({"$a$": {"deu:$b$": 0.5}}, "has no weight like"),
    ],
)
def test_another_shape_is_an_error(tmp_path, value, message):
    write(tmp_path / "net.pickle", value)
    with pytest.raises(InputError, match=message):
        pairs(tmp_path, "en", "de")


PLAIN = {
    "a": [1, -2.5, True, None, "ü"],
    "b": ({"x": {"y"}},),
    3: b"z",
    "big": 1 << 80,
    "set": {1, 2},
    "f": frozenset("q"),
}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_containers_are_read(tmp_path, protocol):
    value = {key: PLAIN[key] for key in PLAIN if protocol >= 3 or key != 3}  # older protocols spell bytes as a call
    assert read_plain_pickle(write(tmp_path / "a.pickle", value, protocol)) == value


class _Calls:
    """A pickle of it calls `function` with `argument` when it is read."""

    def __init__(self, function, argument):
        self.function, self.argument = function, argument

    def __reduce__(self):
        return self.function, (self.argument,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_calls_something_is_refused_and_calls_nothing(tmp_path, protocol):
    victim = tmp_path / "victim"
    path = write(tmp_path / "evil.pickle", {"$a$": [_Calls(exec, f"open({str(victim)!r}, 'w')")]}, protocol)
    with pytest.raises(InputError, match=r"evil\.pickle: the pickle asks for (builtins|__builtin__)\.exec: refused"):
        list(colexnet.parse_colexnet(path, Skipped()))
    assert not victim.exists()


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (collections.OrderedDict(a=1), "collections.OrderedDict"),
        (collections.defaultdict(list), "collections.defaultdict"),
        (Fraction(1, 2), "fractions.Fraction"),
        (getattr, "builtins.getattr"),
        (_Calls(eval, "1"), "builtins.eval"),
        (Skipped(), "copyreg|semantic_tokens.sources.files.Skipped"),
    ],
)
def test_anything_else_is_refused_by_name(tmp_path, value, name):
    with pytest.raises(InputError, match=rf"a\.pickle: the pickle asks for ({name})"):
        read_plain_pickle(write(tmp_path / "a.pickle", value))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a pickle",
        pickle.dumps(PLAIN)[:-9],
        b"\x80\x04.",
        b"\x80\xff.",
        b"cos\n",
        b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f",
    ],
)
def test_bytes_that_are_not_a_whole_pickle_are_an_error(tmp_path, content):
    path = tmp_path / "a.pickle"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.pickle: not a pickle, or cut off"):
        read_plain_pickle(path)


def test_a_set_of_another_module_is_refused(tmp_path):
    path = tmp_path / "a.pickle"
    path.write_bytes(b"cos\nset\n.")
    with pytest.raises(InputError, match=r"asks for os\.set: refused"):
        read_plain_pickle(path)


def test_persistent_ids_and_extensions_are_refused(tmp_path):
    for content in (b"\x80\x04\x8c\x01aQ.", b"\x80\x04\x82\x01."):
        path = tmp_path / "a.pickle"
        path.write_bytes(content)
        with pytest.raises(InputError, match="not a pickle, or cut off"):
            read_plain_pickle(path)


def test_real_pickles(real_data):
    skips = {}
    files = colexnet.find(real_data / "colexnet")
    assert [file.path.name for file in files] == [
        "clics_neighbors_dict.pickle",
        "conceptualizer_50_neighbors_dict.pickle",
    ]
    assert read_plain_pickle(files[0].path)["PLAY"] == ["PLAY", "SPEAK", "DANCE", "GAME"]
    assert pairs(real_data / "colexnet", "en", "de", skips=skips) == []
    counted = {path.rpartition("/")[2]: skipped.rows for path, skipped in skips.items()}
    reason = "a concept and its neighbours: no word pair"
    assert counted == {files[0].path.name: {reason: [2_919, 1]}, files[1].path.name: {reason: [2_591, 1]}}
