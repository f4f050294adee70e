"""The pictures of the specialized losses: computed by `course_lib.losses`, or of what the chapter has measured."""

from course_lib.figures.specialized_losses.adversarial import clouds, pulls
from course_lib.figures.specialized_losses.embeddings import (
    embedding,
    learning_film,
    pair_distance,
    similarities,
    temperature,
    triplet_arrows,
    words,
)
from course_lib.figures.specialized_losses.masks import marked, thresholds
from course_lib.figures.specialized_losses.play import explorer, temperature_explorer
from course_lib.figures.specialized_losses.ranking import bars, growth, judges, pair_losses, pair_table
from course_lib.figures.specialized_losses.rewards import grid_world, returns, values_spread

__all__ = [
    "bars",
    "clouds",
    "embedding",
    "explorer",
    "grid_world",
    "growth",
    "judges",
    "learning_film",
    "marked",
    "pair_distance",
    "pair_losses",
    "pair_table",
    "pulls",
    "returns",
    "similarities",
    "temperature",
    "temperature_explorer",
    "thresholds",
    "triplet_arrows",
    "values_spread",
    "words",
]
