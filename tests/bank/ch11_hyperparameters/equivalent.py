"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "the last axis of a table is axis 1": ["best_trial: axis=1 → axis=-1"],
    "all trials have the same number of seeds, so sums rank them as means do": [
        "best_trial: validation.mean(axis=1) → validation.sum(axis=1)",
    ],
    "a spread is the same with its sign turned": ["best_trial: test → -test #2"],
    "it counts up from below and meets the same first number": ["grid_points: 1 → -1"],
    "NumPy works out any length that is negative": ["grid_points: 1 → 2 #5"],
    "no two of these numbers are equal": [
        "random_search: value < best_value → value <= best_value",
        "search_a_valley: x[0] > limit → x[0] >= limit",
        "genetic_child: u < mutation → u <= mutation",
        "genetic_child: values[i] < values[j] → values[i] <= values[j]",
        "halve_a_valley: x > limit → x >= limit",
    ],
    "a square is the same with its sign turned": [
        "search_a_valley: x / center → center / x",
        "halve_a_valley: x - center → center - x",
        "density: z → -z",
        "expected_improvement: z → -z #2",
    ],
    "any names are good as long as they differ": ["search_a_valley: i → -i"],
    "what is divided there is not used where the standard deviation is 0": [
        "expected_improvement: 1 → -1",
        "expected_improvement: 1 → 0.5",
        "expected_improvement: 1 → 2",
        "expected_improvement: np.where(std > 0, std, 1) → std",
        "expected_improvement: std > 0 → std >= 0 #2",
    ],
    "the order of the two does not matter": [
        "expected_improvement: np.maximum(gain, 0) → np.maximum(0, gain)",
        "genetic_child: source == 0 → 0 == source",
    ],
    "a source is 0 or not, whatever its sign": ["genetic_child: source → -source"],
}
