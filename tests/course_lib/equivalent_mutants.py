"""Mutants of course_lib that no test can notice, because they change nothing that counts; by the reason why."""

EQUIVALENT: dict[str, list[str]] = {
    "NumPy takes any negative size in reshape for the unknown one": [
        "activations/gates.py Maxout: 1 → 2 #9",
        "activations/gates.py _rows: 1 → 2",
        "layers/attention.py MultiHeadAttention: 1 → 2",
        "layers/attention.py MultiHeadAttention: 1 → 2 #4",
        "layers/attention.py MultiHeadAttention: 1 → 2 #7",
        "layers/basic.py Dense: 1 → 2 #2",
        "layers/basic.py Dense: 1 → 2 #3",
        "layers/basic.py Flatten: 1 → 2 #2",
        "layers/convolution.py MaxPool1d: 1 → 2 #7",
        "layers/convolution.py MaxPool1d: 1 → 2 #8",
        "layers/convolution.py MaxPool1d: 1 → 2 #9",
        "layers/normalization.py GroupNorm: 1 → 2",
        "layers/normalization.py Normalization: 1 → 2 #2",
        "losses/ranking.py _sorted: 1 → 2 #4",
    ],
    "np.where computes it, and does not take it": [
        "activations/elementwise.py ELU: 0 → 1 #2",
        "activations/elementwise.py SELU: 0 → 1",
    ],
    "both branches say the same at 0": [
        "activations/elementwise.py ELU: x > 0 → x >= 0 #2",
        "activations/elementwise.py SELU: x > 0 → x >= 0 #2",
        "autodiff.py Scalar: self.value >= 0 → self.value > 0",
    ],
    "what it gives is multiplied by 0, or divides a 0": [
        "losses/classification.py CrossEntropy: 0 → 1 #2",
        "losses/classification.py Focal: 0 → 1 #3",
        "losses/classification.py Focal: 0 → 1 #5",
        "losses/classification.py Focal: 1 → 2 #2",
        "losses/classification.py KLDivergence: 1 → 2",
        "losses/contrastive.py _direction: 1 → 2",
        "search/policy.py _advantage: 1.0 → 2.0",
    ],
    "targets are −1 or +1: never 0, and their own reciprocals": [
        "losses/classification.py Hinge: self.upstream(dy) * -self.target → self.upstream(dy) / -self.target",
        "losses/classification.py SoftMargin: self.upstream(dy) * -self.target → self.upstream(dy) / -self.target",
        "losses/classification.py SquaredHinge: "
        "self.upstream(dy) * -2 * self.target → self.upstream(dy) * -2 / self.target",
        "losses/contrastive.py Contrastive: self.target > 0 → self.target >= 0",
        "losses/contrastive.py Contrastive: self.target[..., None] > 0 → self.target[..., None] >= 0",
        "losses/contrastive.py CosineEmbedding: self.target > 0 → self.target >= 0",
        "losses/contrastive.py CosineEmbedding: self.target > 0 → self.target >= 0 #2",
        "losses/contrastive.py HingeEmbedding: self.target > 0 → self.target >= 0",
        "losses/contrastive.py HingeEmbedding: self.target > 0 → self.target >= 0 #2",
        "losses/ranking.py MarginRanking: self.upstream(dy) * self.target → self.upstream(dy) / self.target",
    ],
    "exp(−∞) is 0, whatever finite number is taken off": [
        "layers/attention.py ScaledDotProductAttention: 0 → 1",
    ],
    "more zeros stand there than are looked at": ["layers/convolution.py Sliding: 2 → 3 #5"],
    "a whole number is divided without remainder": [
        "layers/normalization.py BatchNorm: x.size // self.channels → x.size / self.channels",
    ],
    "the names of groups stay different, and the first one's stays 0 or more": [
        "losses/ranking.py _sorted: 1 → 2 #7",
        "losses/ranking.py _sorted: 2 * group + one → 2 * group - one",
        "losses/ranking.py _sorted: 2 → 3 #4",
    ],
    "0 is added": [
        "losses/ranking.py _sorted: "
        "np.arange(size // n)[:, None] + np.zeros_like(order) → np.arange(size // n)[:, None] - np.zeros_like(order)",
    ],
    "one more is prepared than is used": [
        "schedules.py cosine_restarts: 0 → 1 #2",
        "schedules.py cosine_restarts: 1 → 2 #5",
        "search/evolution.py genetic: 2 → 3 #3",
        "search/halving.py _brackets: 1 → 2 #6",
    ],
    "a uniform number is that value once in 2⁵³ draws": [
        "search/evolution.py _explored: run.rng.uniform() < resample → run.rng.uniform() <= resample",
        "search/evolution.py genetic: rng.uniform() < mutation → rng.uniform() <= mutation",
    ],
    "a range's own `at` keeps within its ends": ["search/evolution.py _explored: 1 → 2"],
    "only differences of times count": ["search/halving.py asha: 0 → 1 #3"],
    "nothing is drawn from that generator": ["search/memoryless.py grid: 0 → 1"],
    "every line is longer": ["training.py Progress: 0 → 1"],
    "a whole number lies between the two as often": [
        "training.py Progress: (step - 1) * 100 // self.steps → (step - 1) * 100 / self.steps",
    ],
}
