"""The paper's Tables 1 to 5 of a run, as LaTeX that a paper can take in."""
