"""What the jobs of the sibling papers have to do: one module a slice, which goes with it."""
