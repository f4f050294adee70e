"""Other right answers: the same numbers by other formulas, or of other parts."""

import numpy as np

from course_lib import activations, layers


def skip_grams(ids, window):
    places = np.arange(len(ids))
    distance = np.abs(places[:, None] - places)
    rows, columns = np.nonzero((distance > 0) & (distance <= window))
    return np.asarray(ids)[rows], np.asarray(ids)[columns]


def weighting(counts, largest):
    return np.where(counts < largest, np.sqrt(np.sqrt((counts / largest) ** 3)), 1.0)


def glove_loss(counts, word, context, word_bias, context_bias, largest):
    i, j = np.nonzero(counts)
    x = counts[i, j]
    error = np.einsum("pd,pd->p", word[i], context[j]) + word_bias[i] + context_bias[j] - np.log(x)
    return np.dot(np.clip(x / largest, 0, 1) ** 0.75, error**2)


class Autoencoder:
    """One flat chain; the code is fetched on the way."""

    def __init__(self, inputs, hidden, features, rng):
        sizes = [(inputs, hidden), (hidden, features), (features, hidden), (hidden, inputs)]
        dense = [layers.Dense(*pair, rng) for pair in sizes]
        behind = [activations.ReLU(), activations.Identity(), activations.ReLU(), activations.Sigmoid()]
        self.chain = [part for pair in zip(dense, behind) for part in pair]

    def forward(self, x):
        for number, part in enumerate(self.chain):
            x = part.forward(x)
            if number == 2:
                self.code = x
        return x

    def backward(self, dy):
        for part in self.chain[::-1]:
            dy = part.backward(dy)
        return dy


def sample_code(mean, log_var, noise):
    return mean + np.sqrt(np.exp(log_var)) * noise


def divergence(mean, log_var):
    return np.mean(np.sum(np.square(mean) / 2 + (np.expm1(log_var) - log_var) / 2, axis=1))


def transposed_size(length, kernel_size, stride, padding):
    return (length * stride - stride + kernel_size) - padding - padding


def transposed(x, kernel, stride, padding):
    spread = np.zeros(stride * (len(x) - 1) + 1)
    spread[::stride] = x
    y = np.convolve(spread, kernel)
    return y[padding : y.size - padding]


class ResidualBlock:
    """Where sizes are equal, of the course's own layer."""

    def __init__(self, inputs, hidden, outputs, rng):
        self.f = layers.Sequential(
            layers.Dense(inputs, hidden, rng), activations.ReLU(), layers.Dense(hidden, outputs, rng)
        )
        self.project = None if inputs == outputs else layers.Dense(inputs, outputs, rng)
        self.whole = layers.Residual(self.f)

    def forward(self, x):
        total = self.f.forward(x) + self.project.forward(x) if self.project else self.whole.forward(x)
        self.open = total > 0
        return np.where(self.open, total, 0)

    def backward(self, dy):
        d = np.where(self.open, dy, 0)
        if self.project is None:
            return self.whole.backward(d)
        return self.project.backward(d) + self.f.backward(d)


def discounted_returns(rewards, ends, gamma):
    steps = len(rewards)
    episode = np.concatenate([[0], np.cumsum(ends)[:-1]])
    lag = np.arange(steps) - np.arange(steps)[:, None]
    same = (episode[:, None] == episode) & (lag >= 0)
    return np.where(same, float(gamma) ** np.maximum(lag, 0), 0.0) @ rewards


def epsilon_greedy(q, u, random_action, epsilon):
    action = np.argmax(q, axis=-1)
    explores = np.asarray(u) < epsilon
    action[explores] = random_action[explores]
    return action


def store(patterns):
    units = patterns.shape[1]
    return (np.einsum("pi,pj->ij", patterns, patterns) / units) * (1 - np.eye(units))


def energy(weight, state):
    return -np.sum(np.triu(weight, 1) * np.outer(state, state))


def recall(weight, state, order):
    new = np.array(state)
    for i in order:
        field = np.dot(weight[i], new)
        new[i] = 1.0 if field > 0 else -1.0 if field < 0 else new[i]
    return new


def contrastive_divergence(v, weight, visible_bias, hidden_bias, hidden_u, visible_u):
    def hidden(x):
        return (1 + np.tanh((x @ weight.T + hidden_bias) / 2)) / 2

    seen = hidden(v)
    drawn = np.where(hidden_u < seen, 1.0, 0.0)
    dream = np.where(visible_u < 1 / (1 + np.exp(-(drawn @ weight + visible_bias))), 1.0, 0.0)
    again = hidden(dream)
    pairs = np.einsum("nh,nv->nhv", again, dream) - np.einsum("nh,nv->nhv", seen, v)
    return {
        "grad_weight": pairs.mean(axis=0),
        "grad_visible": np.mean(dream, axis=0) - np.mean(v, axis=0),
        "grad_hidden": np.mean(again, axis=0) - np.mean(seen, axis=0),
    }


def by_content(memory, key, strength):
    rows = memory / np.sqrt((memory**2).sum(axis=1, keepdims=True))
    cosine = rows @ (key / np.sqrt(key @ key))
    e = np.exp(strength * (cosine - 1))
    return e / e.sum()


def move(found, before, gate, shift, sharpness):
    w = before + gate * (found - before)
    rows = len(w)
    turned = np.zeros((rows, rows))
    for k in (-1, 0, 1):
        turned[(np.arange(rows) + k) % rows, np.arange(rows)] += shift[k + 1]
    logs = sharpness * np.log(turned @ w)
    e = np.exp(logs - logs.max())
    return e / e.sum()


class CausalBlock:
    """The mask from a comparison; the skips from the course's own layer where that is possible."""

    def __init__(self, features, heads, hidden, rng):
        self.look = layers.MultiHeadAttention(features, heads, rng)
        first = layers.Dense(features, hidden, rng)
        second = layers.Dense(hidden, features, rng)
        self.rest = layers.Sequential(
            layers.LayerNorm(features),
            layers.Residual(layers.Sequential(first, activations.ReLU(), second)),
            layers.LayerNorm(features),
        )

    def forward(self, x):
        steps = np.arange(np.shape(x)[1])
        return self.rest.forward(x + self.look.forward(x, steps[:, None] >= steps))

    def backward(self, dy):
        d = self.rest.backward(dy)
        return self.look.backward(d) + d
