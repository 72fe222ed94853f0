"""What a config would cost, before anything runs, and how far each number is guessed.

Snakemake lists the jobs (`dag`); one formula a step gives the work of each (`formulas`, from the config, `items`,
`shapes` and `facts`); recorded runs or assumptions turn work into seconds (`speeds`, `costs`), a schedule turns those
into wall time (`schedule`), and `table` shows it.
"""
