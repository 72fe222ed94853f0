"""What only Snakemake can do: config files, wildcards, input functions, code. The rest is in `semantic_tokens/workflow/`."""

from snakemake.common.configfile import load_configfile

from semantic_tokens import conditions, siblings, tasks
from semantic_tokens.conditions import Condition
from semantic_tokens.config.loading import load
from semantic_tokens.config.origin import layers
from semantic_tokens.config.repeated_keys import refuse_repeated_keys
from semantic_tokens.config.selected import analysed, inspected, units
from semantic_tokens.errors import InputError
from semantic_tokens.workflow.fingerprint import fingerprint
from semantic_tokens.workflow.layout import ANY_ALIGNED, ANY_CONDITION, ANY_GROUPED, ANY_TRUNCATED, ANY_UNIT, Layout
from semantic_tokens.workflow.needs import Needs, files_below
from semantic_tokens.workflow.scoring import Scoring

try:
    # As a module it is given its config by the other workflow, whose files say nothing of it.
    READ = [] if workflow.modifier.skip_configfile else [*workflow.configfiles, *workflow.overwrite_configfiles]
    FILES = [(path, load_configfile(path)) for path in READ]
    for path, _ in FILES:
        refuse_repeated_keys(path)
    CONFIG = load(config, layers(FILES, workflow.config_settings.config))
except InputError as error:
    raise WorkflowError(str(error)) from None

LAYOUT = Layout(CONFIG.run.name)
NEEDS = Needs(CONFIG, LAYOUT)
SCORING = Scoring(LAYOUT, units(CONFIG), CONFIG.compute.bundles)
ALL_CONDITIONS = list(SCORING.units)
INSPECTED = inspected(CONFIG)
SIBLINGS = siblings.found()
STEPS = {path.stem: path for path in (PROJECT / "workflow_scripts/steps").rglob("*.py")}
GPUS = 0 if CONFIG.compute.device == "cpu" else 1  # that a step which computes on the device of the config asks for
GPU_MEMORY = round(1e9 * (CONFIG.compute.gpu_memory or 0))  # bytes; 0: what the device has


wildcard_constraints:
    **conditions.WILDCARDS,


# Patterns of a condition's parts, to stand in a longer one.
IN_GROUPS = {name: f"(?:{pattern})" for name, pattern in conditions.WILDCARDS.items()}


def of(function):
    """An input or a parameter of a rule: `function` of the condition that its wildcards name."""
    return lambda wildcards: function(Condition.from_wildcards(wildcards))


def code(step, *modules):
    """The meaning of a step's code, as a parameter: an edit reruns exactly the steps that may run the edited lines."""
    return fingerprint(STEPS[step], *modules)


def settings(section, without=frozenset()):
    """A section of the config as plain values, so that Snakemake can compare it with that of the last run."""
    return section.model_dump(mode="json", exclude=without)


def one_of(names):
    """A wildcard's pattern: any of the names, or nothing."""
    return "|".join(names) or "(?!)"


def memory(mb, tables=0, own=None):
    """`mem_mb`: a constant, copies of the table, `own(condition)`; doubled at each retry, as one may have run out."""
    more = own or (lambda condition: tables * NEEDS.table_mb(condition))
    return lambda wildcards, attempt: (
        mb + (more(Condition.from_wildcards(wildcards)) if tables or own else 0)
    ) * 2 ** (attempt - 1)


def shown(path, caption, category, **labels):
    """An output with its caption, category and labels in `snakemake --report`."""
    # Absolute: from a relative path the rules of the siblings would look in their own folder.
    return report(path, caption=str(PROJECT / f"captions/{caption}.rst"), category=category, labels=labels)


def asked_for(page, *sections, example="{conditions: [...]}"):
    """The page as the input of a target, or one clear line where the config lacks a section that it takes."""

    def page_if_asked_for(_):
        for name in sections:
            if getattr(CONFIG, name) is None:
                # From any other exception in an input function Snakemake prints a traceback of the rules.
                raise SystemExit(f"the config has no section `{name}`: add `{name}: {example}` (docs/config.md)")
        return LAYOUT.page(page)

    return page_if_asked_for
