"""Where Snakemake and the library meet: steps, devices, fingerprints of code."""
