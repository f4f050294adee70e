"""The exercises of chapter 03: ten activations with their derivatives, and the mistakes that students make with them."""

import math

import numpy as np

from autograder.exercise import Case, Exercise, Part, misconception
from autograder.exercises.cases import LARGE, Cases, both_signs, grid
from autograder.sandbox.protocols import Call, Module

CURVE = Call(value=("x",), derivative=("x",))
CURVE_WITH_ALPHA = Call(value=("x", "alpha"), derivative=("x", "alpha"))
UNIT = Module(backward="dy")
VALUE, DERIVATIVE = Part("value", 2), Part("derivative", 2, result="derivative")


# The cases. Each holds numbers on both sides of 0, but for the smallest, of which there are two.


def _sides(rng: np.random.Generator, shape: int | tuple[int, ...], near: float = 0.25, far: float = 3.0) -> np.ndarray:
    return grid(rng.uniform(near, far, shape)) * both_signs(rng, shape)


def _curve_inputs(rng: np.random.Generator, near: float = 0.25, far: float = 3.0) -> list[tuple[np.ndarray, str]]:
    small = [(side * grid(rng.uniform(near, far, 1)), f"a single {word} number") for side, word in SIDES]
    shapes: tuple[int | tuple[int, ...], ...] = (3, 5, 8, (2, 4))
    return small + [(_sides(rng, shape, near, far), "a table" if shape == (2, 4) else "") for shape in shapes]


SIDES = ((1.0, "positive"), (-1.0, "negative"))


def points(large: float = 0.0, zero: bool = False, tiny: bool = False, near: float = 0.25) -> Cases:
    """Inputs x of several shapes. `large`: also of that size, tagged; `zero`: also an exact 0; `tiny`: also x from −80
    to −40, whose exponentials vanish beside 1, tagged "tiny"."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = [Case({"x": x}, about) for x, about in _curve_inputs(rng, near)]
        if zero:
            cases.append(Case({"x": np.append(_sides(rng, 2), 0.0)}, "a number that is exactly 0"))
        if tiny:
            cases += [Case({"x": -grid(rng.uniform(40, 80, n))}, "x below −40", "tiny") for n in (1, 3)]
        if large:
            for side, word in SIDES:
                # With an ordinary number beside it: e⁻⁵⁰⁰ in place of 0 is then as right as it is.
                x = np.append(side * grid(rng.uniform(0.5, 1, 1) * large), _sides(rng, 1))
                cases.append(Case({"x": x}, f"one {word} number of size {large:g}", LARGE))
            x = np.append(_sides(rng, 2), grid(rng.uniform(0.5, 1, 2) * large) * [1, -1])
            cases.append(Case({"x": x}, f"numbers up to ±{large:g}", LARGE))
        return cases

    return make


def points_and_alpha(alphas: tuple[float, ...], steep: tuple[float, ...] = (), large: float = 0.0) -> Cases:
    """Inputs x and a number alpha; an exact 0 in one case of each alpha. Those in `steep` are tagged so."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for alpha, tag in [(alpha, "") for alpha in alphas] + [(alpha, "steep") for alpha in steep]:
            for side, word in SIDES:
                x = side * grid(rng.uniform(0.25, 3, 1))
                cases.append(Case({"x": x, "alpha": alpha}, f"a single {word} number", tag))
            for n in (3, 8):
                near = grid(rng.uniform(0.25, 0.9, 2)) * [1, -1]
                x = np.concatenate([near, _sides(rng, n - 3), [0.0]])
                cases.append(Case({"x": x, "alpha": alpha}, f"alpha {alpha:g} and a number that is exactly 0", tag))
            cases.append(Case({"x": _sides(rng, (2, 5)), "alpha": alpha}, "a table", tag))
        if large:
            for n in (1, 3):
                x = np.append(grid(rng.uniform(0.5, 1, n) * large), _sides(rng, 2))
                about = f"numbers up to {large:g}"
                cases.append(Case({"x": x, "alpha": alphas[0]}, about, LARGE))
        return cases

    return make


def upstream(large: float = 0.0) -> Cases:
    """Inputs x and upstream gradients dy of the same shape, an exact 0 in one case."""

    def make(rng: np.random.Generator) -> list[Case]:
        shapes: tuple[int | tuple[int, ...], ...] = (3, 5, 8, (2, 4), (3, 2))
        tables = [side * grid(rng.uniform(0.25, 2, 1)) for side, _ in SIDES] + [_sides(rng, shape) for shape in shapes]
        told = [f"a single {word} number" for _, word in SIDES] + [""] * len(shapes)
        tables.append(np.append(_sides(rng, 4, far=2), 0.0))
        told.append("an input that is exactly 0")
        cases = [Case({"x": x, "dy": _sides(rng, x.shape, 0.1, 2)}, about) for x, about in zip(tables, told)]
        if large:
            x = np.append(_sides(rng, 2), grid(rng.uniform(0.5, 1, 2) * large) * [1, -1])
            cases.append(Case({"x": x, "dy": _sides(rng, 4)}, f"numbers up to ±{large:g}", LARGE))
        return cases

    return make


def channels() -> Cases:
    """x (N, C) and dy (N, C) with a slope for each of the C channels; every channel has negative inputs."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, c in ((1, 1), (1, 3), (3, 2), (5, 4), (8, 3)):
            x = _sides(rng, (n, c))
            x[rng.integers(0, n, c), np.arange(c)] = -grid(rng.uniform(0.5, 2, c))
            if n == 5:
                x[x.argmax(axis=0)[0], 0] = 0.0
            alpha = grid(rng.uniform(0.6, 0.9, c)) * np.append(2.0, both_signs(rng, c - 1) if c > 1 else [])
            about = "a single example" if n == 1 else "an input that is exactly 0" if n == 5 else ""
            inputs = {"channels": c, "x": x, "alpha": alpha, "dy": _sides(rng, (n, c), 0.1, 2)}
            cases.append(Case(inputs, about))
        return cases

    return make


def learned_beta() -> Cases:
    """x and dy of one shape, and β (1,): above 1, below 1, negative."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        shapes: tuple[int | tuple[int, ...], ...] = (1, 3, 5, 8, (3, 2), (2, 4))
        for i, shape in enumerate(shapes):
            beta = grid(rng.uniform(0.3, 0.8, 1)) * (4 if i % 3 == 1 else -1 if i % 3 == 2 else 1)
            dy = grid(rng.uniform(0.5, 2, shape))  # of one sign: what is summed does not cancel
            about = "a single number" if shape == 1 else f"beta {beta[0]:g}"
            cases.append(Case({"x": _sides(rng, shape), "beta": beta, "dy": dy}, about))
        return cases

    return make


def rows_and_temperature(large: float) -> Cases:
    """Logits (N, K) and a temperature: 1, then others (tagged "temperature"); then logits of a large size."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, k in ((1, 3), (3, 4), (5, 3), (8, 6)):
            cases.append(Case({"logits": grid(rng.uniform(-2, 2, (n, k))), "temperature": 1.0}, "temperature 1"))
        for temperature, (n, k) in zip((4.0, 0.25, 0.5), ((1, 3), (3, 5), (5, 4))):
            inputs = {"logits": grid(rng.uniform(-2, 2, (n, k))), "temperature": temperature}
            cases.append(Case(inputs, f"temperature {temperature:g}", "temperature"))
        for n in (1, 3):
            level = grid(rng.uniform(0.5, 1, (n, 1)) * large) * np.resize([[1.0], [-1.0]], (n, 1))
            logits = level + grid(rng.uniform(-2, 2, (n, 4)))
            cases.append(Case({"logits": logits, "temperature": 1.0}, f"logits around ±{large:g}", LARGE))
        logits = rng.permuted(np.tile([large, large - 1, 0.0, -large], (2, 1)), axis=1)
        cases.append(Case({"logits": logits, "temperature": 1.0}, f"logits from −{large:g} to {large:g}", LARGE))
        return cases

    return make


def distributions_and_upstream() -> Cases:
    """p (K,), one distribution; probs (N, K), several; dy (N, K)."""

    def distribution(rng: np.random.Generator, n: int, k: int) -> np.ndarray:
        probs = grid(0.05 + (1 - 0.05 * k) * rng.dirichlet(np.ones(k), n))
        probs[:, 0] += 1 - probs.sum(axis=1)
        return probs

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, k in ((1, 2), (3, 4), (5, 3), (8, 6)):
            inputs = {"p": distribution(rng, 1, k)[0], "probs": distribution(rng, n, k), "dy": _sides(rng, (n, k))}
            cases.append(Case(inputs, "a single row" if n == 1 else ""))
        return cases

    return make


# What the reference answers, where the student's form is another.


def _curve(reference, inputs, **options):
    """Value and slope of an activation that is made with the inputs other than x."""
    unit = reference(**{name: value for name, value in inputs.items() if name != "x"}, **options)
    return {"value": unit.forward(inputs["x"]), "derivative": unit.backward(np.ones_like(inputs["x"]))}


def _both_forms(reference, inputs):
    return _curve(reference, inputs) | {"approximation": reference("tanh").forward(inputs["x"])}


def _softened(reference, inputs):
    return {"value": reference().forward(inputs["logits"] / inputs["temperature"])}


def _slopes_of_softmax(reference, inputs):
    row, table = reference(), reference()
    row.probs, table.probs = inputs["p"], inputs["probs"]
    return {"jacobian": row.jacobian(), "gradient": table.backward(inputs["dy"])}


# Pieces of wrong answers.


def _sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def _softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def _softmax(logits, axis=-1):
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def _shifted(logits, temperature):
    """The exponentials of a softmax, not yet divided by their sum."""
    return np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)


def _normalized(exponentials):
    return exponentials / exponentials.sum(axis=1, keepdims=True)


_erf = np.vectorize(math.erf, otypes=[float])


def _normal(x):
    """Φ(x)"""
    return (1 + _erf(x / math.sqrt(2))) / 2


def _density(x):
    """φ(x)"""
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def _wrong_unit(forward, backward):
    """A class whose backward is made of x, y and dy."""

    class Unit:
        def forward(self, x):
            self.x, self.y = x, forward(x)
            return self.y

        def backward(self, dy):
            return backward(self.x, self.y, dy)

    return Unit


def _wrong_prelu(forward=None, backward=None, slope=None):
    """PReLU with one of its three formulas replaced; each is a function of x, alpha and dy."""

    class Unit:
        def __init__(self, channels):
            self.params, self.grads = {"alpha": np.full(channels, 0.25)}, {}

        def forward(self, x):
            self.x = x
            return (forward or (lambda x, a: np.where(x > 0, x, a * x)))(x, self.params["alpha"])

        def backward(self, dy):
            x, a = self.x, self.params["alpha"]
            right = (dy * np.minimum(x, 0)).sum(axis=0)
            self.grads["alpha"] = slope(x, a, dy) if slope else right
            return (backward or (lambda x, a, dy: dy * np.where(x > 0, 1, a)))(x, a, dy)

    return Unit


def _wrong_swish(forward=None, backward=None, slope=None):
    """Swish with one of its three formulas replaced; each is a function of x, β, σ(βx) and dy."""

    class Unit:
        def __init__(self):
            self.params, self.grads = {"beta": np.array([1.0])}, {}

        def forward(self, x):
            self.x, beta = x, self.params["beta"]
            return (forward or (lambda x, b, s: x * s))(x, beta, _sigmoid(beta * x))

        def backward(self, dy):
            x, b = self.x, self.params["beta"]
            s = _sigmoid(b * x)
            right = np.sum(dy * x**2 * s * (1 - s)).reshape(1)
            self.grads["beta"] = slope(x, b, s, dy) if slope else right
            return (backward or (lambda x, b, s, dy: dy * (s + b * x * s * (1 - s))))(x, b, s, dy)

    return Unit


# The exercises.

sigmoid = Exercise(
    id="ch03.sigmoid",
    reference="activations.Sigmoid",
    protocol=CURVE,
    cases=points(large=8192.0),
    answers=_curve,
    parts=[
        Part("value", 1),
        Part("large inputs", 1, where=LARGE),
        Part("derivative", 1, result="derivative"),
        Part("derivative at large inputs", 1, result="derivative", where=LARGE),
    ],
    read_again="3.3 Sigmoid: how does a number become a probability?",
    misconceptions=[
        misconception(
            "the exponent has lost its minus sign: the curve falls",
            "Put in a large positive number. Should the answer be near 1 or near 0? Yours is 1 − σ(x).",
            value=lambda x: 1 / (1 + np.exp(x)),
        ),
        misconception(
            "inf divided by inf: eˣ/(1 + eˣ) overflows for large x",
            "On paper eˣ/(1 + eˣ) is the sigmoid. In the computer e¹⁰⁰⁰ is inf, and inf/inf is nan.",
            "Write both parts with e^−|x|, which lies between 0 and 1, and choose the right form for each sign of x.",
            value=lambda x: np.exp(x) / (1 + np.exp(x)),
        ),
        misconception(
            "this is the tanh, which runs from −1 to 1",
            "The sigmoid runs from 0 to 1, and σ(0) is ½. Tanh is the stretched one: 2σ(2x) − 1.",
            value=np.tanh,
        ),
        misconception(
            "a hard step instead of a smooth one",
            "This is the perceptron's Heaviside function: its slope is 0 nearly everywhere, so nothing can be learned through it.",
            value=lambda x: np.where(x > 0, 1.0, 0.0),
        ),
        misconception(
            "the brackets are missing: 1/1 + e⁻ˣ",
            "Python divides before it adds. 1 / 1 + u is 1 + u; put the denominator in brackets.",
            value=lambda x: 1 / 1 + np.exp(-x),
        ),
        misconception(
            "x(1 − x): the rule is meant for the output σ(x), not for the input",
            "In σ′ = σ(1 − σ) both factors are outputs, numbers between 0 and 1. At x = 3 your slope is −6.",
            derivative=lambda x: x * (1 - x),
        ),
        misconception(
            "the factor 1 − σ is missing: this is the value, not the slope",
            "A curve that ends on a plateau has a slope of 0 there. Yours is 1 for large x. Which factor brings it down?",
            derivative=_sigmoid,
        ),
        misconception(
            "1 − σ²: that is the rule of the tanh",
            "For tanh the slope is 1 − tanh². For the sigmoid it is σ(1 − σ), with a largest value of ¼.",
            derivative=lambda x: 1 - _sigmoid(x) ** 2,
        ),
        misconception(
            "the sigmoid is taken twice",
            "Your function gets x, takes the sigmoid, and then takes the sigmoid of that. Compute s = σ(x) once and use s(1 − s).",
            derivative=lambda x: _sigmoid(_sigmoid(x)) * (1 - _sigmoid(_sigmoid(x))),
        ),
        misconception(
            "inf divided by inf: e⁻ˣ/(1 + e⁻ˣ)² overflows for large negative x",
            "The quotient rule gives the right formula on paper. For x = −1000 it is inf/inf. Use σ(1 − σ) with a σ that you trust.",
            derivative=lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
        ),
        misconception(
            "the slope has the wrong sign: from differentiating e⁻ˣ and forgetting its inner −1",
            "The curve rises everywhere, so its slope is positive everywhere.",
            derivative=lambda x: -_sigmoid(x) * (1 - _sigmoid(x)),
        ),
        misconception(
            "1/(1 + e^−|x|) on both sides: the curve is a valley",
            "Put in −3: your answer is that of 3. The numerator differs: 1 for positive x, e^−|x| for negative x.",
            value=lambda x: 1 / (1 + np.exp(-np.abs(x))),
        ),
        misconception(
            "the factor σ is missing: 1 − σ alone",
            "Far to the left the curve is flat, and its slope is 0. Yours is 1 there. Which factor brings it down?",
            derivative=lambda x: 1 - _sigmoid(x),
        ),
    ],
    withholds=("activations.Softplus", "activations.Swish"),
)

tanh = Exercise(
    id="ch03.tanh",
    reference="activations.Tanh",
    protocol=UNIT,
    cases=upstream(large=8192.0),
    parts=[
        Part("value", 1),
        Part("large inputs", 1, where=LARGE),
        Part("gradient", 2, result="gradient"),
    ],
    read_again="3.4 Tanh: what changes when 0 is in the middle?",
    misconceptions=[
        misconception(
            "backward returns the slope alone: dy is missing",
            "The loss reached y with the strength dy. By the chain rule what reaches x is dy times the slope of y.",
            unit=_wrong_unit(np.tanh, lambda x, y, dy: 1 - y**2),
        ),
        misconception(
            "1 − x²: backward remembers the input where it needs the output",
            "The rule 1 − tanh² is about the output. At x = 2 your slope is −3, though the curve rises. What should forward keep?",
            unit=_wrong_unit(np.tanh, lambda x, y, dy: dy * (1 - x**2)),
        ),
        misconception(
            "1 − y without the square",
            "The slope must be the same at x and at −x, for the curve is symmetric. Is 1 − y?",
            unit=_wrong_unit(np.tanh, lambda x, y, dy: dy * (1 - y)),
        ),
        misconception(
            "y(1 − y): that is the rule of the sigmoid",
            "At x = 0 tanh is steepest, with slope 1. Your rule gives 0 there.",
            unit=_wrong_unit(np.tanh, lambda x, y, dy: dy * y * (1 - y)),
        ),
        misconception(
            "dy is taken for x: the slope is computed at dy",
            "A gradient from above is what dy is, not a place on the curve. The slope belongs to the x that forward saw.",
            unit=_wrong_unit(np.tanh, lambda x, y, dy: 1 - np.tanh(dy) ** 2),
        ),
        misconception(
            "2σ(x) − 1: the 2 inside the sigmoid is missing",
            "Your curve has slope ½ at 0, tanh has slope 1. In tanh x = 2σ(2x) − 1 the 2 stands twice.",
            unit=_wrong_unit(lambda x: 2 * _sigmoid(x) - 1, lambda x, y, dy: dy * (1 - y**2)),
        ),
        misconception(
            "inf divided by inf: eˣ overflows for large inputs",
            "The formula with eˣ and e⁻ˣ is right on paper. For x = 1000 it is inf/inf. NumPy has a function that does not go that way.",
            unit=_wrong_unit(
                lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)), lambda x, y, dy: dy * (1 - y**2)
            ),
        ),
        misconception(
            "1 + y²: the sign of the square",
            "On the plateaus the curve is flat, y² = 1 and the slope must be 0. Yours is 2.",
            unit=_wrong_unit(np.tanh, lambda x, y, dy: dy * (1 + y**2)),
        ),
        misconception(
            "(1 − y)²: the square is taken of the whole bracket",
            "Only y is squared. The slope must be the same at x and at −x, and (1 − y)² is not.",
            unit=_wrong_unit(np.tanh, lambda x, y, dy: dy * (1 - y) ** 2),
        ),
        misconception(
            "the tanh is taken twice",
            "What forward kept is the output y already. Its square is enough: 1 − y².",
            unit=_wrong_unit(np.tanh, lambda x, y, dy: dy * (1 - np.tanh(y) ** 2)),
        ),
        misconception(
            "the slope is computed at dy, and multiplied by dy",
            "The slope belongs to the x that forward saw; dy comes in once, as the factor in front.",
            unit=_wrong_unit(np.tanh, lambda x, y, dy: dy * (1 - np.tanh(dy) ** 2)),
        ),
        misconception(
            "dy is handed on as it came: the slope is missing",
            "On a plateau y hardly moves when x does, so hardly any gradient may reach x. Multiply dy by the slope.",
            unit=_wrong_unit(np.tanh, lambda x, y, dy: dy),
        ),
    ],
)

relu = Exercise(
    id="ch03.relu",
    reference="activations.ReLU",
    protocol=UNIT,
    cases=upstream(),
    parts=[Part("value", 1), Part("gradient", 2, result="gradient")],
    read_again="3.6 ReLU: how simple may a bend be?",
    misconceptions=[
        misconception(
            "the cases of the slope are swapped, as D1 prints them",
            "Where x > 0 the output is x itself and follows every move: slope 1. Where x ≤ 0 the output rests at 0: slope 0.",
            unit=_wrong_unit(lambda x: np.maximum(x, 0), lambda x, y, dy: dy * (x <= 0)),
        ),
        misconception(
            "the gate looks at dy instead of x",
            "Whether the gradient passes was decided on the way forward, by the sign of x. dy may have either sign.",
            unit=_wrong_unit(lambda x: np.maximum(x, 0), lambda x, y, dy: np.maximum(dy, 0)),
        ),
        misconception(
            "negative gradients are cut off as well",
            "An open gate lets every gradient through, negative ones too: they say that the output should rise.",
            unit=_wrong_unit(lambda x: np.maximum(x, 0), lambda x, y, dy: np.maximum(dy, 0) * (x > 0)),
        ),
        misconception(
            "a slope of 1 where x is exactly 0",
            "At the corner any slope from 0 to 1 would do; this course, as PyTorch, takes 0. Compare with > instead of ≥.",
            unit=_wrong_unit(lambda x: np.maximum(x, 0), lambda x, y, dy: dy * (x >= 0)),
        ),
        misconception(
            "a slope of ½ where x is exactly 0",
            "At the corner any slope from 0 to 1 would do; this course, as PyTorch, takes 0.",
            unit=_wrong_unit(lambda x: np.maximum(x, 0), lambda x, y, dy: dy * np.heaviside(x, 0.5)),
        ),
        misconception(
            "backward returns the slope alone: dy is missing",
            "By the chain rule what reaches x is dy times the slope. Your answer would be the same for every loss.",
            unit=_wrong_unit(lambda x: np.maximum(x, 0), lambda x, y, dy: np.where(x > 0, 1.0, 0.0)),
        ),
        misconception(
            "dy is multiplied by the output, not by the slope",
            "Where x > 0 the slope is 1 whatever the size of x. Only the product with weights multiplies by inputs.",
            unit=_wrong_unit(lambda x: np.maximum(x, 0), lambda x, y, dy: dy * y),
        ),
        misconception(
            "the gradient passes everywhere: the gate is missing",
            "A closed unit, x ≤ 0, does not change when x changes a little. No gradient may reach its x.",
            unit=_wrong_unit(lambda x: np.maximum(x, 0), lambda x, y, dy: dy),
        ),
        misconception(
            "the absolute value: negative inputs come out positive",
            "A rectifier closes for negative inputs: the answer there is 0, not −x.",
            unit=_wrong_unit(np.abs, lambda x, y, dy: dy * (x > 0)),
        ),
        misconception(
            "min(x, 0): the other half of the line",
            "ReLU keeps what is positive. Which of two numbers do you want, the larger or the smaller?",
            unit=_wrong_unit(lambda x: np.minimum(x, 0), lambda x, y, dy: dy * (x > 0)),
        ),
        misconception(
            "np.max takes the largest of all entries: one number is left",
            "The maximum is to be taken entry by entry, of x and 0. NumPy's function for that has the longer name.",
            unit=_wrong_unit(lambda x: np.maximum(np.max(x), 0), lambda x, y, dy: dy * (x > 0)),
        ),
        misconception(
            "np.max of x alone: one number is left, and it may be negative",
            "The larger of each entry and 0 is wanted, entry by entry. NumPy's function for that has the longer name.",
            unit=_wrong_unit(np.max, lambda x, y, dy: dy * (x > 0)),
        ),
        misconception(
            "a step: 1 where the unit is open",
            "An open gate hands on x itself, however large it is. The 1 is the slope there, not the value.",
            unit=_wrong_unit(lambda x: np.where(x > 0, 1.0, 0.0), lambda x, y, dy: dy * (x > 0)),
        ),
    ],
    withholds=("activations.LeakyReLU", "activations.PReLU"),
)

leaky_relu = Exercise(
    id="ch03.leaky_relu",
    reference="activations.LeakyReLU",
    protocol=CURVE_WITH_ALPHA,
    cases=points_and_alpha((0.01, 0.25, 0.0), steep=(1.5, 4.0)),
    answers=_curve,
    parts=[Part("value", 1), Part("value for α above 1", 1, where="steep"), Part("derivative", 1, result="derivative")],
    read_again="3.8 Leaky ReLU: what if the gate never quite closes?",
    misconceptions=[
        misconception(
            "max(αx, x) takes the wrong branch when α is above 1",
            "For α = 4 and x = 1 the maximum picks 4x. The definition chooses by the sign of x, not by which product is larger.",
            value=lambda x, alpha: np.maximum(alpha * x, x),
        ),
        misconception(
            "the two branches are swapped",
            "The leak is on the negative side. Positive inputs pass unchanged.",
            value=lambda x, alpha: np.where(x > 0, alpha * x, x),
        ),
        misconception(
            "α alone where αx belongs: a constant has no slope",
            "Below 0 the curve is a line through the origin with slope α. Yours is a flat line at height α.",
            value=lambda x, alpha: np.where(x > 0, x, alpha),
        ),
        misconception(
            "−αx: the leak comes out positive",
            "A negative input leaks out as a small negative number. The curve rises everywhere.",
            value=lambda x, alpha: np.where(x > 0, x, -alpha * x),
        ),
        misconception(
            "αx is added on both sides",
            "For positive x the curve max(x, 0) + αx has slope 1 + α. The leak belongs to the negative side alone: min(x, 0).",
            value=lambda x, alpha: np.maximum(x, 0) + alpha * x,
        ),
        misconception(
            "α is ignored in the value: this is the plain ReLU",
            "Change α and look at a negative input: your answer stays 0.",
            value=lambda x, alpha: np.maximum(x, 0),
        ),
        misconception(
            "α is fixed at 0.01",
            "The number 0.01 is only the default. The argument α may be any number from 0 on.",
            value=lambda x, alpha: np.where(x > 0, x, 0.01 * x),
            derivative=lambda x, alpha: np.where(x > 0, 1, 0.01),
        ),
        misconception(
            "a slope of 1 where x is exactly 0",
            "The definition says α for x ≤ 0, and the exercise keeps to it: the slope at 0 is α.",
            derivative=lambda x, alpha: np.where(x >= 0, 1, alpha),
        ),
        misconception(
            "a slope of 0 on the negative side: that is the plain ReLU",
            "The leak is there so that the slope is never 0. What is the slope of αx?",
            derivative=lambda x, alpha: np.where(x > 0, 1.0, 0.0),
        ),
        misconception(
            "αx in the derivative: the x has not been differentiated away",
            "The derivative of αx for x is α, and that of x is 1. No x is left.",
            derivative=lambda x, alpha: np.where(x > 0, x, alpha * x),
        ),
        misconception(
            "the slopes are swapped",
            "The small slope is for negative z: there a little gets through. For positive z the slope is 1.",
            derivative=lambda x, alpha: np.where(x > 0, alpha, 1),
        ),
        misconception(
            "αx on the negative side of the derivative",
            "The line αx has the same slope everywhere, α. No x is left in it.",
            derivative=lambda x, alpha: np.where(x > 0, 1, alpha * x),
        ),
        misconception(
            "a slope of 0 where x is exactly 0",
            "The definition says α for x ≤ 0, and the exercise keeps to it: the slope at 0 is α.",
            derivative=lambda x, alpha: np.where(x > 0, 1, np.where(x < 0, alpha, 0)),
        ),
        misconception(
            "−α: the negative side falls",
            "To the left of 0 the curve still rises from left to right: x grows, and αx grows with it.",
            derivative=lambda x, alpha: np.where(x > 0, 1, -alpha),
        ),
        misconception(
            "the slope is chosen by which of αx and x is larger",
            "For α above 1 the larger of the two is the wrong branch. Choose by the sign of x.",
            derivative=lambda x, alpha: np.where(alpha * x > x, alpha, 1),
        ),
    ],
    withholds=("activations.PReLU",),
)

prelu = Exercise(
    id="ch03.prelu",
    reference="activations.PReLU",
    protocol=Module(constructor=("channels",), parameters=("alpha",), backward="dy"),
    cases=channels(),
    parts=[
        Part("value", 1),
        Part("gradient for x", 2, result="gradient"),
        Part("gradient for the slope", 2, result="grad alpha"),
    ],
    read_again="3.9 PReLU: can the slope be learned?",
    misconceptions=[
        misconception(
            "the slope's gradient is not summed over the examples",
            "One α serves all N examples of its channel, so their wishes add up: the gradient has the shape of α, (C,).",
            unit=_wrong_prelu(slope=lambda x, a, dy: dy * np.minimum(x, 0)),
        ),
        misconception(
            "the slope's gradient is averaged over the examples",
            "The mean, if there is one, is in dy already: the loss put its 1/N there. A shared parameter collects a plain sum.",
            unit=_wrong_prelu(slope=lambda x, a, dy: (dy * np.minimum(x, 0)).mean(axis=0)),
        ),
        misconception(
            "the slope's gradient is summed over the channels instead of the examples",
            "Axis 0 holds the examples, axis 1 the channels. Each channel keeps its own sum.",
            unit=_wrong_prelu(slope=lambda x, a, dy: (dy * np.minimum(x, 0)).sum(axis=1)),
        ),
        misconception(
            "the slope's gradient is one number for all channels",
            "Every channel has an α of its own. Sum over the examples only: axis=0.",
            unit=_wrong_prelu(slope=lambda x, a, dy: (dy * np.minimum(x, 0)).sum()),
        ),
        misconception(
            "the slope's gradient collects the positive inputs",
            "The slope α takes part only where x ≤ 0. What is the derivative of αx for α, and what is it where the output is just x?",
            unit=_wrong_prelu(slope=lambda x, a, dy: (dy * np.maximum(x, 0)).sum(axis=0)),
        ),
        misconception(
            "the slope's gradient collects all inputs, the positive ones too",
            "Where x > 0 the output is x, whatever α is: nothing reaches α from there.",
            unit=_wrong_prelu(slope=lambda x, a, dy: (dy * x).sum(axis=0)),
        ),
        misconception(
            "dy is missing in the slope's gradient",
            "The derivative of y for α is min(x, 0). What reaches α is that times dy, by the chain rule.",
            unit=_wrong_prelu(slope=lambda x, a, dy: np.minimum(x, 0).sum(axis=0)),
        ),
        misconception(
            "αx is differentiated for x where the slope's gradient is wanted",
            "For x the factor is α, for α the factor is x. Which one did you use?",
            unit=_wrong_prelu(slope=lambda x, a, dy: (dy * a * (x <= 0)).sum(axis=0)),
        ),
        misconception(
            "the slope stays at 0.25: the parameter is never read",
            'Learning changes self.params["alpha"]. Read it there on every forward, or nothing that is learned has an effect.',
            unit=_wrong_prelu(
                forward=lambda x, a: np.where(x > 0, x, 0.25 * x),
                backward=lambda x, a, dy: dy * np.where(x > 0, 1, 0.25),
            ),
        ),
        misconception(
            "max(αx, x) in forward takes the wrong branch where α is above 1",
            "A learned α may become anything. Choose the branch by the sign of x.",
            unit=_wrong_prelu(forward=lambda x, a: np.maximum(a * x, x)),
        ),
        misconception(
            "the gradient for x is that of the plain ReLU",
            "Below 0 the output moves with x by the factor α, so the gradient passes with that factor.",
            unit=_wrong_prelu(backward=lambda x, a, dy: dy * (x > 0)),
        ),
        misconception(
            "the gradient for x has a slope of 1 where x is exactly 0",
            "The definition says αx for x ≤ 0, so the slope at 0 is α.",
            unit=_wrong_prelu(backward=lambda x, a, dy: dy * np.where(x >= 0, 1, a)),
        ),
        misconception(
            "dy is missing in the gradient for x on the negative side",
            "Your negative entries come out as α whatever dy is. Put both slopes in brackets, then multiply by dy.",
            unit=_wrong_prelu(backward=lambda x, a, dy: dy * (x > 0) + a * (x <= 0)),
        ),
        misconception(
            "dy is missing in the gradient for x",
            "The slope alone is no gradient of the loss: multiply it by dy.",
            unit=_wrong_prelu(backward=lambda x, a, dy: np.where(x > 0, 1, a)),
        ),
        misconception(
            "α is still a factor in the slope's gradient",
            "You have put the output αx where its derivative for α belongs. That is x, without α.",
            unit=_wrong_prelu(slope=lambda x, a, dy: (dy * a * np.minimum(x, 0)).sum(axis=0)),
        ),
        misconception(
            "x is missing in the slope's gradient: only dy is collected",
            "A large negative input moves more when α does. The factor is min(x, 0), not a count of the negative inputs.",
            unit=_wrong_prelu(slope=lambda x, a, dy: (dy * (x < 0)).sum(axis=0)),
        ),
        misconception(
            "the size of x in the slope's gradient: |x| in place of min(x, 0)",
            "When α grows, αx with a negative x falls. So the factor is negative.",
            unit=_wrong_prelu(slope=lambda x, a, dy: (dy * np.maximum(-x, 0)).sum(axis=0)),
        ),
        misconception(
            "min(dy·x, 0): the sign of the product decides",
            "Whether α takes part depends on x alone. First min(x, 0), then times dy, which may have either sign.",
            unit=_wrong_prelu(slope=lambda x, a, dy: np.minimum(dy * x, 0).sum(axis=0)),
        ),
        misconception(
            "the slope's gradient is a table with one row",
            "Parameter and gradient must have the same shape, (C,). Leave out `keepdims`.",
            unit=_wrong_prelu(slope=lambda x, a, dy: (dy * np.minimum(x, 0)).sum(axis=0, keepdims=True)),
        ),
    ],
    withholds=("activations.LeakyReLU",),
)

elu = Exercise(
    id="ch03.elu",
    reference="activations.ELU",
    protocol=CURVE_WITH_ALPHA,
    cases=points_and_alpha((1.0, 0.5, 2.0), large=8192.0),
    answers=_curve,
    parts=[
        Part("value", 1),
        Part("large inputs", 1, where=LARGE),
        Part("derivative", 2, result="derivative"),
    ],
    read_again="3.10 ELU: can the negative side be round?",
    misconceptions=[
        misconception(
            "the −1 is missing: the curve jumps at 0",
            "Come to 0 from the left: your curve arrives at α, from the right it arrives at 0. What must be subtracted from eˣ?",
            value=lambda x, alpha: np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0))),
        ),
        misconception(
            "αeˣ − 1: the brackets are missing",
            "For α = 2 your curve arrives at 0 with height 1. α multiplies the whole difference eˣ − 1.",
            value=lambda x, alpha: np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1),
        ),
        misconception(
            "α is ignored in the value: it works for α = 1 only",
            "Far to the left the curve rests at −α. Yours rests at −1 whatever α is.",
            value=lambda x, alpha: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        ),
        misconception(
            "0 times inf: the branch that is not wanted overflows before it is multiplied by 0",
            "For x = 1000 the factor (x ≤ 0) is 0 and eˣ is inf; 0 · inf is nan. Let np.where choose, and give exp only what is negative.",
            value=lambda x, alpha: (x > 0) * x + (x <= 0) * alpha * (np.exp(x) - 1),
        ),
        misconception(
            "the two branches are swapped in the value",
            "Positive inputs pass unchanged; the exponential is for the negative ones, where it cannot explode.",
            value=lambda x, alpha: np.where(x > 0, alpha * np.expm1(x), x),
        ),
        misconception(
            "e⁻ˣ: the sign of the exponent is reversed",
            "Far to the left eˣ goes to 0 and the curve rests at −α. Yours runs away there.",
            value=lambda x, alpha: np.where(x > 0, x, alpha * (np.exp(-x) - 1)),
        ),
        misconception(
            "α(1 − eˣ): the left side comes out positive",
            "Negative inputs give negative outputs here: the curve rests at −α. Which of the two is subtracted?",
            value=lambda x, alpha: np.where(x > 0, x, -alpha * np.expm1(np.minimum(x, 0))),
        ),
        misconception(
            "e^(x − 1): the −1 has slipped into the exponent",
            "At x = 0 the left branch must give 0. First the exponential, then subtract 1.",
            value=lambda x, alpha: np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0) - 1)),
        ),
        misconception(
            "α stands in the exponent",
            "Far to the left the curve rests at −α. Yours rests at −1. Here α is a factor in front, not inside.",
            value=lambda x, alpha: np.where(x > 0, x, np.expm1(alpha * np.minimum(x, 0))),
        ),
        misconception(
            "the larger of the two branches is taken",
            "For α above 1 the left branch lies below x near 0, and the maximum picks x. Choose by the sign of x.",
            value=lambda x, alpha: np.maximum(x, alpha * np.expm1(np.minimum(x, 0))),
        ),
        misconception(
            "the derivative keeps the −1",
            "The −1 is a constant; its derivative is 0. Left of 0 the slope is αeˣ, which is positive.",
            derivative=lambda x, alpha: np.where(x > 0, 1, alpha * np.expm1(np.minimum(x, 0))),
        ),
        misconception(
            "α is missing in the derivative",
            "What multiplies the value multiplies the slope as well.",
            derivative=lambda x, alpha: np.where(x > 0, 1, np.exp(np.minimum(x, 0))),
        ),
        misconception(
            "a slope of 1 where x is exactly 0",
            "The definition puts 0 on the left branch: the slope at 0 is αe⁰ = α.",
            derivative=lambda x, alpha: np.where(x >= 0, 1, alpha * np.exp(np.minimum(x, 0))),
        ),
        misconception(
            "the slopes are swapped",
            "The line is on the right with slope 1, the exponential on the left.",
            derivative=lambda x, alpha: np.where(x > 0, alpha * np.exp(x), 1),
        ),
        misconception(
            "the value plus 1 on the left: right for α = 1 only",
            "The slope αeˣ is the value plus α, for α(eˣ − 1) + α = αeˣ.",
            derivative=lambda x, alpha: np.where(x > 0, 1, alpha * np.expm1(np.minimum(x, 0)) + 1),
        ),
        misconception(
            "x in place of its slope on the right",
            "On the right the curve is x itself, whose slope is 1 however large x is.",
            derivative=lambda x, alpha: np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0))),
        ),
        misconception(
            "a slope of 0 where x is exactly 0",
            "The definition puts 0 on the left branch: the slope at 0 is αe⁰ = α.",
            derivative=lambda x, alpha: np.where(x > 0, 1, np.where(x < 0, alpha * np.exp(np.minimum(x, 0)), 0)),
        ),
        misconception(
            "0 times inf in the derivative: a mask is multiplied by an exponential that overflows",
            "For x = 1000 the factor (x ≤ 0) is 0 and eˣ is inf; 0 · inf is nan. Let np.where choose, and give exp only what is negative.",
            derivative=lambda x, alpha: (x > 0) + (x <= 0) * alpha * np.exp(x),
        ),
        misconception(
            "a slope of 0 on the negative side: that is the plain ReLU",
            "The exponential still moves on the left, though less and less: its slope is αeˣ.",
            derivative=lambda x, alpha: np.where(x > 0, 1.0, 0.0),
        ),
    ],
    withholds=("activations.SELU",),
)

softplus = Exercise(
    id="ch03.softplus",
    reference="activations.Softplus",
    protocol=CURVE,
    cases=points(large=8192.0, tiny=True),
    answers=_curve,
    parts=[
        Part("value", 1),
        Part("large inputs", 1, where=LARGE),
        Part("far below 0", 1, where="tiny"),
        Part("derivative", 1, result="derivative"),
    ],
    read_again="3.11 Softplus: can the whole corner be round?",
    misconceptions=[
        misconception(
            "eˣ overflows: log(1 + eˣ) is inf for large x",
            "For large x the answer is close to x, a harmless number; only the way through eˣ is not. Take eˣ out of the bracket when x is positive.",
            "You should find x + log(1 + e⁻ˣ) for positive x. One formula serves both signs: max(x, 0) + log(1 + e^−|x|).",
            value=lambda x: np.log(1 + np.exp(x)),
        ),
        misconception(
            "log1p is right, but eˣ inside still overflows",
            "Far below 0 your answer is exact. For large x e¹⁰⁰⁰ is inf. Take eˣ out of the bracket when x is positive.",
            value=lambda x: np.log1p(np.exp(x)),
        ),
        misconception(
            "the digits are lost far below 0: 1 + u is rounded to 1",
            "At x = −50 the answer is about e⁻⁵⁰, not 0. NumPy has a function for log(1 + u) that keeps a tiny u.",
            value=lambda x: np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x))),
        ),
        misconception(
            "the 1 is missing: log eˣ is just x",
            "Softplus is never negative. What does log(eˣ) simplify to?",
            value=lambda x: x + 0.0,
        ),
        misconception(
            "the size of x is missing in the exponent: e⁻ˣ where e^−|x| belongs",
            "For positive x your answer is right. For negative x the two terms max(x, 0) and log(1 + e⁻ˣ) belong to different formulas.",
            value=lambda x: np.maximum(x, 0) + np.log1p(np.exp(-x)),
        ),
        misconception(
            "the max(x, 0) is missing",
            "The term log(1 + e^−|x|) alone is a bump around 0. Taking eˣ out of the bracket leaves an x outside, for positive x.",
            value=lambda x: np.log1p(np.exp(-np.abs(x))),
        ),
        misconception(
            "x + log(1 + e⁻ˣ) on both sides: the form for positive x only",
            "For x = −1000 the exponential e⁻ˣ is inf, and far below 0 two numbers of equal size cancel. Take max(x, 0) outside and e^−|x| inside.",
            value=lambda x: x + np.log1p(np.exp(-x)),
        ),
        misconception(
            "logarithm to base 2",
            "The natural logarithm is meant: at 0 softplus is 0.693, not 1.",
            value=lambda x: np.maximum(x, 0) + np.log2(1 + np.exp(-np.abs(x))),
        ),
        misconception(
            "this is the plain ReLU",
            "Softplus is above ReLU everywhere, most at 0: log 2.",
            value=lambda x: np.maximum(x, 0),
        ),
        misconception(
            "the derivative is that of the sigmoid: one differentiation too many",
            "The derivative of softplus is the sigmoid itself. Yours is the second derivative.",
            derivative=lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
        ),
        misconception(
            "σ(−x), which is 1/(1 + eˣ): the slope runs the wrong way",
            "On the right softplus runs beside x, so its slope goes to 1 there; on the left it goes to 0.",
            "By the chain rule, the derivative of log u is 1/u times that of u. Here u = 1 + eˣ, whose derivative is eˣ, not 1.",
            derivative=lambda x: _sigmoid(-x),
        ),
        misconception(
            "the slope of the plain ReLU: a step",
            "The corner is round now. At 0 the slope is ½, half way between the two sides.",
            derivative=lambda x: np.where(x > 0, 1.0, 0.0),
        ),
        misconception(
            "inf divided by inf: eˣ/(1 + eˣ) overflows for large x",
            "You have met this in the sigmoid: it is the sigmoid. Use its safe form.",
            derivative=lambda x: np.exp(x) / (1 + np.exp(x)),
        ),
    ],
    builds_on=("ch03.sigmoid",),
    withholds=("activations.Sigmoid",),
)

swish = Exercise(
    id="ch03.swish",
    reference="activations.Swish",
    protocol=Module(parameters=("beta",), backward="dy"),
    cases=learned_beta(),
    parts=[
        Part("value", 1),
        Part("gradient for x", 2, result="gradient"),
        Part("gradient for β", 2, result="grad beta"),
    ],
    read_again="3.12 Swish: may the curve go down before it goes up?",
    misconceptions=[
        misconception(
            "β is ignored: this is SiLU, right for β = 1 only",
            'Read self.params["beta"] and put it into the sigmoid: x·σ(βx).',
            unit=_wrong_swish(
                forward=lambda x, b, s: x * _sigmoid(x),
                backward=lambda x, b, s, dy: dy * (_sigmoid(x) + x * _sigmoid(x) * (1 - _sigmoid(x))),
            ),
        ),
        misconception(
            "β stands outside the sigmoid: βx·σ(x)",
            "A factor outside only stretches the curve. Inside, β says how sharp the bend is.",
            unit=_wrong_swish(forward=lambda x, b, s: b * x * _sigmoid(x)),
        ),
        misconception(
            "β stands in front, too: βx·σ(βx)",
            "The factor in front is x alone; β only sharpens the gate.",
            unit=_wrong_swish(forward=lambda x, b, s: b * x * s),
        ),
        misconception(
            "the x in front is missing: this is the sigmoid",
            "Swish is the input times its own gate. For large x the answer is x, not 1.",
            unit=_wrong_swish(forward=lambda x, b, s: s),
        ),
        misconception(
            "the product rule has lost its second term",
            "The product x·σ(βx) depends on x in two places. You have differentiated the first x and taken σ for a constant.",
            unit=_wrong_swish(backward=lambda x, b, s, dy: dy * s),
        ),
        misconception(
            "the product rule has lost its first term",
            "The product x·σ(βx) depends on x in two places. You have differentiated the σ only.",
            unit=_wrong_swish(backward=lambda x, b, s, dy: dy * b * x * s * (1 - s)),
        ),
        misconception(
            "the inner derivative β is missing in the gradient for x",
            "The derivative of σ(βx) for x is β·σ(1 − σ). D3's formula has no β because there β is 1.",
            unit=_wrong_swish(backward=lambda x, b, s, dy: dy * (s + x * s * (1 - s))),
        ),
        misconception(
            "the second term has lost its x",
            "In the second term the x in front stays as it is, while σ is differentiated: βx·σ(1 − σ).",
            unit=_wrong_swish(backward=lambda x, b, s, dy: dy * (s + b * s * (1 - s))),
        ),
        misconception(
            "the second term has lost its factor 1 − σ",
            "The derivative of σ is σ(1 − σ), not σ: on the plateaus it comes to rest.",
            unit=_wrong_swish(backward=lambda x, b, s, dy: dy * (s + b * x * s)),
        ),
        misconception(
            "backward takes σ(x) where forward took σ(βx)",
            "Both need the same gate. Keep s = σ(βx) from forward and use it again.",
            unit=_wrong_swish(
                backward=lambda x, b, s, dy: dy * (_sigmoid(x) + b * x * _sigmoid(x) * (1 - _sigmoid(x)))
            ),
        ),
        misconception(
            "β is a factor in its own gradient",
            "The inner derivative of βx for β is x; for x it is β. The gradient for β has x twice and no β in front.",
            unit=_wrong_swish(slope=lambda x, b, s, dy: np.sum(dy * b * x**2 * s * (1 - s)).reshape(1)),
        ),
        misconception(
            "dy is missing in the gradient for x",
            "The slope alone is no gradient of the loss: multiply it by dy.",
            unit=_wrong_swish(backward=lambda x, b, s, dy: s + b * x * s * (1 - s)),
        ),
        misconception(
            "x instead of x² in the gradient for β",
            "One x stands in front of the sigmoid, and the inner derivative of βx for β brings another.",
            unit=_wrong_swish(slope=lambda x, b, s, dy: np.sum(dy * x * s * (1 - s)).reshape(1)),
        ),
        misconception(
            "the gradient for β is not summed",
            "One β serves all entries of x, so what they say adds up to one number, in an array of shape (1,).",
            unit=_wrong_swish(slope=lambda x, b, s, dy: dy * x**2 * s * (1 - s)),
        ),
        misconception(
            "the gradient for β is averaged instead of summed",
            "The mean, if there is one, is in dy already. A shared parameter collects a plain sum.",
            unit=_wrong_swish(slope=lambda x, b, s, dy: np.mean(dy * x**2 * s * (1 - s)).reshape(1)),
        ),
        misconception(
            "the gradient for β is a plain number, while β is an array of shape (1,)",
            "An optimizer walks through params and grads side by side: equal names, equal shapes. Try reshape(1).",
            unit=_wrong_swish(slope=lambda x, b, s, dy: float(np.sum(dy * x**2 * s * (1 - s)))),
        ),
        misconception(
            "dy is missing in the gradient for β",
            "The derivative of y for β is x²σ(1 − σ). What reaches β is the sum of that times dy.",
            unit=_wrong_swish(slope=lambda x, b, s, dy: np.sum(x**2 * s * (1 - s)).reshape(1)),
        ),
    ],
    builds_on=("ch03.sigmoid",),
    withholds=("activations.Sigmoid",),
)

gelu = Exercise(
    id="ch03.gelu",
    reference="activations.GELU",
    protocol=Call(value=("x",), approximation=("x",), derivative=("x",)),
    cases=points(near=0.5),
    answers=_both_forms,
    parts=[VALUE, Part("tanh form", 1, result="approximation"), DERIVATIVE],
    read_again="3.13 GELU: what if the gate is a probability?",
    misconceptions=[
        misconception(
            "this is the tanh form where the exact one is wanted",
            "The two are close, but not equal: they differ by up to 0.0005. The exact form uses the error function.",
            value=lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        ),
        misconception(
            "this is the sigmoid form x·σ(1.702x), a coarser approximation",
            "Hendrycks and Gimpel give that one, too; it is off by up to 0.02. Here the exact form is wanted.",
            value=lambda x: x * _sigmoid(1.702 * x),
        ),
        misconception(
            "erf(x) where erf(x/√2) belongs",
            "The error function belongs to a normal number with variance ½. For variance 1 its argument is x/√2.",
            value=lambda x: x / 2 * (1 + _erf(x)),
        ),
        misconception(
            "the x in front is missing: this is Φ alone",
            "Φ(x) is the probability that the gate is open. GELU is the input times that probability.",
            value=_normal,
        ),
        misconception(
            "x·erf(x/√2): the error function runs from −1 to 1, a probability from 0 to 1",
            "Move it up by 1 and halve it: Φ(x) = ½(1 + erf(x/√2)).",
            value=lambda x: x * _erf(x / math.sqrt(2)),
        ),
        misconception(
            "erf(x/2) where erf(x/√2) belongs",
            "The root is missing: divide by `math.sqrt(2)`.",
            value=lambda x: x / 2 * (1 + _erf(x / 2)),
        ),
        misconception(
            "erf(x·√2) where erf(x/√2) belongs",
            "The argument is divided by √2. At x = 1 the probability is 0.84.",
            value=lambda x: x / 2 * (1 + _erf(x * math.sqrt(2))),
        ),
        misconception(
            "the density φ where the distribution function Φ belongs",
            "Φ(x) is the area to the left of x under the bell curve φ. For large x it is 1, not 0.",
            value=lambda x: x * _density(x),
        ),
        misconception(
            "the exact form where the tanh form is wanted",
            "The tanh form is a formula of its own, off by less than 0.0005. Old models were trained with it, so it must be the same to all digits.",
            approximation=lambda x: x * _normal(x),
        ),
        misconception(
            "the cubic term is missing",
            "Without 0.044715x³ the approximation is off by up to 0.02.",
            approximation=lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * x)),
        ),
        misconception(
            "√(2/π) multiplies the first term only",
            "It stands before the bracket: √(2/π)·(x + 0.044715x³).",
            approximation=lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * x + 0.044715 * x**3)),
        ),
        misconception(
            "a square where the cube belongs",
            "The argument of tanh must be odd, or the curve would not be Φ-like on both sides: x³.",
            approximation=lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**2))),
        ),
        misconception(
            "2/π without its root",
            "In front of the bracket stands √(2/π), about 0.798.",
            approximation=lambda x: x / 2 * (1 + np.tanh(2 / math.pi * (x + 0.044715 * x**3))),
        ),
        misconception(
            "√(π/2): the fraction is upside down",
            "In front of the bracket stands √(2/π), about 0.798. Yours is 1.25.",
            approximation=lambda x: x / 2 * (1 + np.tanh(math.sqrt(math.pi / 2) * (x + 0.044715 * x**3))),
        ),
        misconception(
            "√2/π: the root ends too early",
            "The root covers the whole fraction: `math.sqrt(2 / math.pi)`.",
            approximation=lambda x: x / 2 * (1 + np.tanh(math.sqrt(2) / math.pi * (x + 0.044715 * x**3))),
        ),
        misconception(
            "the 1 in front of tanh is missing",
            "Tanh runs from −1 to 1, a probability from 0 to 1: move it up by 1, then halve.",
            approximation=lambda x: x / 2 * np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)),
        ),
        misconception(
            "the product rule has lost its second term",
            "The product x·Φ(x) depends on x in two places. The derivative of Φ is the density φ: add xφ(x).",
            derivative=_normal,
        ),
        misconception(
            "the product rule has lost its first term",
            "The product x·Φ(x) depends on x in two places. The derivative of the x in front is 1: add Φ(x).",
            derivative=lambda x: x * _density(x),
        ),
        misconception(
            "the second term has the wrong sign",
            "The derivative of Φ is +φ: the area to the left grows with x.",
            derivative=lambda x: _normal(x) - x * _density(x),
        ),
        misconception(
            "φ where xφ belongs: the second term of the product rule keeps its x",
            "By the product rule (x·Φ)′ = 1·Φ + x·φ: the second term keeps its factor x.",
            derivative=lambda x: _normal(x) + _density(x),
        ),
        misconception(
            "the density is not normalized: 1/√(2π) is missing",
            "The bell curve e^(−x²/2) has the area √(2π). A density has the area 1.",
            derivative=lambda x: _normal(x) + x * np.exp(-(x**2) / 2),
        ),
        misconception(
            "the ½ in the exponent of the density is missing",
            "The standard normal density is e^(−x²/2)/√(2π).",
            derivative=lambda x: _normal(x) + x * np.exp(-(x**2)) / math.sqrt(2 * math.pi),
        ),
    ],
)

softmax = Exercise(
    id="ch03.softmax",
    reference="activations.Softmax",
    protocol=Call(value=("logits", "temperature")),
    cases=rows_and_temperature(large=8192.0),
    answers=_softened,
    parts=[
        Part("value", 1),
        Part("temperature", 1, where="temperature"),
        Part("large logits", 2, where=LARGE),
    ],
    read_again="3.17 Softmax: how do scores become shares?",
    misconceptions=[
        misconception(
            "exp overflows: the logits are not shifted by their maximum",
            "In the computer e¹⁰⁰⁰ is inf, and inf/inf is nan. Subtract the same number from all logits of a row: the shares stay as they are.",
            "Which number makes the largest exponent 0? Remember keepdims=True.",
            value=lambda logits, temperature: (
                np.exp(logits / temperature) / np.exp(logits / temperature).sum(axis=1, keepdims=True)
            ),
        ),
        misconception(
            "one maximum for the whole batch: rows far below it come out as 0/0",
            "A row whose logits lie 1000 below the largest of the batch has exponentials of 0 only. Every row needs its own maximum.",
            value=lambda logits, temperature: (
                np.exp((logits - logits.max()) / temperature)
                / np.exp((logits - logits.max()) / temperature).sum(axis=1, keepdims=True)
            ),
        ),
        misconception(
            "normalized over the examples (axis 0) instead of the classes",
            "The shares of one example sum to 1: along a row, axis=1.",
            value=lambda logits, temperature: _softmax(logits / temperature, axis=0),
        ),
        misconception(
            "normalized over the whole table: the rows do not sum to 1",
            "Each row is a distribution of its own. Give the sum an axis.",
            value=lambda logits, temperature: (
                np.exp(logits / temperature - np.max(logits / temperature))
                / np.sum(np.exp(logits / temperature - np.max(logits / temperature)))
            ),
        ),
        misconception(
            "shifted row by row, but divided by the sums of the columns",
            "The shares of one example sum to 1. The sum needs the same axis as the maximum, and keepdims.",
            value=lambda logits, temperature: (
                _shifted(logits, temperature) / _shifted(logits, temperature).sum(axis=0, keepdims=True)
            ),
        ),
        misconception(
            "shifted row by row, but divided by the sum of the whole table",
            "Each row is a distribution of its own. Give the sum an axis.",
            value=lambda logits, temperature: _shifted(logits, temperature) / _shifted(logits, temperature).sum(),
        ),
        misconception(
            "not divided by the sum of the row",
            "Your largest entry is always 1. Shares sum to 1: divide each row by its sum.",
            value=lambda logits, temperature: _shifted(logits, temperature),
        ),
        misconception(
            "the exponential is missing: the logits are divided by their sum",
            "Logits may be negative, and their sum may be 0. The exponential makes each of them positive first.",
            value=lambda logits, temperature: logits / logits.sum(axis=1, keepdims=True),
        ),
        misconception(
            "logits cut off at ±500",
            "It prevents inf, but all logits above 500 become alike. Subtract the largest of the row instead: differences stay.",
            value=lambda logits, temperature: _softmax(np.clip(logits / temperature, -500, 500)),
        ),
        misconception(
            "shifted by the mean of the row, not by its largest logit",
            "An exponent above the mean may still be large. Only with the largest subtracted is no exponent above 0.",
            value=lambda logits, temperature: _normalized(
                np.exp((logits - logits.mean(axis=1, keepdims=True)) / temperature)
            ),
        ),
        misconception(
            "multiplied by the temperature instead of divided",
            "A high temperature makes all classes more alike, as heat makes molecules restless. Yours makes them less alike.",
            value=lambda logits, temperature: _softmax(logits * temperature),
        ),
        misconception(
            "the temperature is ignored",
            "Try temperatures 0.25 and 4 on the same logits: the answers must differ.",
            value=lambda logits, temperature: _softmax(logits),
        ),
        misconception(
            "the probabilities are divided by the temperature, not the logits",
            "Your rows sum to 1/T. The temperature acts before the exponential.",
            value=lambda logits, temperature: _softmax(logits) / temperature,
        ),
        misconception(
            "this is the log-softmax",
            "Your numbers are negative: they are the logarithms of the shares. Chapter 4 will want them.",
            value=lambda logits, temperature: np.log(_softmax(logits / temperature)),
        ),
        misconception(
            "a sigmoid for each logit: the rows do not sum to 1",
            "Sigmoids look at one logit each. In a softmax the classes compete for the same total.",
            value=lambda logits, temperature: _sigmoid(logits / temperature),
        ),
    ],
    withholds=("activations.LogSoftmax",),
)

softmax_gradient = Exercise(
    id="ch03.softmax_gradient",
    reference="activations.Softmax",
    protocol=Call(jacobian=("p",), gradient=("probs", "dy")),
    cases=distributions_and_upstream(),
    answers=_slopes_of_softmax,
    parts=[Part("Jacobian", 2, result="jacobian"), Part("gradient", 3, result="gradient")],
    read_again="3.18 Softmax backward: who pays when one share grows?",
    misconceptions=[
        misconception(
            "the diagonal only: as if each share depended on its own logit alone",
            "All shares have the same denominator. When one logit rises, the other shares fall: the entries beside the diagonal are −p_i p_j.",
            jacobian=lambda p: np.diag(p * (1 - p)),
        ),
        misconception(
            "the entries beside the diagonal are positive",
            "When another class's logit rises, my share falls: the slope is negative, −p_i p_j.",
            jacobian=lambda p: np.diag(p * (1 - p)) + np.outer(p, p) * (1 - np.eye(len(p))),
        ),
        misconception(
            "p_i on the diagonal, where p_i(1 − p_i) belongs",
            "Every row of the Jacobian sums to 0, because the shares keep the sum 1. Do yours?",
            jacobian=lambda p: np.diag(p) - np.outer(p, p) * (1 - np.eye(len(p))),
        ),
        misconception(
            "the factor p_i is missing: [i = j] − p_j",
            "That is the Jacobian of the logarithm of the shares. For the shares themselves each row is multiplied by p_i.",
            jacobian=lambda p: np.eye(len(p)) - p,
        ),
        misconception(
            "the outer product of p and 1 − p",
            "Its diagonal is right. Beside it, ∂p_i/∂z_j is −p_i p_j.",
            jacobian=lambda p: np.outer(p, 1 - p),
        ),
        misconception(
            "the sign of the whole Jacobian is reversed",
            "When my own logit rises, my share rises: the diagonal is positive.",
            jacobian=lambda p: np.outer(p, p) - np.diag(p),
        ),
        misconception(
            "−p_i p_j everywhere: the diagonal has lost its p_i",
            "On the diagonal [i = j] is 1, so p_i is added there: p_i(1 − p_i), which is positive.",
            jacobian=lambda p: -np.outer(p, p),
        ),
        misconception(
            "1 on the diagonal before p_i is multiplied",
            "The factor p_i stands before the whole bracket: it multiplies [i = j], too.",
            jacobian=lambda p: np.eye(len(p)) - np.outer(p, p),
        ),
        misconception(
            "p_j in both places",
            "An array times a table multiplies its columns. The factor in front belongs to the row: make it a column, `p[:, None]`.",
            jacobian=lambda p: p * (np.eye(len(p)) - p),
        ),
        misconception(
            "one number in place of the products p_i p_j",
            "For two vectors `p @ p` is a single number. The table of all products is `np.outer(p, p)`.",
            jacobian=lambda p: np.diag(p) - p @ p,
        ),
        misconception(
            "a row where a table is asked for",
            "You have the diagonal, p(1 − p). Each share depends on every logit: K·K slopes.",
            jacobian=lambda p: p * (1 - p),
        ),
        misconception(
            "the diagonal only: dy·p(1 − p) is the backward step of independent sigmoids",
            "Each logit moves all shares of its row, so its gradient collects from the whole row of dy.",
            gradient=lambda probs, dy: dy * probs * (1 - probs),
        ),
        misconception(
            "dy·p: the second term is missing",
            "That is only what reaches a logit through its own numerator. The denominator holds all logits: subtract p·Σ p dy.",
            gradient=lambda probs, dy: probs * dy,
        ),
        misconception(
            "the sum runs over dy alone, without its weights p",
            "The second term is the mean of dy, weighted by the probabilities: Σ_i p_i dy_i.",
            gradient=lambda probs, dy: probs * (dy - dy.sum(axis=1, keepdims=True)),
        ),
        misconception(
            "the p in front is missing",
            "A class whose share is almost 0 hardly moves, whatever dy says: each entry is multiplied by its own p.",
            gradient=lambda probs, dy: dy - (probs * dy).sum(axis=1, keepdims=True),
        ),
        misconception(
            "this is the backward step of the log-softmax",
            "The formula dy − p·Σ dy belongs to the logarithm of the shares. For the shares themselves, p stands in front and inside the sum.",
            gradient=lambda probs, dy: dy - probs * dy.sum(axis=1, keepdims=True),
        ),
        misconception(
            "the sum runs over the examples (axis 0) instead of the classes",
            "Examples do not share a denominator. Sum along the row: axis=1.",
            gradient=lambda probs, dy: probs * (dy - (probs * dy).sum(axis=0, keepdims=True)),
        ),
        misconception(
            "averaged over the classes instead of summed",
            "The weights p sum to 1 already; np.mean divides by K once more.",
            gradient=lambda probs, dy: probs * (dy - (probs * dy).mean(axis=1, keepdims=True)),
        ),
        misconception(
            "one sum for the whole table",
            "Rows do not mix: each example has a sum of its own. Give the sum an axis, and keepdims.",
            gradient=lambda probs, dy: probs * (dy - (probs * dy).sum()),
        ),
        misconception(
            "p multiplies the first term only",
            "The p in front multiplies the whole bracket, the sum as well.",
            gradient=lambda probs, dy: probs * dy - (probs * dy).sum(axis=1, keepdims=True),
        ),
        misconception(
            "the shares are summed without dy",
            "The shares of a row sum to 1, so this takes dy from dy, and 0 is left. Multiply by dy before you sum.",
            gradient=lambda probs, dy: probs * (dy - probs.sum(axis=1, keepdims=True) * dy),
        ),
        misconception(
            "the mean of dy, without its weights p",
            "The second term is the mean of dy weighted by the shares: Σ_i p_i dy_i. Large shares count more.",
            gradient=lambda probs, dy: probs * (dy - dy.mean(axis=1, keepdims=True)),
        ),
        misconception(
            "p − dy: the shortcut of softmax with cross-entropy does not fit here",
            "That formula holds when dy came from one certain loss, and then dy would be the target. Here dy may be anything.",
            gradient=lambda probs, dy: probs - dy,
        ),
    ],
    withholds=("activations.LogSoftmax",),
)
