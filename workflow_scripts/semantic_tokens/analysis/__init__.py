"""What partitions are like, independent of any task: their sizes, what their groups mix, whether they group by meaning.

Pairs of tokens are counted from contingency tables, never one by one: at 5% of a real vocabulary a single group may
hold a hundred million. Each measure comes with its value for a random grouping of the same group sizes.
"""
