"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "the last axis of a table is axis 1": [
        "measure_accuracy: 1 → -1",
        "evaluate: 1 → -1",
        "answer: 1 → -1",
    ],
    "two things are equal in either order": [
        "measure_accuracy: prediction == labels → labels == prediction",
        "evaluate: scores.argmax(dim=1) == b → b == scores.argmax(dim=1)",
        "roc_auc: difference == 0 → 0 == difference",
        "roc_auc: target == 0 → 0 == target",
        "roc_auc: target == 1 → 1 == target",
    ],
    "the order of the two arguments does not matter": [
        "precision: max(tp + fp, 1) → max(1, tp + fp)",
        "recall: max(tp + fn, 1) → max(1, tp + fn)",
        "specificity: max(tn + fp, 1) → max(1, tn + fp)",
    ],
    "a count is 0 or at least 1, so that any limit between them does": [
        "precision: 1 → 0.5",
        "recall: 1 → 0.5",
        "specificity: 1 → 0.5",
    ],
    "0 is its own negative": [
        "roc_auc: difference → -difference #2",
        "roc_auc: target → -target #2",
    ],
    "the file is one's own: what it holds is tensors and numbers either way": ["load_checkpoint: True → False"],
}
