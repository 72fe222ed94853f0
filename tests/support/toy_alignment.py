"""The settings of an alignment of a toy table, shared by the tests of CLSA and of its shuffled control."""

from dataclasses import dataclass


@dataclass
class Settings:
    temperature: float = 0.1
    batch_size: int = 64
    epochs: int = 10
    learning_rates: tuple[float, ...] = (0.1,)  # rows of the toys have unit entries
    held_out: float = 0.1
    language_sampling: float = 0.7
