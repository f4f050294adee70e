"""Right answers by other, equal mathematics."""

import numpy as np


def margin_ranking(x1, x2, target, margin):
    """max(0, z) = ½(z + |z|)."""
    slack = margin + target * (x2 - x1)
    return (slack + np.abs(slack)).mean() / 2


def margin_ranking_gradient(x1, x2, target, margin):
    """A step function of the slack, 0 at 0."""
    step = np.heaviside(margin + target * (x2 - x1), 0.0) / x1.size
    return np.stack([-target, target]) * step


def pairwise_hinge(scores, relevance, margin):
    """Only the pairs that count, as two lists of indices."""
    better, worse = np.nonzero(np.greater.outer(relevance, relevance))
    if not better.size:
        return 0.0
    return np.clip(margin - scores[better] + scores[worse], 0, None).mean()


def pairwise_hinge_gradient(scores, relevance, margin):
    """Each pair that pays is scattered to its two items."""
    better, worse = np.nonzero(np.greater.outer(relevance, relevance))
    pays = scores[better] - scores[worse] < margin
    n = len(scores)
    down, up = (np.bincount(items[pays], minlength=n) for items in (worse, better))
    return (down - up) / (better.size or 1)


def pairwise_hinge_sorted(scores, relevant, margin):
    """Σ max(0, s_j − b_i) from the sums on both sides: each irrelevant score searches among the sorted bars."""
    bars = np.sort(scores[relevant > 0]) - margin
    others = scores[relevant == 0]
    below = np.searchsorted(bars, others)
    heights = np.concatenate([[0.0], np.cumsum(bars)])
    pairs = bars.size * others.size
    return (below @ others - heights[below].sum()) / pairs if pairs else 0.0


def pairwise_hinge_sorted_gradient(scores, relevant, margin):
    """Ranks from one argsort of bars and scores; at equal heights scores come first."""
    n, one = len(scores), relevant == 1
    height = scores - margin * one
    order = np.lexsort((one, height))
    bars_below, ones = np.empty(n), one[order]
    bars_below[order] = np.cumsum(ones) - ones
    others_below = np.empty(n)
    others_below[order] = np.cumsum(~ones)
    up = (~one).sum() - others_below
    pairs = one.sum() * (~one).sum()
    return np.where(one, -up, bars_below) / (pairs if pairs else 1)


def pairwise_logistic(scores, relevance):
    """−log σ(x) = −x + log(1 + eˣ) for negative x: softplus by its larger end."""
    better, worse = np.nonzero(relevance[:, None] > relevance[None, :])
    gap = scores[better] - scores[worse]
    costs = np.log1p(np.exp(-np.abs(gap))) - np.minimum(gap, 0)
    return np.sum(costs) / max(1, gap.size)


def pairwise_logistic_gradient(scores, relevance):
    """An antisymmetric table: what pair (i, j) does to i it does to j the other way."""
    order = np.sign(relevance[:, None] - relevance[None, :])
    gap = order * (scores[:, None] - scores[None, :])
    pull = order * np.exp(-np.logaddexp(0, gap))
    return -pull.sum(axis=1) / max(1, np.count_nonzero(order) / 2)


def contrastive(x1, x2, target, margin):
    """With s = (1 + t)/2 as a weight, as in the paper."""
    d = np.linalg.norm(x1 - x2, axis=-1)
    alike = (1 + target) / 2
    return (alike @ d**2 + (1 - alike) @ np.clip(margin - d, 0, None) ** 2) / (2 * len(d))


def contrastive_gradient(x1, x2, target, margin):
    """One factor for x1 − x2: 1 where alike, 1 − m/d where not and near, 0 elsewhere."""
    error = x1 - x2
    d = np.linalg.norm(error, axis=-1)
    with np.errstate(divide="ignore"):
        factor = np.where(target > 0, 1.0, np.minimum(0.0, 1 - margin / d))
    factor[d == 0] = 0
    gradient = np.einsum("n,nd->nd", factor / len(d), error)
    return np.stack([gradient, -gradient])


def triplet_margin(anchor, positive, negative, margin):
    near, far = (np.hypot.reduce(anchor - other, axis=1) for other in (positive, negative))
    return np.clip(margin - (far - near), 0, None).sum() / len(near)


def triplet_margin_gradient(anchor, positive, negative, margin):
    """Unit arrows with a guard; the anchor takes what makes the sum 0."""
    lengths, arrows = [], []
    for other in (positive, negative):
        lengths.append(np.linalg.norm(other - anchor, axis=1, keepdims=True))
        arrows.append((other - anchor) / np.maximum(lengths[-1], 1e-30))
    pays = np.heaviside(lengths[0] - lengths[1] + margin, 0.0) / len(anchor)
    to_positive, to_negative = pays * arrows[0], -pays * arrows[1]
    return -(to_positive + to_negative), to_positive, to_negative


def cosine_embedding(x1, x2, target, margin):
    """Between unit vectors ‖u − v‖² = 2 − 2cos."""
    u, v = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (x1, x2))
    apart = np.sum((u - v) ** 2, axis=1) / 2
    return np.mean(np.where(target > 0, apart, np.clip(1 - apart - margin, 0, None)))


def cosine_embedding_gradient(x1, x2, target, margin):
    """The projector I − uuᵀ, one for each example."""
    length = np.sqrt(np.einsum("nd,nd->n", x1, x1))
    u, v = x1 / length[:, None], x2 / np.linalg.norm(x2, axis=1)[:, None]
    projector = np.eye(x1.shape[1]) - np.einsum("nd,ne->nde", u, u)
    pays = np.where(target > 0, -1.0, 1.0 * (np.einsum("nd,nd->n", u, v) > margin))
    return np.einsum("n,nde,ne->nd", pays / length / len(x1), projector, v)


def info_nce(x1, x2, temperature):
    """Log of the sums by logaddexp, and the trace for the partners."""
    u, v = x1.T / np.linalg.norm(x1, axis=1), x2.T / np.linalg.norm(x2, axis=1)
    s = np.einsum("di,dj->ij", u, v) / temperature
    sums = np.logaddexp.reduce(s, axis=0).sum() + np.logaddexp.reduce(s, axis=1).sum()
    return (sums / 2 - np.trace(s)) / len(s)


def info_nce_gradient(x1, x2, temperature):
    """The projection is applied to the other view: each v_j without its part along u_i."""
    length = np.linalg.norm(x1, axis=1)
    u, v = x1 / length[:, None], x2 / np.linalg.norm(x2, axis=1)[:, None]
    cosine = u @ v.T
    s = cosine / temperature
    rows = np.exp(s - np.logaddexp.reduce(s, axis=1)[:, None])
    columns = np.exp(s - np.logaddexp.reduce(s, axis=0))
    weight = (rows + columns) / 2 - np.eye(len(s))
    along = np.sum(weight * cosine, axis=1)[:, None] * u
    return (weight @ v - along) / (temperature * length[:, None] * len(s))


def dice(prediction, target, smooth):
    """2Σpt = Σp + Σt − Σ|p − t| for targets of 0 and 1, so the loss is Σ|p − t| over the sizes."""
    p, t = prediction.reshape(len(prediction), -1), target.reshape(len(target), -1)
    return np.mean(np.abs(p - t).sum(axis=1) / (p.sum(axis=1) + t.sum(axis=1) + smooth))


def dice_gradient(prediction, target, smooth):
    """The loss is D/Z with D = Σ|p − t|; so the slope is (±1 − D/Z)/Z."""
    p, t = prediction.reshape(len(prediction), -1), target.reshape(len(target), -1)
    z = (p.sum(axis=1) + t.sum(axis=1) + smooth)[:, None]
    loss = (p * (1 - t) + t * (1 - p)).sum(axis=1)[:, None] / z
    return ((1 - 2 * t - loss) / z / len(t)).reshape(target.shape)


def bellman_mse(q, action, reward, next_q, done, gamma):
    chosen = np.take_along_axis(q, action[:, None], axis=1)[:, 0]
    y = np.where(done > 0, reward, reward + gamma * np.sort(next_q, axis=1)[:, -1])
    return np.dot(chosen - y, chosen - y) / y.size


def bellman_mse_gradient(q, action, reward, next_q, done, gamma):
    taken = np.eye(q.shape[1])[action]
    future = (1.0 - done) * gamma
    y = reward + future * np.maximum.reduce(next_q, axis=1)
    return 2 * taken * (q - y[:, None]) / len(y)


def policy_gradient(logits, action, q):
    """log Σ exp(z − z_a): the logits are shifted by that of the action, which logaddexp bears."""
    chosen = np.take_along_axis(logits, action[:, None], axis=1)
    return np.dot(q, np.logaddexp.reduce(logits - chosen, axis=1)) / q.size


def policy_gradient_gradient(logits, action, q):
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return np.einsum("n,na->na", q / q.size, np.exp(log_p) - np.eye(logits.shape[1])[action])
