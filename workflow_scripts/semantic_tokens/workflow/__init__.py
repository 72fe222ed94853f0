"""Where Snakemake and the library meet: paths, steps, devices, fingerprints of code."""
