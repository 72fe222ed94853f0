"""A grouped model as a self-contained folder, in one of three forms of transformers. docs/export.md compares them.

expanded            |V| rows: plain AutoModel and AutoTokenizer, any backbone
compact             |V'| rows, the backbone's tokenizer and the partition between them (`compact.load_compact`)
compact-wordpiece   |V'| rows and a tokenizer that gives group ids itself; WordPiece alone

`onnx.py` and `sentence_transformers.py` write what other libraries read, for the command `semantic-tokens export`.
"""
