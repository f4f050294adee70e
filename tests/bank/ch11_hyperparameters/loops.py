"""Right answers with loops, number by number."""

import numpy as np


def best_trial(validation, test):
    best, lowest = None, np.inf
    for i, row in enumerate(validation):
        total = 0.0
        for loss in row:
            total += loss
        if total / len(row) < lowest:
            best, lowest = i, total / len(row)
    mean = sum(test[best]) / len(test[best])
    squares = 0.0
    for loss in test[best]:
        squares += (loss - mean) ** 2
    return best, mean, (squares / (len(test[best]) - 1)) ** 0.5


def log_uniform(low, high, u):
    if np.ndim(u) == 0:
        return low ** (1 - u) * high**u
    values = []
    for one in u:
        values.append(low ** (1 - one) * high**one)
    return values


def grid_points(low, high, budget):
    ranges, n = len(low), 1
    while (n + 1) ** ranges <= budget:
        n += 1
    points = []
    for number in range(n**ranges):
        point, rest = [0.0] * ranges, number
        for d in reversed(range(ranges)):
            rest, digit = divmod(rest, n)
            part = digit / (n - 1) if n > 1 else 0.5
            point[d] = low[d] + part * (high[d] - low[d])
        points.append(point)
    return points


def expected_improvement(mean, std, best):
    import math

    answers = []
    for m, s in zip(mean, std):
        if s == 0:
            answers.append(max(best - m, 0.0))
            continue
        z = (best - m) / s
        phi = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        answers.append((best - m) * math.erfc(-z / math.sqrt(2)) / 2 + s * phi)
    return answers


def genetic_child(points, values, pairs, source, fresh, u, mutation):
    parents = []
    for i, j in pairs:
        parents.append(j if values[j] < values[i] else i)
    child = []
    for d in range(len(fresh)):
        child.append(fresh[d] if u[d] < mutation else points[parents[source[d]]][d])
    return parents, child


def particle_step(x, v, own, best, r1, r2, inertia, attraction):
    velocity, place = [], []
    for d in range(len(x)):
        velocity.append(inertia * v[d] + attraction * (r1[d] * (own[d] - x[d]) + r2[d] * (best[d] - x[d])))
        place.append(min(1.0, max(0.0, x[d] + velocity[d])))
    return velocity, place
