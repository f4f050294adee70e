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
    "what is not 0 is not 0 with the other sign": [
        "Perceptron.fit: error → -error",
        "Perceptron.fit: wrong → -wrong #2",
    ],
    "an equality may be read from both sides": [
        "Perceptron.fit: wrong == 0 → 0 == wrong",
        "count_lines: answers == target → target == answers",
        "multiclass_step: winner != label → label != winner",
    ],
    "a square does not see the sign of what is squared": [
        "margin: bias → -bias",
        "margin: weight → -weight",
        "margin: radius → -radius",
        "margin: nearest → -nearest #3",
        "margin: x → -x #2",
    ],
    "a positive number divided by a margin of 0 is inf, too": ["margin: nearest > 0 → nearest >= 0"],
    "the last axis of a table is axis 1": ["margin: axis=1 → axis=-1"],
    "of two columns the last is the second": ["count_lines: 1 → -1"],
}
