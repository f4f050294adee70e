"""Mutants of the solutions that get full marks, by the reason why they are right."""

EQUIVALENT = {
    "zeros like p are zeros like −p": ["Momentum.init: p → -p"],
}

# The style hands update a copy of its state in float32, in which nothing can be kept. single_precision.py holds
# answers that work in float32 throughout.
MEMORY = {"float32": "what update writes into the copy of its state is lost"}
NOT_IN_STYLE = {
    f"ch09.{name}": MEMORY for name in ("momentum", "nesterov", "adagrad", "rmsprop", "adam", "nadam", "adamw")
}
