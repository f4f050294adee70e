"""The losses of `losses` in PyTorch: any device, gradients by autograd.

Shapes are checked, values are not: to look at one would wait for the device.
"""

from course_lib.losses_torch.adversarial import Wasserstein
from course_lib.losses_torch.classification import (
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
from course_lib.losses_torch.contrastive import (
    Contrastive,
    CosineEmbedding,
    HingeEmbedding,
    InfoNCE,
    NegativeSampling,
    TripletMargin,
)
from course_lib.losses_torch.ranking import MarginRanking, PairwiseHinge, PairwiseLogistic
from course_lib.losses_torch.regression import (
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
from course_lib.losses_torch.reinforcement import BellmanMSE, PolicyGradient
from course_lib.losses_torch.segmentation import Dice

__all__ = [  # noqa: RUF022 in the order of the chapters
    "SumSquaredError", "Euclidean", "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError", "Huber", "SmoothL1", "LogCosh", "PoissonNLL", "CosineSimilarity",
    "CrossEntropy", "CategoricalCrossEntropy", "BinaryCrossEntropy", "BinaryCrossEntropyWithLogits",
    "KLDivergence", "Hinge", "SquaredHinge", "SoftMargin", "Focal",
    "MarginRanking", "PairwiseHinge", "PairwiseLogistic", "TripletMargin", "CosineEmbedding", "HingeEmbedding",
    "Contrastive", "InfoNCE", "NegativeSampling", "Dice", "Wasserstein", "BellmanMSE", "PolicyGradient",
]  # fmt: skip
