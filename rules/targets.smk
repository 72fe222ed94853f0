"""Targets by name: every sibling paper's page, every study's table and figure."""

for name in SIBLINGS:

    rule:
        name:
            name
        input:
            asked_for(name, name),
            lambda wildcards, name=name: [] if getattr(CONFIG, name) is None else LAYOUT.table(name),
        localrule: True


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
