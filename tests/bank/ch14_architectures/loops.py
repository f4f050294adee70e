"""The same answers with loops, one number after the other."""

import numpy as np


def skip_grams(ids, window):
    center, context = [], []
    for i, word in enumerate(ids):
        for step in range(-window, window + 1):
            if step and 0 <= i + step < len(ids):
                center += [word]
                context += [ids[i + step]]
    return center, context


def weighting(counts, largest):
    return [[1.0 if x >= largest else (x / largest) ** 0.75 for x in row] for row in counts]


def glove_loss(counts, word, context, word_bias, context_bias, largest):
    total = 0.0
    for i in range(len(counts)):
        for j in range(len(counts)):
            x = counts[i][j]
            if x == 0:
                continue
            product = sum(a * b for a, b in zip(word[i], context[j]))
            error = product + word_bias[i] + context_bias[j] - np.log(x)
            total += min(1.0, x / largest) ** 0.75 * error**2
    return total


def sample_code(mean, log_var, noise):
    z = np.zeros(mean.shape)
    for n in range(len(mean)):
        for d in range(len(mean[n])):
            z[n, d] = mean[n, d] + np.exp(log_var[n, d]) ** 0.5 * noise[n, d]
    return z


def divergence(mean, log_var):
    total = 0.0
    for means, logs in zip(mean, log_var):
        for m, s in zip(means, logs):
            total += (m * m + np.exp(s) - 1 - s) / 2
    return total / len(mean)


def transposed_size(length, kernel_size, stride, padding):
    size = kernel_size
    for _ in range(length - 1):
        size += stride
    return size - 2 * padding


def transposed(x, kernel, stride, padding):
    size = stride * (len(x) - 1) + len(kernel) - 2 * padding
    y = [0.0] * size
    for i in range(len(x)):
        for j in range(len(kernel)):
            place = i * stride + j - padding
            if 0 <= place < size:
                y[place] += x[i] * kernel[j]
    return y


def discounted_returns(rewards, ends, gamma):
    returns = []
    for t in range(len(rewards)):
        total, weight = 0.0, 1.0
        for k in range(t, len(rewards)):
            total += weight * rewards[k]
            weight *= gamma
            if ends[k]:
                break
        returns.append(total)
    return returns


def epsilon_greedy(q, u, random_action, epsilon):
    chosen = []
    for row, lucky, other in zip(q, u, random_action):
        chosen.append(int(other) if lucky < epsilon else int(np.argmax(row)))
    return chosen


def store(patterns):
    count, units = patterns.shape
    weight = np.zeros((units, units))
    for i in range(units):
        for j in range(units):
            if i != j:
                weight[i, j] = sum(patterns[p, i] * patterns[p, j] for p in range(count)) / units
    return weight


def energy(weight, state):
    total = 0.0
    for i in range(len(state)):
        for j in range(i):
            total -= weight[i, j] * state[i] * state[j]
    return total


def recall(weight, state, order):
    new = list(state)
    for i in order:
        field = sum(weight[i][j] * new[j] for j in range(len(new)))
        if field > 0:
            new[i] = 1
        if field < 0:
            new[i] = -1
    return new


def by_content(memory, key, strength):
    def length(v):
        return sum(a * a for a in v) ** 0.5

    cosines = [sum(a * b for a, b in zip(row, key)) / (length(row) * length(key)) for row in memory]
    powers = [np.exp(strength * (cosine - max(cosines))) for cosine in cosines]
    return [power / sum(powers) for power in powers]


def move(found, before, gate, shift, sharpness):
    rows = len(found)
    mixed = [gate * found[i] + (1 - gate) * before[i] for i in range(rows)]
    moved = [
        shift[0] * mixed[(i + 1) % rows] + shift[1] * mixed[i] + shift[2] * mixed[(i - 1) % rows] for i in range(rows)
    ]
    powers = [share**sharpness for share in moved]
    return [power / sum(powers) for power in powers]
