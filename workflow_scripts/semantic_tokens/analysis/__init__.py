"""What partitions are like, apart from any task: their sizes, what their groups mix, whether they group by meaning.

Pairs of tokens are counted from contingency tables, never one by one: at 5% of a real vocabulary a single group may
hold a hundred million. Measures stand beside their values for a random grouping of the same group sizes.
"""
