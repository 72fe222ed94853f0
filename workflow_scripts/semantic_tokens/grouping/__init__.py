"""Grouping: from an embedding table and a vocabulary to a VocabularyPartition (paper, section 2.1).

A new grouping method is one new file in `methods/`: a module with `METHOD`, its traits (`method.py`), and
`partition(inputs: GroupingInputs) -> VocabularyPartition`. The module's name is the method's name, underscores for
hyphens, so `methods/my_way.py` is at once `my-way-r05` in a condition. `inputs.py` has what methods share: the number
of clusters, the numbering.
"""
