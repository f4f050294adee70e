"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "the last axis of a table is axis 1, and of an array of three axes axis 2": [
        "batch_sums: axis=1 → axis=-1",
        "nearest_center: axis=1 → axis=-1",
        "nearest_center: axis=2 → axis=-1",
    ],
    "whether two things are equal does not depend on their order": [
        "chosen_years: kinds == kind → kind == kinds",
        "class_centers: labels == k → k == labels",
        "share_right: prediction == target → target == prediction",
    ],
    "numbers are spread as widely as their negatives": ["standardize: train → -train"],
    "a square does not see the sign of what is squared": [
        "nearest_center: x[:, None] - centers → centers - x[:, None]"
    ],
    "where the sum over the D squares is smallest, their mean is": [
        "nearest_center: np.sum((x[:, None] - centers) ** 2, axis=2) → np.mean((x[:, None] - centers) ** 2, axis=2)"
    ],
}
