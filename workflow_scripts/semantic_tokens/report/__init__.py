"""From score rows to tables, pictures and the page. Nothing here reads anything but scores, partitions and words.

`scores` collects them; `table5` averages and compares with the oracle; `figures` draws a study (`lines`, `bars`,
`figure10`); `claims` judges; `groups` and `languages` write what `analysis` and scores give; `manifest`
says what ran where; `page` shows it all.
"""

from semantic_tokens.tasks import declared

TASK_ORDER = tuple(declared())  # that of the paper's figures, then tasks of the user
PAPER_TASKS = tuple(name for name, task in declared().items() if task.place is not None)
CLASSIFICATION = tuple(name for name in PAPER_TASKS if not declared()[name].embedding)  # as in the paper's Table 1
TASK_NAMES = {name: task.title for name, task in declared().items()}
METRIC_NAMES = {metric: name for task in declared().values() for metric, name in task.metrics.items()}
PRIMARY_METRIC = {name: task.metric for name, task in declared().items()}
