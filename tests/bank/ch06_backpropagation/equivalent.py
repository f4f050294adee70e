"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "a square does not see the sign of what is squared": [
        "neuron: p - y → y - p #2",
        "neuron: p → -p #2",
        "two_two_one: y - o → o - y",
        "slopes_of_valley: at → -at",
        "slopes_of_valley: weight → -weight #2",
        "Scalar.tanh: y → -y #2",
    ],
    "an absolute value does not see the sign": [
        "check_gradient: gradient - numerical → numerical - gradient",
        "check_gradient: gradient → -gradient",
        "check_gradient: numerical → -numerical",
    ],
    "a central difference is the same with its two places exchanged": ["slopes_of_valley: step → -step"],
    "a table has as many rows as its negative": ["reverse_sweep: slopes → -slopes"],
    "the order of the two arguments does not matter": [
        "check_gradient: np.maximum(np.abs(gradient), np.abs(numerical))"
        " → np.maximum(np.abs(numerical), np.abs(gradient))",
        "check_gradient: np.maximum(np.maximum(np.abs(gradient), np.abs(numerical)), eps)"
        " → np.maximum(eps, np.maximum(np.abs(gradient), np.abs(numerical)))",
        "mlp_gradients: np.maximum(z1, 0) → np.maximum(0, z1)",
    ],
    "the check writes its own parameters, as training does": [
        "Dense.__init__: weight → -weight",
        "chain: 0 → 1",
        "chain: 0 → 1 #2",
    ],
    "the last axis of a table is axis 1": [
        "SoftmaxCrossEntropy.backward: 1 → -1",
        "SoftmaxCrossEntropy.forward: axis=1 → axis=-1",
        "SoftmaxCrossEntropy.forward: axis=1 → axis=-1 #2",
        "mlp_gradients: axis=1 → axis=-1",
        "mlp_gradients: axis=1 → axis=-1 #2",
    ],
}

NOT_IN_STYLE = {
    "ch06.scalar": {"noisy": "a number wrapped from outside has no + of its own: Python looks it up on the class"}
}
