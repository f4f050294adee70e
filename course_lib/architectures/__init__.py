"""Networks that are natural in NumPy, built from the course's own layers; the others are in `architectures_torch`.

Each has a train function that takes a seed and answers the trained model and a history of curves.
"""

from course_lib.architectures.autoencoder import Autoencoder, train_autoencoder, train_denoising_autoencoder
from course_lib.architectures.boltzmann import RestrictedBoltzmann, train_boltzmann
from course_lib.architectures.hopfield import Hopfield, train_hopfield
from course_lib.architectures.mlp import MLP, train_mlp
from course_lib.architectures.words import GloVe, Word2Vec, train_glove, train_word2vec

__all__ = [  # noqa: RUF022 in the order of the course's table
    "MLP", "train_mlp", "Autoencoder", "train_autoencoder", "train_denoising_autoencoder", "Hopfield", "train_hopfield",
    "RestrictedBoltzmann", "train_boltzmann", "Word2Vec", "train_word2vec", "GloVe", "train_glove",
]  # fmt: skip
