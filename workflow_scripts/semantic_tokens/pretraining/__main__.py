"""One process of several that pretrain a model together; started by a launcher as in docs/pretraining.md."""

import json
import logging
import sys
from pathlib import Path

from semantic_tokens.pretraining.continual import ContinualPretraining, train
from semantic_tokens.pretraining.processes import joined, rank_and_size

run = ContinualPretraining(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
with joined(run.device) as device:
    level = logging.INFO if rank_and_size()[0] == 0 else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(name)s: %(message)s")
    train(run, device)
