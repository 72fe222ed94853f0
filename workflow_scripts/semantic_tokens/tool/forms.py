"""The forms of an export, and what each is for. No torch."""

FORMS = {
    "onnx": "a graph from the tokenizer's ids to hidden states, for ONNX runtimes",
    "sentence-transformers": "loads with SentenceTransformer(folder); a row for each token again, so not smaller",
    "sentence-transformers-compact": "the same with the rows of the groups; needs trust_remote_code=True",
    "compact": "a row for each group and the map to them, as `group` writes it",
    "expanded": "a row for each token again: plain AutoModel and AutoTokenizer",
    "compact-wordpiece": "a row for each group, and a tokenizer that gives group ids; WordPiece tokenizers only",
}
