"""The course's promise, unit by unit: an address, a twin where its topic has twins, and a table of contract tests."""

import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LIBRARIES = ("torch", "sklearn", "scipy", "optuna", "mpmath", "tensorboard")

# A copy of the coverage table. The first section of it says which topics have twins.
PROMISED = {
    "activations": (
        "Heaviside Sign Identity Sigmoid Tanh ReLU LeakyReLU RReLU PReLU ELU SELU Softplus Swish Mish GELU "
        "Softmax LogSoftmax GLU SwiGLU Maxout"
    ),
    "losses": (
        "SumSquaredError Euclidean MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError "
        "MeanSquaredLogarithmicError Huber SmoothL1 LogCosh PoissonNLL CosineSimilarity CrossEntropy "
        "CategoricalCrossEntropy BinaryCrossEntropy BinaryCrossEntropyWithLogits KLDivergence Hinge "
        "SquaredHinge SoftMargin Focal MarginRanking PairwiseHinge PairwiseLogistic TripletMargin "
        "CosineEmbedding HingeEmbedding Contrastive InfoNCE NegativeSampling Dice Wasserstein BellmanMSE "
        "PolicyGradient"
    ),
    "layers": (
        "Input Dense Embedding Masking Lambda Sequential Residual Dropout FeatureDropout AlphaDropout "
        "MonteCarloDropout BatchNorm LayerNorm InstanceNorm GroupNorm L1Norm L2Norm Conv1d Conv2d "
        "ConvTranspose2d MaxPool1d MaxPool2d AveragePool1d AveragePool2d Flatten RNN LSTM GRU "
        "ScaledDotProductAttention MultiHeadAttention TransformerBlock"
    ),
    "initializers": (
        "zeros constant normal glorot_normal glorot_uniform he_normal he_uniform lecun_normal lecun_uniform"
    ),
    "gradients": "numerical_gradient check_gradient clip_by_value clip_by_norm",
    "autodiff": "Scalar",
    "regularizers": "L1 L2 EarlyStopping",
    "optimizers": "SGD Momentum Nesterov AdaGrad RMSprop Adam Nadam AdamW",
    "schedules": (
        "constant piecewise_constant exponential power polynomial cosine_annealing cosine_restarts one_cycle "
        "one_cycle_momentum PerformanceDecay range_test"
    ),
    "search": (
        "grid random tpe gaussian_process genetic particle_swarm population_based_training successive_halving "
        "hyperband asha reinforcement"
    ),
    "metrics": "confusion accuracy precision recall sensitivity specificity roc_auc cross_entropy cosine_similarity",
    "perceptron": "McCullochPitts ThresholdLogicUnit Perceptron delta_rule",
    "training": "fit evaluate predict TensorBoardMonitor",
}
IDS = [f"{topic}.{name}" for topic, names in PROMISED.items() for name in names.split()]
TWINS = {
    *("activations", "losses", "layers", "initializers", "optimizers", "training", "metrics"),
    *("regularizers.L1", "regularizers.L2", "gradients.clip_by_value", "gradients.clip_by_norm"),
}


@cache
def oracles() -> dict[str, dict[str, str]]:
    """What the tables of contract tests hold against each id: {"losses.Huber": {"cases_losses": "torch.nn.…"}, …}."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(HERE.glob("*.py")):
        if path.stem.startswith(("test_", "cases_")) and path.stem != "test_coverage":
            module = importlib.import_module(f"tests.course_lib.{path.stem}")
            for id, oracle in getattr(module, "ORACLES", {}).items():
                found.setdefault(id, {})[path.stem] = oracle
    return found


@cache
def source(topic):
    """Of all contract tests of a topic."""
    return "\n".join(
        path.read_text() for kind in ("test", "cases") for path in sorted(HERE.glob(f"{kind}_{topic}*.py"))
    )


@pytest.mark.parametrize("id", IDS)
def test_every_promised_unit_has_its_address_its_twin_and_a_contract(id):
    topic, _, name = id.partition(".")
    assert hasattr(importlib.import_module(f"course_lib.{topic}"), name)
    if TWINS & {topic, id}:
        assert hasattr(importlib.import_module(f"course_lib.{topic}_torch"), name)
    assert oracles().get(id), "no table of contract tests answers for it"


@pytest.mark.parametrize("id", IDS)
def test_every_promised_unit_has_an_oracle_that_nobody_here_wrote(id):
    """The address of what a library has, which the tests use; or a closed form, and differences for its gradient."""
    topic, _, name = id.partition(".")
    for oracle in oracles()[id].values():
        if oracle == "closed form":
            unit = getattr(importlib.import_module(f"course_lib.{topic}"), name)
            assert not hasattr(unit, "backward") or "backward_is_the_derivative_of_forward" in source(topic)
        else:
            assert callable(pkgutil.resolve_name(oracle))
            library, *_, used = oracle.split(".")
            assert library in LIBRARIES
            tests = source(topic).replace(f'"{oracle}"', "")
            assert re.search(rf"\b{used}\b", tests) or "resolve_name(ORACLES" in tests


def test_no_contract_answers_for_what_nobody_promised():
    assert oracles().keys() == set(IDS)


def test_the_references_import_no_torch():
    """Those that are NumPy: search uses Optuna, and what trains in PyTorch says so in its name."""
    import subprocess
    import sys

    modules = ", ".join(f"course_lib.{topic}" for topic in PROMISED if topic != "search")
    code = f"import sys, {modules}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
