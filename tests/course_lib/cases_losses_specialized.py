"""One row for each loss of rankings, embeddings, masks, critics and actions: as `cases_losses`, with several inputs.

The first inputs of a loss are trained. The contract knows one gradient for one array, so `joined` lays them end to end.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from tests.course_lib.cases_losses import KINKS, by_mpmath, errors, largest, reduced

ORACLES = {
    "losses.MarginRanking": "torch.nn.MarginRankingLoss",
    "losses.PairwiseHinge": "torch.nn.MarginRankingLoss",
    "losses.PairwiseLogistic": "torch.nn.SoftMarginLoss",
    "losses.TripletMargin": "torch.nn.TripletMarginLoss",
    "losses.CosineEmbedding": "torch.nn.CosineEmbeddingLoss",
    "losses.HingeEmbedding": "torch.nn.HingeEmbeddingLoss",
    "losses.Contrastive": "torch.nn.HingeEmbeddingLoss",
    "losses.InfoNCE": "torch.nn.CrossEntropyLoss",
    "losses.NegativeSampling": "torch.nn.BCEWithLogitsLoss",
    "losses.Dice": "scipy.spatial.distance.dice",
    "losses.Wasserstein": "scipy.stats.wasserstein_distance",
    "losses.BellmanMSE": "torch.nn.MSELoss",
    "losses.PolicyGradient": "torch.nn.CrossEntropyLoss",
}
IDS = tuple(ORACLES)


@dataclass(frozen=True)
class Row:
    name: str
    trained: int  # the first so many inputs get a gradient
    oracle: Callable  # (reduction, **options) -> a function of tensors
    inputs: tuple[Callable, ...]  # rng -> all inputs
    large: tuple[Callable, ...]  # dtype -> all inputs
    options: tuple[dict, ...] = ({},)
    of_tensors: bool = True  # or is the oracle (reduction, **options) -> (arrays, dy) -> (value, gradient)?


def split(flat, shapes):
    """The parts of a flat array or tensor that had these shapes."""
    ends = np.cumsum([math.prod(shape) for shape in shapes]).tolist()
    return [flat[end - math.prod(shape) : end].reshape(shape) for end, shape in zip(ends, shapes)]


@dataclass
class Joined:
    """A loss whose trained inputs lie end to end in one array, and so do their gradients."""

    unit: object
    shapes: list

    def forward(self, flat, *others):
        return self.unit.forward(*split(flat, self.shapes), *others)

    def backward(self, dy=1.0):
        gradients = self.unit.backward(dy)
        if len(self.shapes) == 1:
            gradients = (gradients,)
        assert isinstance(gradients, tuple)
        assert [gradient.shape for gradient in gradients] == self.shapes
        return np.concatenate([gradient.ravel() for gradient in gradients])


def joined(row, arrays):
    """-> what makes a unit, a twin and an oracle take the flat array, and the arrays with it in front"""
    trained, others = arrays[: row.trained], arrays[row.trained :]
    shapes = [np.shape(array) for array in trained]
    flat = np.concatenate([np.ravel(array) for array in trained])

    def of_tensors(function):
        return lambda x, *others: function(*split(x, shapes), *others)

    return lambda unit: Joined(unit, shapes), of_tensors, [flat, *map(np.array, others)]


# Inputs


def redraw(make, near):
    """make(rng) again and again until near, a function of what it made, is nowhere below 0.02."""

    def draw(rng):
        while (near(*(made := make(rng))) < 0.02).any():
            pass
        return made

    return draw


def apart(x, borders=KINKS):
    return abs(np.asarray(x)[..., None] - borders).min(axis=-1)


def duels(*shape, dtype=int):
    def make(rng):
        x2 = rng.normal(size=shape)
        return x2 + errors(rng, shape), x2, rng.choice([-1, 1], shape) * dtype(1)

    return make


def gaps(p):
    return p[..., :, None] - p[..., None, :] + 9 * np.eye(p.shape[-1])


def lists(*shape, targets):
    """Scores without a gap near a margin, and what they should be ranked by."""
    return redraw(
        lambda rng: (rng.normal(size=shape) * 2, targets(rng, shape)),
        lambda p, _: apart(gaps(p), KINKS[1:]),
    )


def grades(rng, shape):
    """Whole numbers with ties."""
    return rng.integers(0, 3, shape)


def heights(rng, shape):
    return rng.permuted(np.broadcast_to(np.linspace(-1, 1, shape[-1]), shape), axis=-1)


def all_the_same(rng, shape):
    return np.full(shape, 3)


def relevant_or_not(rng, shape):
    return rng.integers(0, 2, shape).astype(bool)


def vectors(count, *shape):
    return lambda rng: tuple(rng.normal(size=shape) for _ in range(count))


def triplet_borders(anchor, positive, negative):
    near, far = (np.linalg.norm(anchor - x, axis=-1) for x in (positive, negative))
    return np.minimum(apart(far - near), apart(far**2 - near**2))


def triplets(*shape):
    return redraw(vectors(3, *shape), triplet_borders)


def cosine(x1, x2):
    return (x1 * x2).sum(-1) / np.linalg.norm(x1, axis=-1) / np.linalg.norm(x2, axis=-1)


def vector_pairs(*shape, borders, dtype=int):
    """Two vectors and whether they are alike."""
    return redraw(
        lambda rng: (*vectors(2, *shape)(rng), rng.choice([-1, 1], shape[:-1]) * dtype(1)),
        lambda x1, x2, _: borders(x1, x2),
    )


def by_cosine(x1, x2):
    return apart(cosine(x1, x2), np.array([-0.5, 0.0, 0.5]))


def by_distance(x1, x2):
    return apart(np.linalg.norm(x1 - x2, axis=-1))


def distances(*shape, dtype=int):
    return lambda rng: (errors(rng, shape), rng.choice([-1, 1], shape) * dtype(1))


def words(*shape, negatives):
    return lambda rng: (
        rng.normal(size=shape),
        rng.normal(size=shape),
        rng.normal(size=(*shape[:-1], negatives, shape[-1])),
    )


def masks(*shape, kind=bool):
    def make(rng):
        target = rng.uniform(size=shape)
        return rng.uniform(0.05, 0.95, shape), target if kind is float else (target > 0.6).astype(kind)

    return make


def steps(n, actions, kind=int):
    def make(rng):
        q, next_q = rng.normal(size=(2, n, actions)) * 2
        return q, rng.integers(0, actions, n), rng.normal(size=n), next_q, rng.integers(0, 2, n).astype(kind)

    return make


def choices(n, actions):
    return lambda rng: (rng.normal(size=(n, actions)), rng.integers(0, actions, n), rng.normal(size=n) * 2)


# Large inputs


def large_duels(dtype):
    s = largest(dtype)
    return np.array([s, s, 0, 1e-30], dtype), np.array([-s, s, s, 0], dtype), np.array([-1, 1, 1, -1])


def large_lists(dtype):
    s = largest(dtype)
    p = np.array([[s, -s, 0, s, 1], [-s, -s, s, s, 0], [0, 0, 0, 0, 0]], dtype)
    return p, np.array([[0, 1, 2, 1, 0], [1, 1, 0, 2, 3], [4, 3, 2, 1, 0]])


def large_triplets(dtype):
    s = largest(dtype)
    anchor = np.array([[s, -s], [s, s], [0, 0], [1e-15, 0]], dtype)
    return anchor, -anchor, np.array([[s, s], [s, s], [0, 0], [-1, 2]], dtype)


def large_pairs(dtype):
    anchor, _, other = large_triplets(dtype)
    return np.tile(anchor, (2, 1)), np.tile(other, (2, 1)), np.repeat([1, -1], 4)


def the_same_twice(dtype):
    x = np.array([[3.0, 4.0], [3.0, 4.0], [0.0, 0.0], [0.0, 0.0]], dtype)
    return x, x.copy(), np.array([1, -1, 1, -1])


def short_pairs(dtype):
    """Half as long as a vector has to be."""
    return np.array([[3e-9, 4e-9], [1.0, 2.0]], dtype), np.array([[1.0, 3.0], [-5e-9, 0]], dtype), np.array([1, -1])


def large_batch(dtype):
    anchor, _, other = large_triplets(dtype)
    return anchor, other


def large_distances(dtype):
    s = largest(dtype)
    return np.array([s, s, 0, 0, -s], dtype), np.array([1, -1, 1, -1, -1])


def large_words(dtype):
    center, context, other = large_triplets(dtype)
    return center, context, np.stack([other, center, -other], axis=1)


def clear_masks(dtype):
    p = np.array([[1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 0, 1e-30]], dtype)
    return p, np.array([[1, 0, 1], [0, 0, 0], [0, 0, 0], [1, 1, 1]])


def large_steps(dtype):
    s = largest(dtype)
    q = np.array([[s, -s], [0, s], [s, s], [1e-30, 0]], dtype)
    next_q = np.array([[-s, -s], [np.inf, np.inf], [s, s], [0, -s]])
    return q, np.array([0, 1, 1, 0]), np.array([s, -s, 0, 0]), next_q, np.array([0, 1, 0, 1])


def large_choices(dtype):
    s = largest(dtype)
    return np.array([[s, -s, 0], [s, -s, 0], [0, 0, 40]], dtype), np.array([0, 1, 2]), np.array([s, -s, 0.5])


# Oracles


def each_list(of_pairs):
    """of_pairs(the better ones, the worse ones) averages; here for each list, over pairs that are written down."""

    def make(reduction, **options):
        def loss(p, target):
            shape, n = p.shape[:-1], p.shape[-1]
            losses = []
            for scores, wanted in zip(p.reshape(-1, n), target.reshape(-1, n).tolist()):
                pairs = [(i, j) for i in range(n) for j in range(n) if wanted[i] > wanted[j]]
                better, worse = (scores[[pair[k] for pair in pairs]] for k in (0, 1))
                losses.append(of_pairs(better, worse, **options) if pairs else scores.sum() * 0)
            return reduced(torch.stack(losses).reshape(shape), reduction)

        return loss

    return make


def pairwise_hinge(better, worse, margin=1.0, form="sorted"):
    return nn.MarginRankingLoss(margin)(better, worse, torch.ones_like(better))


def pairwise_logistic(better, worse, block=64):
    return nn.SoftMarginLoss()(better - worse, torch.ones_like(better))


def triplet(reduction, margin=1.0, squared=False):
    if squared:
        distance = nn.MSELoss(reduction="none")
        return nn.TripletMarginWithDistanceLoss(
            distance_function=lambda a, b: distance(a, b).sum(-1), margin=margin, reduction=reduction
        )
    return nn.TripletMarginLoss(margin, eps=0, reduction=reduction)


def cosine_embedding(reduction, margin=0.0):
    """PyTorch adds 1e-12 to the squares of the norms; lengths do not matter, so here they are large."""
    loss = nn.CosineEmbeddingLoss(margin, reduction=reduction)
    return lambda x1, x2, target: loss(1e3 * x1, 1e3 * x2, target)


def contrastive(reduction, margin=1.0):
    """Hadsell's loss is half the square of what HingeEmbeddingLoss makes of a distance."""
    distance, hinge = nn.PairwiseDistance(eps=0), nn.HingeEmbeddingLoss(margin, reduction="none")
    return lambda x1, x2, target: reduced(hinge(distance(x1, x2), target).square() / 2, reduction)


def info_nce(reduction, temperature=0.07):
    cos, cross_entropy = nn.CosineSimilarity(dim=-1), nn.CrossEntropyLoss(reduction="none")

    def loss(x1, x2):
        s, right = cos(x1[:, None], x2[None]) / temperature, torch.arange(len(x1), device=x1.device)
        return reduced((cross_entropy(s, right) + cross_entropy(s.T, right)) / 2, reduction)

    return loss


def negative_sampling(reduction):
    binary = nn.BCEWithLogitsLoss(reduction="none")

    def loss(center, context, negatives):
        words = torch.cat([context[..., None, :], negatives], dim=-2)
        scores = torch.einsum("...kd,...d->...k", words, center)
        seen = torch.zeros_like(scores).index_fill(-1, torch.tensor(0, device=scores.device), 1)
        return reduced(binary(scores, seen).sum(-1), reduction)

    return loss


def dice(reduction, smooth=1.0):
    """The paper's closed form with 50 digits, of masks that are laid flat."""

    def of_one(p, t):
        overlap = sum(a * float(b) for a, b in zip(p, t))
        return 1 - (2 * overlap + smooth) / (sum(p) + float(sum(t)) + smooth)

    def oracle(arrays, dy):
        target = arrays[1].astype(float)
        flat = target.reshape(len(target), -1)
        value, gradient = by_mpmath(of_one, example_axes=1)(reduction)((arrays[0].reshape(flat.shape), flat), dy)
        return value, gradient.ravel()

    return oracle


def wasserstein(reduction, side="critic"):
    """The paper's own words, algorithm 1: there is nothing else to it."""
    return lambda *scores: reduced(scores[0] - scores[1] if side == "critic" else -scores[0], reduction)


def bellman(reduction, gamma=0.99):
    loss = nn.MSELoss(reduction=reduction)

    def of_steps(q, action, reward, next_q, done):
        y = reward + gamma * next_q.max(dim=1).values * (1 - done.to(q.dtype))
        return loss(q.gather(1, action[:, None])[:, 0], y)

    return of_steps


def policy_gradient(reduction):
    cross_entropy = nn.CrossEntropyLoss(reduction="none")
    return lambda logits, action, q: reduced(q * cross_entropy(logits, action), reduction)


LISTS = (
    lists(5, targets=grades),
    lists(2, 4, targets=grades),
    lists(2, 1, 3, targets=heights),
    lists(6, targets=relevant_or_not),
    lists(3, targets=all_the_same),
    lists(1, targets=grades),
)

ROWS = (
    Row(
        "MarginRanking",
        2,
        lambda reduction, margin=0.0: nn.MarginRankingLoss(margin, reduction=reduction),
        (duels(5), duels(3, 4, dtype=float), duels(), duels(1)),
        (large_duels,),
        ({}, {"margin": 0.25}, {"margin": 4.0}),
    ),
    Row(
        "PairwiseHinge",
        1,
        each_list(pairwise_hinge),
        LISTS,
        (large_lists,),
        tuple(
            {"form": form} | margin
            for form in ("sorted", "pairs")
            for margin in ({}, {"margin": 0.25}, {"margin": 4.0})
        ),
    ),
    Row(
        "PairwiseLogistic",
        1,
        each_list(pairwise_logistic),
        LISTS,
        (large_lists,),
        ({}, {"block": 1}, {"block": 2}),
    ),
    Row(
        "TripletMargin",
        3,
        triplet,
        (triplets(4, 3), triplets(5), triplets(2, 3, 4), triplets(1, 1)),
        (large_triplets,),
        tuple(
            {"squared": squared} | margin
            for squared in (False, True)
            for margin in ({}, {"margin": 0.25}, {"margin": 4.0})
        ),
    ),
    Row(
        "CosineEmbedding",
        2,
        cosine_embedding,
        (
            vector_pairs(6, 3, borders=by_cosine),
            vector_pairs(4, borders=by_cosine),
            vector_pairs(4, 2, borders=by_cosine, dtype=float),
        ),
        (large_pairs, the_same_twice, short_pairs),
        ({}, {"margin": 0.5}, {"margin": -0.5}),
    ),
    Row(
        "HingeEmbedding",
        1,
        lambda reduction, margin=1.0: nn.HingeEmbeddingLoss(margin, reduction=reduction),
        (distances(6), distances(3, 4, dtype=float), distances(), distances(1)),
        (large_distances,),
        ({}, {"margin": 0.25}, {"margin": 4.0}),
    ),
    Row(
        "Contrastive",
        2,
        contrastive,
        (
            vector_pairs(6, 3, borders=by_distance),
            vector_pairs(4, borders=by_distance),
            vector_pairs(2, 3, 2, borders=by_distance, dtype=float),
            vector_pairs(3, 1, borders=by_distance),
        ),
        (large_pairs, the_same_twice),
        ({}, {"margin": 0.25}, {"margin": 4.0}),
    ),
    Row(
        "InfoNCE",
        2,
        info_nce,
        (vectors(2, 4, 3), vectors(2, 2, 5), vectors(2, 1, 3)),
        (large_batch, lambda dtype: short_pairs(dtype)[:2]),
        ({}, {"temperature": 1.0}),
    ),
    Row(
        "NegativeSampling",
        3,
        negative_sampling,
        (words(4, 3, negatives=2), words(3, negatives=5), words(2, 3, 2, negatives=1)),
        (large_words,),
    ),
    Row(
        "Dice",
        1,
        dice,
        (masks(3, 5), masks(2, 3, 2, kind=int), masks(2, 4, kind=float), masks(1, 1)),
        (clear_masks,),
        ({}, {"smooth": 0.01}, {"smooth": 20.0}),
        of_tensors=False,
    ),
    Row(
        "Wasserstein",
        2,
        wasserstein,
        (vectors(2, 5), vectors(2, 3, 1), vectors(2)),
        (lambda dtype: large_duels(dtype)[:2],),
    ),
    Row(
        "BellmanMSE",
        1,
        bellman,
        (steps(5, 3), steps(1, 4, kind=float), steps(4, 1, kind=bool), steps(6, 2)),
        (large_steps,),
        ({}, {"gamma": 0.0}, {"gamma": 0.4}),
    ),
    Row("PolicyGradient", 1, policy_gradient, (choices(5, 3), choices(1, 4), choices(3, 1)), (large_choices,)),
)

GENERATOR = Row(
    "Wasserstein",
    1,
    wasserstein,
    (vectors(1, 5), vectors(1, 3, 1), vectors(1)),
    (lambda dtype: large_duels(dtype)[:1],),
    ({"side": "generator"},),
)
