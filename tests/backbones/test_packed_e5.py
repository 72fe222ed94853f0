"""The packed encoder: what is written four bits at a time comes back, and damage names the file."""

import struct
import unicodedata

import numpy as np
import pytest
import torch

from semantic_tokens.backbones import packed_e5
from semantic_tokens.errors import InputError

HIDDEN, LAYERS, HEADS, FEED_FORWARD, ROWS, POSITIONS, TYPES = 32, 2, 4, 64, 12, 16, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁tomato", "▁tomate", "s", "é", "<mask>"]
SCORES = [0.0, 0.0, 0.0, 0.0, -3.0, -1.0, -1.5, -2.0, -4.0, 0.0]


def matrix(rng, rows, columns):
    """(bytes in blocks of 32 values, the values)."""
    scales = rng.uniform(0.01, 0.1, rows * columns // 32).astype("<f2")
    halves = rng.integers(0, 16, (len(scales), 32), dtype=np.uint8)
    packed = b"".join(
        scale.tobytes() + (half[:16] | half[16:] << 4).tobytes() for scale, half in zip(scales, halves, strict=True)
    )
    return packed, ((halves.astype(np.float32) - 8) * scales.astype(np.float32)[:, None]).reshape(rows, columns)


def tensors(rng):
    """Name in the file -> (type, bytes, values), in the order written."""
    found = {"emb.word": (1, *matrix(rng, ROWS, HIDDEN))}

    def plain(name, *shape):
        values = rng.normal(size=shape).astype("<f4")
        found[name] = (0, values.tobytes(), values)

    plain("emb.pos", POSITIONS, HIDDEN)
    plain("emb.type", TYPES, HIDDEN)
    plain("emb.ln.w", HIDDEN)
    plain("emb.ln.b", HIDDEN)
    for layer in range(LAYERS):
        for name, rows, columns in (
            *((name, HIDDEN, HIDDEN) for name in ("q", "k", "v", "ao")),
            ("fi", FEED_FORWARD, HIDDEN),
            ("fo", HIDDEN, FEED_FORWARD),
        ):
            found[f"l{layer}.{name}.w"] = (1, *matrix(rng, rows, columns))
            plain(f"l{layer}.{name}.b", rows)
        for name in ("aln", "oln"):
            plain(f"l{layer}.{name}.w", HIDDEN)
            plain(f"l{layer}.{name}.b", HIDDEN)
    return found


def packed(found, magic=b"E5S1", version=1, block=32):
    """The bytes of a file that holds these tensors."""
    blob = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, blob)]).astype("<u4").tobytes()
    head = magic + struct.pack("<I7i", version, HIDDEN, LAYERS, HEADS, FEED_FORWARD, ROWS, POSITIONS, TYPES)
    head += struct.pack("<fi5i", 1e-12, block, len(PIECES), 0, 2, 1, 3)
    head += struct.pack("<Q", sum(map(len, blob))) + offsets + np.array(SCORES, "<f4").tobytes() + b"".join(blob)
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0x9, 1, 0x20)  # a tab becomes a blank
    head += struct.pack("<i", len(found))
    entry = struct.calcsize("<BIQQ")
    at = len(head) + sum(2 + len(name) + entry for name in found)
    for name, (kind, content, values) in found.items():
        head += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, values.size, at, len(content))
        at += len(content)
    return head + b"".join(content for _, content, _ in found.values())


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def found(rng):
    return tensors(rng)


def write(path, content):
    path.write_bytes(content)
    return path


def test_every_tensor_comes_back_under_berts_name(tmp_path, found):
    model, _ = packed_e5.load(write(tmp_path / "e5.bin", packed(found)))
    state = model.state_dict()

    def same(name, key):
        return np.array_equal(state[name].numpy(), found[key][2])

    assert same("embeddings.word_embeddings.weight", "emb.word")
    assert same("embeddings.position_embeddings.weight", "emb.pos")
    assert same("embeddings.token_type_embeddings.weight", "emb.type")
    assert same("encoder.layer.1.attention.self.key.weight", "l1.k.w")
    assert same("encoder.layer.0.attention.output.dense.bias", "l0.ao.b")
    assert same("encoder.layer.0.intermediate.dense.weight", "l0.fi.w")
    assert same("encoder.layer.1.output.dense.weight", "l1.fo.w")
    assert same("encoder.layer.1.attention.output.LayerNorm.weight", "l1.aln.w")
    assert same("encoder.layer.1.output.LayerNorm.bias", "l1.oln.b")
    assert sum(tensor.numel() for tensor in state.values()) == sum(values.size for _, _, values in found.values())
    assert model.config.architectures == ["BertModel"] and not model.training


def test_the_encoder_runs_on_what_the_tokenizer_gives(tmp_path, found):
    model, tokenizer = packed_e5.load(write(tmp_path / "e5.bin", packed(found)))
    assert len(tokenizer) == len(PIECES) < ROWS, "rows beyond the tokens round their number up"
    assert (tokenizer.pad_token_id, tokenizer.unk_token_id, tokenizer.mask_token_id) == (1, 3, 9)
    batch = tokenizer(["tomato  tomates", "é"], padding=True, return_tensors="pt")
    assert batch.input_ids.tolist() == [[0, 5, 6, 7, 2], [0, 4, 8, 2, 1]]
    assert tokenizer("tomato", "s").input_ids == [0, 5, 2, 2, 4, 7, 2]
    assert torch.isfinite(model(**batch).last_hidden_state).all()


def test_of_two_marks_on_a_letter_the_second_is_dropped_as_upstream_does(tmp_path, found):
    _, tokenizer = packed_e5.load(write(tmp_path / "e5.bin", packed(found)))
    normalise = tokenizer.backend_tokenizer.normalizer.normalize_str
    acute, below, macron = "\u0301", "\u0323", "\u0304"
    assert normalise(f"e{below}{acute}n") == "\u1eb9n"
    for kept in (f"\u1eb9{acute}", f"n{macron}{acute}", f"q{below}{acute}", f"e{acute}"):
        assert normalise(kept) == unicodedata.normalize("NFKC", kept), "an only mark, or one that stands for itself"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"magic": b"E5S2"}, "begins with b'E5S2', version 1; allowed: b'E5S1', version 1"),
        ({"version": 2}, "begins with b'E5S1', version 2; allowed: b'E5S1', version 1"),
        ({"block": 64}, "blocks of 64 values; allowed: 32"),
    ],
)
def test_another_version_of_the_format_is_refused(tmp_path, found, changes, message):
    path = write(tmp_path / "e5.bin", packed(found, **changes))
    with pytest.raises(InputError) as error:
        packed_e5.load(path)
    assert str(error.value) == f"{path}: {message}"


def test_a_file_that_is_cut_off_anywhere_is_refused(tmp_path, found):
    whole = packed(found)
    for end in [*range(0, len(whole), max(1, len(whole) // 60)), len(whole) - 1]:
        path = write(tmp_path / "e5.bin", whole[:end])
        with pytest.raises(InputError, match=r"e5\.bin: "):
            packed_e5.load(path)


def test_a_tensor_of_another_shape_is_named(tmp_path, found, rng):
    found["l1.q.w"] = (1, *matrix(rng, HIDDEN, 2 * HIDDEN))
    with pytest.raises(InputError, match=r"l1\.q\.w has 2048 values, but its shape should be \(32, 32\)"):
        packed_e5.load(write(tmp_path / "e5.bin", packed(found)))
    del found["l1.q.w"]
    with pytest.raises(InputError, match=r"KeyError\('l1\.q\.w'\)"):
        packed_e5.load(write(tmp_path / "e5.bin", packed(found)))
