"""A target for every study, by the study's name: its table and its figure."""

for name in CONFIG.studies:
    if rules.has(name):
        raise WorkflowError(f"studies.{name}: there is another target of this name; call the study otherwise")

    rule:
        name:
            name
        input:
            f"{RESULTS}/studies/{name}/table5.csv",
            f"{RESULTS}/studies/{name}/figure.svg" if name in DRAWN else [],
        localrule: True
