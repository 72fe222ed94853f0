"""A target for every study, by the study's name: its table and its figure."""

for name in CONFIG.studies:
    if rules.has(name):
        raise WorkflowError(f"studies.{name}: there is another target of this name; rename the study")

    rule:
        name:
            name
        input:
            LAYOUT.study(name, "table5.csv"),
            LAYOUT.study(name, "figure.svg") if name in DRAWN else [],
        localrule: True
