"""What the jobs of `transfer` have to do: its fine-tuning is that of a study."""

FORMULAS: dict[str, object] = {}
FREE = {"measure_transfer": "compares scores", "draw_transfer": "draws figures and a page"}
UNKNOWN: dict[str, str] = {}
