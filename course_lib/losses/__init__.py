"""Losses: `forward(prediction, target)` -> scalar, `backward()` -> its gradient for the prediction.

Losses of numbers, of probabilities and logits, of rankings, of embeddings, of masks; then adversarial and
reinforcement-learning losses. A loss that trains several inputs gives their gradients in the order of forward.
"""

from course_lib.losses.adversarial import Wasserstein
from course_lib.losses.classification import (
    BinaryCrossEntropy,
    BinaryCrossEntropyWithLogits,
    CategoricalCrossEntropy,
    CrossEntropy,
    Focal,
    Hinge,
    KLDivergence,
    SoftMargin,
    SquaredHinge,
)
from course_lib.losses.contrastive import (
    Contrastive,
    CosineEmbedding,
    HingeEmbedding,
    InfoNCE,
    NegativeSampling,
    TripletMargin,
)
from course_lib.losses.ranking import MarginRanking, PairwiseHinge, PairwiseLogistic
from course_lib.losses.regression import (
    CosineSimilarity,
    Euclidean,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    PoissonNLL,
    SmoothL1,
    SumSquaredError,
)
from course_lib.losses.reinforcement import BellmanMSE, PolicyGradient
from course_lib.losses.segmentation import Dice

__all__ = [  # noqa: RUF022 in the order of the chapters
    "SumSquaredError", "Euclidean", "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError", "Huber", "SmoothL1", "LogCosh", "PoissonNLL", "CosineSimilarity",
    "CrossEntropy", "CategoricalCrossEntropy", "BinaryCrossEntropy", "BinaryCrossEntropyWithLogits",
    "KLDivergence", "Hinge", "SquaredHinge", "SoftMargin", "Focal",
    "MarginRanking", "PairwiseHinge", "PairwiseLogistic", "TripletMargin", "CosineEmbedding", "HingeEmbedding",
    "Contrastive", "InfoNCE", "NegativeSampling", "Dice", "Wasserstein", "BellmanMSE", "PolicyGradient",
]  # fmt: skip
