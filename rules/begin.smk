"""How a run begins, after all rules: refuse what was asked for and cannot be made, put away what a killed run has left."""

import atexit
import shutil
from itertools import filterfalse

from snakemake.cli import get_argument_parser

from semantic_tokens import in_use
from semantic_tokens.workflow.asked import Asked


def command_line():
    """The options of Snakemake's own command line; None in another program."""
    is_snakemake = "snakemake" in Path(sys.argv[0]).parts[-2:]
    return get_argument_parser().parse_known_args(sys.argv[1:])[0] if is_snakemake else None


def refuse_what_cannot_be_made(words):
    """WorkflowError for the first word that names no rule and that none makes, or that contradicts the config."""
    asked = Asked(
        CONFIG,
        LAYOUT,
        targets=[known.name for known in workflow.rules if not known.has_wildcards() and not known.output],
        patterns=[re.sub("{([^,}]*),[^}]*}", "{\\1}", str(path)) for known in workflow.rules for path in known.output],
    )
    for word in filterfalse(workflow.is_rule, words):
        path = os.path.relpath(word)
        makers = [known for known in workflow.rules if known.is_producer(path)]
        wrong = [asked.wrong(path, maker.get_wildcards(path)) for maker in makers]
        if not makers and not Path(path).exists():
            wrong = [asked.unknown(path)]
        if any(wrong):
            raise WorkflowError(next(filter(None, wrong)))


def put_away_what_a_killed_run_left():
    """Snakemake's own lock outlives a SIGKILL, and it cannot tell whether anyone still holds it."""
    try:
        presence = in_use.Presence(Path(".snakemake/semantic-tokens.in-use"))
    except OSError:
        return  # nowhere to write: Snakemake says so itself
    atexit.register(presence.leave)
    if presence.killed_before:
        shutil.rmtree(".snakemake/locks", ignore_errors=True)
        in_use.clear_below(LAYOUT.root)
        print("The run before this one was killed: its lock and its drafts are put away.", file=sys.stderr)


# A module's targets are those of the workflow that uses it, and so is the working directory.
if workflow.is_main_process and workflow.modifier.is_main_snakefile():
    if OPTIONS := command_line():
        named = {*OPTIONS.forcerun, *OPTIONS.until, *OPTIONS.omit_from, *OPTIONS.prioritize}
        refuse_what_cannot_be_made([*OPTIONS.targets, *sorted(named)])
        if not OPTIONS.dryrun:
            put_away_what_a_killed_run_left()
