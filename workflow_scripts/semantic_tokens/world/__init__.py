"""The embedded world: synthetic in its sentences, real in its words.

`lexicon.tsv`, `names.tsv` and `function_words.tsv` are meant to be read and corrected by speakers. From them and one
seed, `build.tables` generates every canonical table that a download would otherwise provide. Steps that read tables do
not know which it was; the config (`data.kind`), the estimate, the pages and the probing of parallel sentences do.
"""
