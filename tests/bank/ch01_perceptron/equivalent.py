"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "other numbers of the same gate: its whole table is right": [
        "gate: 1 → 0.5 #12",
        "gate: 1 → 0.5 #13",
        "gate: 1 → 0.5 #14",
        "gate: 1 → 0.5 #16",
        "gate: 1 → 0.5 #17",
        "gate: 1 → 0.5 #18",
        "gate: 1 → 0.5 #19",
        "gate: 1 → 0.5 #5",
        "gate: 1 → 0.5 #7",
        "gate: 1 → 2 #12",
        "gate: 1 → 2 #16",
        "gate: 1 → 2 #17",
        "gate: 1 → 2 #18",
        "gate: 1 → 2 #3",
        "gate: 1 → 2 #4",
        "gate: 1 → 2 #8",
    ],
}
