"""Backbones: tiny ones pretrained from scratch, in the place where a pinned download stands for the real ones."""
