"""Losses of embeddings, vectors in which nearness means likeness."""

import numpy as np

from course_lib.activations import LogSoftmax
from course_lib.losses.base import Loss, log1p_exp, overflow_is_inf, sigmoid
from course_lib.losses.inputs import alike, beside, matrix, signs_beside
from course_lib.validation import floats, number, one_of, signs

EPS = 1e-8  # a shorter vector counts as this long, as in CosineSimilarity


class TripletMargin(Loss):
    """max(0, d(anchor, positive) − d(anchor, negative) + margin), d Euclidean, mean over examples.

    anchor, positive, negative (…, D) -> a loss for each example; backward() -> the gradients for all three, 0 at the
    kink and where d is 0. squared takes d² for d, as the source does, there with margin 0.2.
    Schroff, Kalenichenko and Philbin (2015), FaceNet, arXiv:1503.03832.
    """

    def __init__(self, margin=1.0, squared=False, reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, 0, np.inf)
        self.squared = one_of("squared", squared, (False, True))

    @overflow_is_inf
    def forward(self, anchor, positive, negative):
        anchor, positive, negative = alike(axes=1, anchor=anchor, positive=positive, negative=negative)
        near, self.near_slope = self.distance(anchor - positive)
        far, self.far_slope = self.distance(anchor - negative)
        self.slack = np.maximum(0, near - far + self.margin)
        return self.reduce(self.slack)

    def distance(self, x):
        """-> the length of x, or its square, and the gradient of that for x"""
        if self.squared:
            return (x**2).sum(axis=-1), 2 * x
        return _length(x)[..., 0], _direction(x)

    def backward(self, dy=1.0):
        each = (self.upstream(dy) * (self.slack > 0))[..., None]
        near, far = each * self.near_slope, each * self.far_slope
        return near - far, -near, far


class CosineEmbedding(Loss):
    """1 − cos(x1, x2) where target is +1, max(0, cos(x1, x2) − margin) where it is −1; mean over examples.

    x1, x2 (…, D), target (…) -> a loss for each example; backward() -> the gradients for x1 and for x2, 0 at the kink.
    A norm below 1e-8 counts as that.
    """

    def __init__(self, margin=0.0, reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, -1, 1, or_low=True)

    def forward(self, x1, x2, target):
        self.x1, self.x2 = alike(axes=1, x1=x1, x2=x2)
        cos = (_unit(self.x1) * _unit(self.x2)).sum(axis=-1)
        self.target = signs_beside("x1", self.x1, cos, target)
        self.slack = np.maximum(0, cos - self.margin)
        return self.reduce(np.where(self.target > 0, 1 - cos, self.slack))

    def backward(self, dy=1.0):
        each = self.upstream(dy)
        dcos = np.where(self.target > 0, -each, each * (self.slack > 0))[..., None]
        return _back(self.x1, dcos * _unit(self.x2)), _back(self.x2, dcos * _unit(self.x1))


class HingeEmbedding(Loss):
    """prediction where target is +1, max(0, margin − prediction) where it is −1; mean over all elements.

    The prediction is a distance, of one shape with target; subgradient 0 at the kink.
    """

    def __init__(self, margin=1.0, reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, 0, np.inf)

    def forward(self, prediction, target):
        prediction, self.target = signs(prediction, target)
        self.slack = np.maximum(0, self.margin - prediction)
        return self.reduce(np.where(self.target > 0, prediction, self.slack))

    def backward(self, dy=1.0):
        each = self.upstream(dy)
        return np.where(self.target > 0, each, -each * (self.slack > 0))


class Contrastive(Loss):
    """½d² where target is +1 (alike), ½max(0, margin − d)² where it is −1, d = ‖x1 − x2‖; mean over examples.

    x1, x2 (…, D), target (…) -> a loss for each example; backward() -> the gradients for x1 and for x2, 0 where d is 0.
    Hadsell, Chopra and LeCun (2006), Dimensionality reduction by learning an invariant mapping,
    doi:10.1109/CVPR.2006.100, who write 0 for alike and 1 for not.
    """

    def __init__(self, margin=1.0, reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, 0, np.inf)

    @overflow_is_inf
    def forward(self, x1, x2, target):
        x1, x2 = alike(axes=1, x1=x1, x2=x2)
        self.error = x1 - x2
        d = _length(self.error)[..., 0]
        self.target = signs_beside("x1", x1, d, target)
        self.slack = np.maximum(0, self.margin - d)
        return self.reduce(np.where(self.target > 0, d, self.slack) ** 2 / 2)

    def backward(self, dy=1.0):
        each, near, slack = self.upstream(dy)[..., None], self.target[..., None] > 0, self.slack[..., None]
        dx1 = each * np.where(near, self.error, -slack * _direction(self.error))
        return dx1, -dx1


class InfoNCE(Loss):
    """½CE(s_i, i) + ½CE(sᵀ_i, i) in nats, s_ij = cos(x1_i, x2_j)/temperature, CE as CrossEntropy; mean over examples.

    x1, x2 (N, D) -> a loss for each row i: of all x2 in the batch only that of the same row is right, and of all x1,
    too. backward() -> the gradients for x1 and for x2. A norm below 1e-8 counts as that.
    van den Oord, Li and Vinyals (2018), arXiv:1807.03748; both ways as in CLIP, which learns the temperature,
    starting from 0.07: Radford et al. (2021), arXiv:2103.00020.
    """

    def __init__(self, temperature=0.07, reduction="mean"):
        super().__init__(reduction)
        self.temperature = number("temperature", temperature, 0, np.inf)

    def forward(self, x1, x2):
        self.x1, self.x2 = alike(x1=x1, x2=x2)
        matrix("x1", self.x1, "(N, D)")
        s = _unit(self.x1) @ _unit(self.x2).T / self.temperature
        rows, columns = LogSoftmax().forward(s), LogSoftmax().forward(s.T).T
        self.rows, self.columns = np.exp(rows), np.exp(columns)
        return self.reduce(-(np.diag(rows) + np.diag(columns)) / 2)

    def backward(self, dy=1.0):
        each = self.upstream(dy)
        ds = (each[:, None] * self.rows + each * self.columns) / 2 - np.diag(each)
        dcos = ds / self.temperature
        return _back(self.x1, dcos @ _unit(self.x2)), _back(self.x2, dcos.T @ _unit(self.x1))


class NegativeSampling(Loss):
    """−log σ(context·center) − Σ_k log σ(−negative_k·center), mean over examples.

    center, context (…, D), negatives (…, K, D) -> a loss for each example; backward() -> the gradients for all three.
    Mikolov et al. (2013), Distributed representations of words and phrases, arXiv:1310.4546.
    """

    def forward(self, center, context, negatives):
        self.center, self.context = alike(axes=1, center=center, context=context)
        self.negatives = floats("negatives", negatives, axes=2).astype(self.center.dtype)
        shape = self.center.shape
        beside("center", self.center, (*shape[:-1], self.negatives.shape[-2], shape[-1]), negatives=self.negatives)
        self.right = (self.context * self.center).sum(axis=-1, keepdims=True)
        self.wrong = (self.negatives * self.center[..., None, :]).sum(axis=-1)
        return self.reduce(log1p_exp(-self.right)[..., 0] + log1p_exp(self.wrong).sum(axis=-1))

    def backward(self, dy=1.0):
        each = self.upstream(dy)[..., None]
        right, wrong = -each * sigmoid(-self.right), (each * sigmoid(self.wrong))[..., None]
        dcenter = right * self.context + (wrong * self.negatives).sum(axis=-2)
        return dcenter, right * self.center, wrong * self.center[..., None, :]


def _length(x):
    return np.hypot.reduce(x, axis=-1, keepdims=True)  # hypot does not square: no overflow


def _direction(x):
    """The gradient of ‖x‖, 0 where x is 0."""
    length = _length(x)
    return x / np.where(length > 0, length, 1)


def _unit(x):
    return x / np.maximum(_length(x), EPS)


def _back(x, du):
    """The gradient for x of what has the gradient du for _unit(x)."""
    u, length = _unit(x), _length(x)
    along = (du * u).sum(axis=-1, keepdims=True) * u  # a longer x leaves u where it is
    return (du - (length >= EPS) * along) / np.maximum(length, EPS)
