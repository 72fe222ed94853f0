"""Where backbones come from: published checkpoints, and tiny models with their own tokenizers, from scratch."""
