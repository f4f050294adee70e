"""Right answers as plain loops over examples, pairs and pixels."""

import numpy as np


def margin_ranking(x1, x2, target, margin):
    total = 0.0
    for a, b, t in zip(x1, x2, target):
        ahead = a - b if t > 0 else b - a
        if ahead < margin:
            total += margin - ahead
    return total / len(x1)


def margin_ranking_gradient(x1, x2, target, margin):
    first, second = np.zeros(len(x1)), np.zeros(len(x1))
    for i in range(len(x1)):
        if target[i] > 0 and x1[i] - x2[i] < margin:
            first[i], second[i] = -1 / len(x1), 1 / len(x1)
        if target[i] < 0 and x2[i] - x1[i] < margin:
            first[i], second[i] = 1 / len(x1), -1 / len(x1)
    return first, second


def pairwise_hinge(scores, relevance, margin):
    total, pairs = 0.0, 0
    for i in range(len(scores)):
        for j in range(len(scores)):
            if relevance[i] > relevance[j]:
                pairs += 1
                total += max(0.0, margin - scores[i] + scores[j])
    return total / pairs if pairs else 0.0


def pairwise_hinge_gradient(scores, relevance, margin):
    gradient, pairs = np.zeros(len(scores)), 0
    for i in range(len(scores)):
        for j in range(len(scores)):
            if relevance[i] > relevance[j]:
                pairs += 1
                if scores[i] - scores[j] < margin:
                    gradient[i] -= 1
                    gradient[j] += 1
    return gradient / pairs if pairs else gradient


def pairwise_hinge_sorted(scores, relevant, margin):
    """One walk upwards through bars and irrelevant scores together; a score pays for every bar it has passed."""
    marks = [(s - margin, 1) for s, r in zip(scores, relevant) if r == 1]
    marks += [(s, 0) for s, r in zip(scores, relevant) if r == 0]
    passed, heights, total = 0, 0.0, 0.0
    for height, is_bar in sorted(marks):
        if is_bar:
            passed, heights = passed + 1, heights + height
        else:
            total += passed * height - heights
    return total / max(passed * (len(scores) - passed), 1)


def pairwise_hinge_sorted_gradient(scores, relevant, margin):
    """Two walks along the sorted marks: bars below each score on the way up, scores above each bar on the way down."""
    marks = [(s - margin if r == 1 else s, int(r), i) for i, (s, r) in enumerate(zip(scores, relevant))]
    gradient, bars, others = np.zeros(len(scores)), 0, 0
    for _, r, i in sorted(marks):  # at equal heights the score comes first, and so is not above the bar
        if r:
            bars += 1
        else:
            gradient[i] = bars
    for _, r, i in sorted(marks, reverse=True):
        if r:
            gradient[i] = -others
        else:
            others += 1
    return gradient / max(bars * others, 1)


def pairwise_logistic(scores, relevance):
    costs = []
    for i, s in enumerate(scores):
        for j in range(len(scores)):
            if relevance[i] > relevance[j]:
                gap = s - scores[j]
                costs.append(max(-gap, 0.0) + np.log1p(np.exp(-abs(gap))))
    return float(np.mean(costs)) if costs else 0.0


def pairwise_logistic_gradient(scores, relevance):
    gradient, pairs = np.zeros(len(scores)), 0
    for i in range(len(scores)):
        for j in range(len(scores)):
            if relevance[i] > relevance[j]:
                gap = scores[i] - scores[j]
                small = np.exp(-abs(gap))
                pull = small / (1 + small) if gap > 0 else 1 / (1 + small)
                gradient[i] -= pull
                gradient[j] += pull
                pairs += 1
    return gradient / max(pairs, 1)


def contrastive(x1, x2, target, margin):
    total = 0.0
    for a, b, t in zip(x1, x2, target):
        d = np.linalg.norm(a - b)
        if t > 0:
            total += d**2 / 2
        elif d < margin:
            total += (margin - d) ** 2 / 2
    return total / len(x1)


def contrastive_gradient(x1, x2, target, margin):
    gradient = np.zeros(x1.shape)
    for i in range(len(x1)):
        d = np.linalg.norm(x1[i] - x2[i])
        if target[i] > 0:
            gradient[i] = x1[i] - x2[i]
        elif 0 < d < margin:
            gradient[i] = (x1[i] - x2[i]) * (1 - margin / d)
    return gradient / len(x1), -gradient / len(x1)


def triplet_margin(anchor, positive, negative, margin):
    total = 0.0
    for a, p, n in zip(anchor, positive, negative):
        total += max(0.0, np.linalg.norm(a - p) - np.linalg.norm(a - n) + margin)
    return total / len(anchor)


def triplet_margin_gradient(anchor, positive, negative, margin):
    found = np.zeros((3, *anchor.shape))
    for i, (a, p, n) in enumerate(zip(anchor, positive, negative)):
        near, far = np.linalg.norm(a - p), np.linalg.norm(a - n)
        if near - far + margin > 0:
            if near > 0:
                found[0, i] += (a - p) / near
                found[1, i] -= (a - p) / near
            if far > 0:
                found[0, i] -= (a - n) / far
                found[2, i] += (a - n) / far
    return found / len(anchor)


def cosine_embedding(x1, x2, target, margin):
    losses = []
    for a, b, t in zip(x1, x2, target):
        cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
        losses.append(1 - cosine if t > 0 else max(0.0, cosine - margin))
    return sum(losses) / len(losses)


def cosine_embedding_gradient(x1, x2, target, margin):
    gradient = np.zeros(x1.shape)
    for i, (a, b, t) in enumerate(zip(x1, x2, target)):
        lengths = np.linalg.norm(a) * np.linalg.norm(b)
        cosine = a @ b / lengths
        slope = b / lengths - cosine * a / (a @ a)
        if t > 0:
            gradient[i] = -slope / len(x1)
        elif cosine > margin:
            gradient[i] = slope / len(x1)
    return gradient


def info_nce(x1, x2, temperature):
    n, total = len(x1), 0.0
    s = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            s[i, j] = x1[i] @ x2[j] / np.linalg.norm(x1[i]) / np.linalg.norm(x2[j]) / temperature
    for i in range(n):
        total += np.logaddexp.reduce(s[i]) - s[i, i]
        total += np.logaddexp.reduce(s[:, i]) - s[i, i]
    return total / (2 * n)


def info_nce_gradient(x1, x2, temperature):
    """Row by row: each x1 hears of its own row as the one who chooses, and of all columns as one to be chosen."""
    n = len(x1)
    s, gradient = np.zeros((n, n)), np.zeros(x1.shape)
    for i in range(n):
        for j in range(n):
            s[i, j] = x1[i] @ x2[j] / np.linalg.norm(x1[i]) / np.linalg.norm(x2[j]) / temperature
    for i in range(n):
        length = np.linalg.norm(x1[i])
        for j in range(n):
            chosen = np.exp(s[i, j] - np.logaddexp.reduce(s[i]))
            choosing = np.exp(s[i, j] - np.logaddexp.reduce(s[:, j]))
            slope = ((chosen + choosing) / 2 - (i == j)) / (n * temperature)
            v, cosine = x2[j] / np.linalg.norm(x2[j]), s[i, j] * temperature
            gradient[i] += slope * (v - cosine * x1[i] / length) / length
    return gradient


def dice(prediction, target, smooth):
    total = 0.0
    for p, t in zip(prediction, target):
        both = size = 0.0
        for row, mask in zip(p, t):
            for pixel, inside in zip(row, mask):
                both += pixel * inside
                size += pixel + inside
        total += 1 - (2 * both + smooth) / (size + smooth)
    return total / len(prediction)


def dice_gradient(prediction, target, smooth):
    gradient = np.zeros(prediction.shape)
    for i, (p, t) in enumerate(zip(prediction, target)):
        above, below = 2 * np.sum(p * t) + smooth, np.sum(p) + np.sum(t) + smooth
        for pixel in np.ndindex(p.shape):
            gradient[i][pixel] = -(2 * t[pixel] * below - above) / below**2 / len(target)
    return gradient


def bellman_mse(q, action, reward, next_q, done, gamma):
    total = 0.0
    for i in range(len(q)):
        y = reward[i]
        if not done[i]:
            y = y + gamma * max(next_q[i])
        total += (y - q[i, action[i]]) ** 2
    return total / len(q)


def bellman_mse_gradient(q, action, reward, next_q, done, gamma):
    gradient = np.zeros(q.shape)
    for i, a in enumerate(action):
        y = reward[i] if done[i] else reward[i] + gamma * max(next_q[i])
        gradient[i, a] = 2 / len(q) * (q[i, a] - y)
    return gradient


def policy_gradient(logits, action, q):
    total = 0.0
    for z, a, weight in zip(logits, action, q):
        total += weight * (np.logaddexp.reduce(z) - z[a])
    return total / len(q)


def policy_gradient_gradient(logits, action, q):
    gradient = np.zeros(logits.shape)
    for i in range(len(q)):
        p = np.exp(logits[i] - np.logaddexp.reduce(logits[i]))
        for a in range(len(p)):
            gradient[i, a] = q[i] * (p[a] - (a == action[i])) / len(q)
    return gradient
