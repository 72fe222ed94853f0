"""What a config would cost, before anything runs, and how much of each number is guessed.

Snakemake lists the jobs (`dag`); one formula per step gives the work of each (`formulas`, from the config, `items`,
`shapes` and `facts`); recorded runs or assumptions turn work into seconds (`speeds`, `costs`), a schedule turns seconds
into wall time (`schedule`), and `table` shows it.
"""
