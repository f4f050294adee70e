"""Right answers as plain loops over Python numbers, with `math` for the formulas."""

import numpy as np


def try_dense(inputs, outputs, rng, weight, bias, x):
    class Dense:
        def __init__(self, inputs, outputs, rng):
            scale = (2 / inputs) ** 0.5
            drawn = rng.normal(size=(outputs, inputs))
            self.params = {
                "weight": np.array([[scale * number for number in row] for row in drawn]),
                "bias": np.array([0.0 for _ in range(outputs)]),
            }

        def forward(self, x):
            if x.ndim == 1:
                units = zip(self.params["weight"], self.params["bias"])
                return [sum(w * number for w, number in zip(unit, x)) + b for unit, b in units]
            return np.array([self.forward(part) for part in x])

    layer = Dense(inputs, outputs, rng)
    start = {name: array.copy() for name, array in layer.params.items()}
    layer.params["weight"], layer.params["bias"] = weight, bias
    return start["weight"], start["bias"], layer.forward(x)


def feed_forward(x, weight1, bias1, weight2, bias2, weight3, bias3):
    def layer(rows, weight, bias, bend):
        answer = []
        for row in rows:
            sums = [b + sum(w * value for w, value in zip(unit, row)) for unit, b in zip(weight, bias)]
            answer.append([max(z, 0.0) for z in sums] if bend else sums)
        return answer

    h1 = layer(x, weight1, bias1, True)
    h2 = layer(h1, weight2, bias2, True)
    return h1, h2, layer(h2, weight3, bias3, False)


def count_parameters(sizes):
    each, i = [], 1
    while i < len(sizes):
        count = 0
        for _ in range(sizes[i]):
            count += sizes[i - 1] + 1
        each.append(count)
        i += 1
    return each, sum(each)


def collapse(weights, biases):
    """From the last layer to the first: what each number before it adds to the outputs."""
    n = len(weights)
    weight = np.eye(len(biases[-1]))
    bias = np.zeros(len(biases[-1]))
    for i in range(n - 1, -1, -1):
        bias = bias + weight @ biases[i]
        weight = weight @ weights[i]
    return weight, bias


def ask_xor(x, off, on):
    """The hidden layer counts from the other end: how far from both, and how far from none."""
    answers = []
    for a, b in x:
        h = [max(2 - a - b, 0.0), max(1 - a - b, 0.0)]
        answers.append([off + (on - off) * h[0] - 2 * (on - off) * h[1]])
    return answers, [2, 2, 2, 1, 2, 1]


def zigzag(x, depth):
    folded = []
    for place in x:
        for _ in range(depth):
            place = 2 * place if place < 0.5 else 2 - 2 * place
        folded.append(place)
    return folded


class Embedding:
    def __init__(self, count, features, rng):
        self.params = {"weight": np.zeros((count, features))}
        self.grads = {}

    def forward(self, ids):
        self.ids = ids
        rows = [self.params["weight"][i] for i in ids.ravel()]
        return np.stack(rows).reshape(*ids.shape, -1)

    def backward(self, dy):
        grads = [[0.0] * self.params["weight"].shape[1] for _ in self.params["weight"]]
        for i, row in zip(self.ids.ravel(), dy.reshape(self.ids.size, -1)):
            grads[i] = [old + new for old, new in zip(grads[i], row)]
        self.grads["weight"] = np.array(grads)


class Masking:
    def __init__(self, value):
        self.value = value

    def forward(self, x):
        y, self.mask = x.copy(), []
        for example in y:
            present = []
            for step in example:
                present.append(any(number != self.value for number in step))
                if not present[-1]:
                    step[:] = 0
            self.mask.append(present)
        return y

    def backward(self, dy):
        return [
            [[g if there else 0.0 for g in step] for step, there in zip(example, present)]
            for example, present in zip(dy, self.mask)
        ]


def masked_mean(x, mask):
    means = []
    for example, present in zip(x, mask):
        steps = [step for step, there in zip(example, present) if there]
        means.append(sum(steps) / len(steps) if steps else np.zeros(x.shape[2]))
    return means


def output_head(scores, task):
    import math

    if task == "regression":
        return scores, scores
    if task == "multi-class":
        shares, best = [], []
        for row in scores:
            powers = [math.exp(z) for z in row]
            shares.append([power / sum(powers) for power in powers])
            best.append(powers.index(max(powers)))
        return shares, best
    p = np.array([1 / (1 + math.exp(-z)) for z in scores.ravel()]).reshape(scores.shape)
    return p, [[int(q > 0.5) for q in row] for row in p] if p.ndim == 2 else [int(q > 0.5) for q in p]
