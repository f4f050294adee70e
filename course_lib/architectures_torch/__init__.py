"""Networks that are natural in PyTorch, built from the course's own layers; the others are in `architectures`.

Each has a train function that takes a seed and answers the trained model and a history of curves.
"""

from course_lib.architectures_torch.adversarial import Discriminator, Generator, train_gan, train_wasserstein_gan
from course_lib.architectures_torch.cnn import CNN, train_cnn
from course_lib.architectures_torch.deconvolution import DeconvolutionalNet, train_deconvolution
from course_lib.architectures_torch.policy import Policy, train_policy
from course_lib.architectures_torch.q_learning import QNetwork, train_q_learning
from course_lib.architectures_torch.residual import ResidualNet, train_residual
from course_lib.architectures_torch.sequence import SequenceClassifier, train_sequence
from course_lib.architectures_torch.transfer import TransferNet, train_transfer
from course_lib.architectures_torch.transformer import CharacterTransformer, train_transformer
from course_lib.architectures_torch.turing import NeuralTuringMachine, train_turing
from course_lib.architectures_torch.variational import VariationalAutoencoder, train_variational

__all__ = [  # noqa: RUF022 in the order of the course's table
    "CNN", "train_cnn", "SequenceClassifier", "train_sequence", "VariationalAutoencoder", "train_variational",
    "DeconvolutionalNet", "train_deconvolution", "Generator", "Discriminator", "train_gan", "train_wasserstein_gan",
    "ResidualNet", "train_residual", "NeuralTuringMachine", "train_turing", "CharacterTransformer", "train_transformer",
    "TransferNet", "train_transfer", "QNetwork", "train_q_learning", "Policy", "train_policy",
]  # fmt: skip
