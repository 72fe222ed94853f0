"""The embedded world: synthetic in its sentences, real in its words.

`lexicon.tsv`, `names.tsv` and `function_words.tsv` are meant to be read and corrected by speakers. From them and one
seed, `build.tables` generates every canonical table that a download would otherwise provide. Nothing outside this
package knows that the default data is synthetic.
"""
