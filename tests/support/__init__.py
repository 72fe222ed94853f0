"""What tests share: the repository's root, small data, servers, and Snakemake runs."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
STEPS = {path.stem: path for path in (ROOT / "workflow_scripts/steps").rglob("*.py")}  # name -> script
