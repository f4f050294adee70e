"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "rounding down swallows half a place": ["places: 1 → 0.5"],
    "of four axes the last two are those from number 2 on, and the first two those up to −2": [
        "conv2d: 2 → -2",
        "conv2d_gradients: 2 → -2",
        "MaxPool2d.backward: 2 → -2",
        "MaxPool2d.backward: 2 → -2 #2",
        "MaxPool2d.forward: 2 → -2",
        "MaxPool2d.forward: 2 → -2 #2",
    ],
    "any negative length asks reshape to find the length": ["MaxPool2d.backward: 1 → 2"],
    "the last of three axes is axis 2, and of two axis 1": [
        "MaxPool2d.backward: axis=2 → axis=-1",
        "lstm: axis=1 → axis=-1",
        "gru: axis=1 → axis=-1 #2",
        "gru: axis=1 → axis=-1 #3",
    ],
    "only the shape is taken from it": [
        "conv2d_gradients: weight → -weight",
        "conv2d_gradients: x → -x",
        "RNN.backward: dy → -dy",
        "LayerNorm.backward: dy → -dy #4",
    ],
    "a variance does not see the sign": ["LayerNorm.forward: x → -x #2"],
    "whatever finite number is subtracted from −∞, the exponential is 0": ["attention: 0 → 1"],
    "0 divided by any other number is 0": ["attention: 1 → -1", "attention: 1 → 0.5", "attention: 1 → 2"],
    "a question of equality may be asked the other way round, or of the negative of 0": [
        "attention: largest == -np.inf → -np.inf == largest",
        "attention: mask is not None → None is not mask",
        "attention: total == 0 → 0 == total",
        "attention: total → -total #2",
    ],
}
