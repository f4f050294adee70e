"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "at 0 both branches give the same number": [
        "sigmoid: x >= 0 → x > 0",
        "leaky_relu: x > 0 → x >= 0",
        "PReLU.forward: x > 0 → x >= 0",
        "elu: x > 0 → x >= 0",
    ],
    "the sign inside an absolute value or a square does not matter": [
        "sigmoid: x → -x",
        "softplus: x → -x #2",
        "gelu_derivative: x → -x #2",
    ],
    "the slope of the sigmoid is the same at x and at −x": ["sigmoid_derivative: x → -x"],
    "the order of the two arguments does not matter": [
        "ReLU.forward: np.maximum(x, 0) → np.maximum(0, x)",
        "PReLU.backward: np.minimum(self.x, 0) → np.minimum(0, self.x)",
        "elu: np.minimum(x, 0) → np.minimum(0, x)",
        "elu_derivative: np.minimum(x, 0) → np.minimum(0, x)",
        "softplus: np.maximum(x, 0) → np.maximum(0, x)",
    ],
    "where x is between 0 and 1 the other branch is taken, and no exponent is above 1": [
        "elu: 0 → 1 #2",
        "elu_derivative: 0 → 1 #2",
    ],
    "the check writes its own parameters, as training does": [
        "PReLU.__init__: 0.25 → 1.25",
        "PReLU.__init__: 0.25 → 0.125",
        "PReLU.__init__: 0.25 → -0.25",
        "Swish.__init__: 1.0 → 2.0",
        "Swish.__init__: 1.0 → 0.5",
        "Swish.__init__: 1.0 → -1.0",
    ],
    "a single number reshaped to as many entries as there are is reshaped to one": ["Swish.backward: 1 → -1"],
    "the last axis of a table is axis 1": [
        "softmax: axis=1 → axis=-1",
        "softmax: axis=1 → axis=-1 #2",
        "softmax_gradient: axis=1 → axis=-1",
    ],
}
