"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "the order of the two arguments does not matter": [
        "feed_forward: np.maximum(h1 @ weight2.T + bias2, 0) → np.maximum(0, h1 @ weight2.T + bias2)",
        "feed_forward: np.maximum(x @ weight1.T + bias1, 0) → np.maximum(0, x @ weight1.T + bias1)",
        "ReLU.forward: np.maximum(x, 0) → np.maximum(0, x)",
        "ask_xor: np.maximum(x @ hidden_weight.T + hidden_bias, 0) → np.maximum(0, x @ hidden_weight.T + hidden_bias)",
        "zigzag: np.maximum(x - 0.5, 0) → np.maximum(0, x - 0.5)",
        "zigzag: np.maximum(x, 0) → np.maximum(0, x)",
        "masked_mean: np.maximum(count, 1) → np.maximum(1, count)",
    ],
    "equality is the same from both sides": [
        "Masking.forward: x != self.value → self.value != x",
        "output_head: task == 'multi-class' → 'multi-class' == task",
        "output_head: task == 'regression' → 'regression' == task",
    ],
    "the second axis is the last": [
        "masked_mean: axis=1 → axis=-1 #2",
        "TwoInputs.forward: axis=1 → axis=-1",
        "output_head: axis=1 → axis=-1",
        "output_head: axis=1 → axis=-1 #2",
    ],
    "the second of two is the last": ["PictureAndTable.__init__: 1 → -1"],
    "nothing divided by anything above 0 is nothing, and a count is a whole number": ["masked_mean: 1 → 0.5"],
    "the given table speaks of names that a right answer does not have": [
        "Network.table: -1 → 1",
        "Network.table: -1 → 1 #4",
        "Network.table: 1 → -1",
        "Network.table: 1 → -1 #4",
        "Network.table: 1 → 0.5",
        "Network.table: 1 → 0.5 #4",
        "Network.table: 1 → 2",
        "Network.table: 1 → 2 #4",
        "PictureAndTable.table: -1 → 1 #2",
        "PictureAndTable.table: 1 → -1 #2",
        "PictureAndTable.table: 1 → 0.5 #2",
        "PictureAndTable.table: 1 → 2 #2",
    ],
}
