"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "the order of the two arguments does not matter": [
        "polynomial: min(step, decay_steps) → min(decay_steps, step)",
        "warm_up: min(1, (step + 1) / warm_steps) → min((step + 1) / warm_steps, 1)",
    ],
    "the cosine is the same on both sides of 0": [
        "cosine_annealing: decay_steps → -decay_steps",
        "cosine_annealing: step → -step",
        "cosine_restarts: length → -length #4",
        "cosine_restarts: step - start → start - step",
    ],
    "a multiple of a number is one of its negative, and counting downwards meets the same multiples": [
        "PerformanceDecay.__init__: check_every → -check_every",
        "PerformanceDecay.step: 1 → -1",
    ],
}
