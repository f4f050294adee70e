"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "zeros like p are zeros like −p": [
        "Momentum.init: p → -p",
        "Nesterov.init: p → -p",
        "AdaGrad.init: p → -p",
        "RMSprop.init: p → -p",
        "Adam.init: p → -p",
        "Adam.init: p → -p #2",
        "AdamW.init: p → -p",
        "Nadam.init: p → -p",
        "Nadam.init: p → -p #2",
    ],
    "a square does not know the sign": [
        "AdaGrad.update: g → -g",
        "RMSprop.update: g → -g",
        "Adam.update: g → -g #2",
        "Nadam.update: g → -g #2",
    ],
    "nor does an absolute value, and ones have no sign of their g": [
        "first_steps: g → -g",
        "first_steps: g → -g #2",
    ],
    "multiplying by 1 or −1 is dividing by it": [
        "first_steps: lr * np.ones_like(g) → lr / np.ones_like(g)",
        "one_step: lr * np.sign(g + decay * p) → lr / np.sign(g + decay * p)",
        "one_step: lr * np.sign(g) → lr / np.sign(g)",
    ],
    "whole numbers from 1 to below n + ½ are those to below n + 1": ["corrected_average: 1 → 0.5 #2"],
}

# The style hands update a copy of its state in float32, in which nothing can be kept. single_precision.py holds
# answers that work in float32 throughout.
MEMORY = {"float32": "what update writes into the copy of its state is lost"}
NOT_IN_STYLE = {
    f"ch09.{name}": MEMORY for name in ("momentum", "nesterov", "adagrad", "rmsprop", "adam", "nadam", "adamw")
}
