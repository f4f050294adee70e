"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "the order of the two arguments, or of the two sides, does not matter": [
        "skip_grams: i != j → j != i",
        "skip_grams: max(0, i - window) → max(i - window, 0)",
        "skip_grams: min(len(ids), i + window + 1) → min(i + window + 1, len(ids))",
        "weighting: np.minimum(1, counts / largest) → np.minimum(counts / largest, 1)",
        "ResidualBlock.__init__: inputs == outputs → outputs == inputs",
        "recall: field != 0 → 0 != field",
    ],
    "any number above 0 has a logarithm, and the weight there is 0": [
        "glove_loss: 1 → 0.5",
        "glove_loss: 1 → 2",
    ],
    "it is squared afterwards, or only its length counts, or only whether it is 0": [
        "glove_loss: error → -error",
        "glove_loss: word @ context.T + word_bias[:, None] + context_bias - logs → "
        "logs - (word @ context.T + word_bias[:, None] + context_bias)",
        "divergence: mean → -mean",
        "by_content: memory → -memory",
        "by_content: key → -key",
        "recall: field → -field",
    ],
    "a table has two axes, and the last one is 1": [
        "epsilon_greedy: axis=1 → axis=-1",
        "by_content: axis=1 → axis=-1",
    ],
    "a uniform number never equals a sigmoid": [
        "contrastive_divergence: hidden_u < h → hidden_u <= h",
        "contrastive_divergence: visible_u < sigmoid(drawn @ weight + visible_bias) → "
        "visible_u <= sigmoid(drawn @ weight + visible_bias)",
    ],
}
