CASES = {
    "unit": [{}, {"x": (0.5, -2.0), "weights": (1.5, 0.25), "bias": 2.0}],
    "steps": [{}],
    "gates": [{"neurons": {"AND": ((1, 1), 2), "always": ((1, 1), 0), "never": ((1, 1), 3)}}],
    "cut": [{}, {"w1": -3.0, "w2": 0.0, "bias": 3.0, "gate": "XOR"}, {"w1": 0.0, "w2": 0.0, "bias": -3.0}],
}
WIDGETS = ("cut_explorer",)
