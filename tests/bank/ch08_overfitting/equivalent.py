"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "a square and an absolute value do not see the sign": [
        "l2_penalty: weight → -weight",
        "l1_penalty: weight → -weight",
        "soft_threshold: weight → -weight #2",
    ],
    "the order of the two arguments does not matter": [
        "soft_threshold: np.maximum(np.abs(weight) - amount, 0) → np.maximum(0, np.abs(weight) - amount)",
        "monte_carlo: np.maximum(0, x @ w1 + b1) → np.maximum(x @ w1 + b1, 0)",
    ],
    "a random number is never exactly p": [
        "Dropout.forward: self.rng.random(x.shape) >= self.p → self.rng.random(x.shape) > self.p",
        "paper_dropout: rng.random(x.shape) >= p → rng.random(x.shape) > p",
        "monte_carlo: rng.random(h.shape) >= p → rng.random(h.shape) > p",
    ],
    "minus True is as true as True": ["paper_dropout: training → -training"],
}
