"""What the networks of this chapter learn from: digits, a copy task, a made-up language, and two small worlds."""

import numpy as np

__all__ = ["FAMILIES", "CartPole", "GridWorld", "copy_task", "digits", "patterns", "ring", "sentences"]

FAMILIES = {  # words that stand in the same places of a sentence
    "women": ("anna", "maria", "clara", "ruth"),
    "men": ("peter", "jonas", "martin", "emil"),
    "animals": ("cat", "dog", "horse", "goat", "hen", "donkey"),
    "places": ("river", "forest", "lake", "meadow", "hill", "barn"),
    "foods": ("bread", "cheese", "soup", "rice", "cake", "honey"),
    "tools": ("hammer", "saw", "drill", "axe", "shovel", "rope"),
    "things": ("table", "door", "fence", "roof", "chair", "wall"),
}


def digits(rng, test=500):
    """The 8 × 8 digits that come with scikit-learn, gray from 0 to 1, shuffled and split.

    -> (x, labels), (x, labels) of 1797 − test and of test examples; x (N, 64), integer labels (N,)
    """
    from sklearn.datasets import load_digits

    x, labels = load_digits(return_X_y=True)
    order = rng.permutation(len(x))
    x, labels = x[order] / 16, labels[order]
    return (x[:-test], labels[:-test]), (x[-test:], labels[-test:])


def patterns(rng, n=8, units=100):
    """Random patterns of −1 and +1, (n, units)."""
    return rng.choice([-1.0, 1.0], size=(n, units))


def ring(rng, n, radius=2.0, noise=0.1):
    """Points near a circle in the plane, (n, 2)."""
    angle = rng.uniform(0, 2 * np.pi, n)
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1) + noise * rng.normal(size=(n, 2))


def copy_task(rng, n, length, bits=4):
    """Random bits to be said again when the mark has come: x is length rows, the mark, and length empty rows.

    -> x (n, 2·length + 1, bits + 1), the last column being the mark, and target (n, length, bits)
    """
    target = rng.integers(0, 2, size=(n, length, bits)).astype(float)
    x = np.zeros((n, 2 * length + 1, bits + 1))
    x[:, :length, :bits], x[:, length, bits] = target, 1
    return x, target


def sentences(rng, n):
    """n sentences of a small made-up language, in lower-case letters, spaces and full stops.

    Near words say what family the next one is of; far ones which it is: she for
    the women, he for the men, and what was named before.
    """
    return [_sentence({family: rng.permutation(words) for family, words in FAMILIES.items()}, rng) for _ in range(n)]


def _sentence(words, rng):
    person, pronoun = [(words["women"][0], "she"), (words["men"][0], "he")][rng.integers(2)]
    animal, place, (food, other_food) = words["animals"][0], words["places"][0], words["foods"][:2]
    tool, thing = words["tools"][0], words["things"][0]
    return [
        f"{person} saw the {animal} near the {place} and {pronoun} fed the {animal}.",
        f"the {animal} sleeps near the {place} and dreams.",
        f"{person} cooks {food} with {other_food} and {pronoun} eats the {food}.",
        f"{person} takes the {tool} to mend the {thing} while {pronoun} sings.",
        f"the {animal} runs to the {place} when it rains.",
        f"a {tool} lies behind the {thing} of {person}.",
    ][rng.integers(6)]


class GridWorld:
    """n walkers in a grid: `cell` (n,) says where they are, `step(action (n,))` -> cells reached, reward, ends.

    Actions are up, right, down, left; a wall (#) or the border leaves one in place. Each step costs 0.04, the goal (G)
    pays 1 and the pit (P) −1; both end an episode. It is over then, or after 40 steps, and its walker starts anew in a
    random one of `starts`. After Russell and Norvig (1995), Artificial intelligence: a modern approach, chapter 17.
    """

    rows = (".....", ".##P.", "...#.", ".#...", "...#G")
    moves = np.array([[-1, 0], [0, 1], [1, 0], [0, -1]])
    most_steps, cost = 40, 0.04

    def __init__(self, n=1, rng=None):
        self.letters, self.rng = np.array([list(row) for row in self.rows]), rng or np.random.default_rng(0)
        self.size, self.starts = self.letters.size, np.flatnonzero(self.letters == ".")
        self.next, self.pay, self.ends = self._table()
        self.cell, self.steps = self.rng.choice(self.starts, n), np.zeros(n, int)

    def _table(self):
        """Next cell, reward and end for each cell and action, (size, 4)."""
        height, width = self.letters.shape
        cells = np.stack(np.divmod(np.arange(self.size), width), axis=1)
        row, column = np.moveaxis(np.clip(cells[:, None] + self.moves, 0, (height - 1, width - 1)), -1, 0)
        there, here = row * width + column, np.arange(self.size)[:, None]
        there = np.where(self.letters.flat[there] == "#", here, there)
        letter = self.letters.flat[there]
        return there, 1.0 * (letter == "G") - (letter == "P") - self.cost, (letter == "G") | (letter == "P")

    def step(self, action):
        there, reward, ends = (table[self.cell, action] for table in (self.next, self.pay, self.ends))
        self.steps += 1
        over = ends | (self.steps >= self.most_steps)
        self.steps[over] = 0
        self.cell = np.where(over, self.rng.choice(self.starts, len(there)), there)
        return there, reward, ends

    def values(self, gamma=1.0):
        """The best return from each cell, by value iteration."""
        v = np.zeros(self.size)
        for _ in range(self.size * 4):
            v = (self.pay + gamma * np.where(self.ends, 0, v[self.next])).max(axis=1)
        return v


class CartPole:
    """n carts that balance a pole each: `reset()` -> x (n, 4), `step(action (n,))` -> x, done.

    x is the position, its speed, the pole's angle in radians and its speed; action 0 pushes left, 1 right, with 10 N
    for 0.02 s. Over when the cart is beyond 2.4 m or the pole beyond 12°. Each step a pole survives pays 1.
    Barto, Sutton and Anderson (1983), Neuronlike adaptive elements that can solve difficult learning control problems,
    doi:10.1109/TSMC.1983.6313077.
    """

    gravity, cart, pole, half_length, force, seconds = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02

    def __init__(self, n, rng):
        self.n, self.rng = n, rng
        self.reset()

    def reset(self):
        self.x = self.rng.uniform(-0.05, 0.05, size=(self.n, 4))
        return self.x

    def step(self, action):
        _, speed, angle, turn = self.x.T
        mass, moment = self.cart + self.pole, self.pole * self.half_length
        push = np.where(action == 1, self.force, -self.force) + moment * turn**2 * np.sin(angle)
        falls = self.gravity * np.sin(angle) - np.cos(angle) * push / mass
        falls /= self.half_length * (4 / 3 - self.pole * np.cos(angle) ** 2 / mass)
        pulls = (push - moment * falls * np.cos(angle)) / mass
        change = np.stack([speed, pulls, turn, falls], axis=1)
        self.x = self.x + self.seconds * change
        return self.x, (abs(self.x[:, 0]) > 2.4) | (abs(self.x[:, 2]) > np.deg2rad(12))
