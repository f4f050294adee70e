"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "a norm does not see the sign of what it measures": [
        "gradient_norms: 1 - h[layer + 1] ** 2 → h[layer + 1] ** 2 - 1",
        "gradient_norms: d → -d",
        "gradient_norms: dy → -dy",
        "gradient_norms: dz → -dz",
        "gradient_norms: dz → -dz #2",
        "gradient_norms: x → -x",
        "clip_by_norm: g → -g #2",
    ],
    "tanh is odd: with all weights reversed every other layer changes its sign, and no norm does": [
        "gradient_norms: weight → -weight",
    ],
    "where x is above 0 the other branch is taken, whatever the exponent is": ["SELU.forward: 0 → 1"],
    "the order of the two arguments does not matter": [
        "SELU.forward: np.minimum(x, 0) → np.minimum(0, x)",
        "block: np.maximum(n, 0) → np.maximum(0, n)",
    ],
    "at 0 both branches of the value are 0": ["SELU.forward: x > 0 → x >= 0 #2"],
    "at the limit itself the factor is 1": ["clip_by_norm: norm > max_norm → norm >= max_norm"],
    "an array of zeros does not see the sign": ["around_a_layer: weight → -weight #2"],
    "a variance does not see the sign": ["batch_norm_forward: x → -x #2", "BatchNorm.forward: x → -x #3"],
}
