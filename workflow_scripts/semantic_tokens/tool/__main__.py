"""`python -m semantic_tokens.tool`: the command `semantic-tokens`."""

import sys

from semantic_tokens.tool.main import main

sys.exit(main())
