"""Mutants of course_lib that no test can notice, because they change nothing that counts; by the reason why."""

EQUIVALENT: dict[str, list[str]] = {
    "NumPy takes any negative size in reshape for the unknown one": [
        "activations/gates.py _rows: 1 → 2",
        "layers/basic.py Dense: 1 → 2 #2",
        "layers/normalization.py GroupNorm: 1 → 2",
    ],
    "targets are −1 or +1, never 0": ["losses/contrastive.py HingeEmbedding: self.target > 0 → self.target >= 0 #2"],
    "a cycle more is prepared than is used": ["schedules.py cosine_restarts: 0 → 1 #2"],
}
