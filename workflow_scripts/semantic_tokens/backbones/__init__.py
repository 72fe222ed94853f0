"""Where backbones come from: published checkpoints, and tiny models with tokenizers of their own, from scratch."""
