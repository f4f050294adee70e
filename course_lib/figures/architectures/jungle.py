"""The jungle as data: each architecture with its date, its people, its paper, and what it grew from; and its map."""

from dataclasses import dataclass

import numpy as np

from course_lib.figures.picture import BLUE, GRAY, GREEN, ORANGE, PALE, PURPLE, SKY, VERMILLION, Picture, drawn

FAMILIES = {  # the lanes of the map, from above; color and marker of each
    "feed-forward": (BLUE, "o"),
    "reused": (GRAY, "P"),
    "sequences": (VERMILLION, "s"),
    "words": (ORANGE, "D"),
    "codes": (GREEN, "^"),
    "invented data": (PURPLE, "v"),
    "energies": (SKY, "X"),
    "acting": ("#000000", "*"),
}


@dataclass(frozen=True)
class Architecture:
    """One plant of the jungle. `parents` are the names of those it grew from."""

    name: str
    year: int
    family: str
    people: str
    paper: str
    serves: str
    parents: tuple[str, ...] = ()


JUNGLE = (
    Architecture(
        "perceptron", 1958, "feed-forward", "Frank Rosenblatt",
        "The Perceptron: A Probabilistic Model for Information Storage and Organization in the Brain",
        "two classes that a line separates",
    ),
    Architecture(
        "MLP", 1986, "feed-forward", "David Rumelhart, Geoffrey Hinton, Ronald Williams",
        "Learning Representations by Back-Propagating Errors", "tables of measurements", ("perceptron",),
    ),
    Architecture(
        "CNN", 1989, "feed-forward", "Yann LeCun and others",
        "Handwritten Digit Recognition with a Back-Propagation Network", "images, sound", ("MLP",),
    ),
    Architecture(
        "residual net", 2015, "feed-forward", "Kaiming He and others",
        "Deep Residual Learning for Image Recognition", "very deep networks", ("CNN", "LSTM"),
    ),
    Architecture(
        "transfer learning", 2012, "reused", "Yoshua Bengio",
        "Deep Learning of Representations for Unsupervised and Transfer Learning",
        "new tasks with few labels", ("CNN", "autoencoder"),
    ),
    Architecture(
        "RNN", 1990, "sequences", "Jeffrey Elman", "Finding Structure in Time", "short sequences", ("MLP",),
    ),
    Architecture(
        "LSTM", 1997, "sequences", "Sepp Hochreiter, Jürgen Schmidhuber", "Long Short-Term Memory",
        "long sequences", ("RNN",),
    ),
    Architecture(
        "GRU", 2014, "sequences", "Kyunghyun Cho and others",
        "On the Properties of Neural Machine Translation: Encoder–Decoder Approaches",
        "long sequences, fewer parameters", ("LSTM",),
    ),
    Architecture(
        "neural Turing machine", 2014, "sequences", "Alex Graves, Greg Wayne, Ivo Danihelka",
        "Neural Turing Machines", "procedures that need a memory", ("LSTM",),
    ),
    Architecture(
        "transformer", 2017, "sequences", "Ashish Vaswani and others", "Attention Is All You Need",
        "text, and more and more everything", ("neural Turing machine", "residual net", "Word2Vec"),
    ),
    Architecture(
        "Word2Vec", 2013, "words", "Tomas Mikolov and others",
        "Efficient Estimation of Word Representations in Vector Space", "vectors of words", ("MLP",),
    ),
    Architecture(
        "GloVe", 2014, "words", "Jeffrey Pennington, Richard Socher, Christopher Manning",
        "GloVe: Global Vectors for Word Representation", "vectors of words, from counts", ("Word2Vec",),
    ),
    Architecture(
        "autoencoder", 2006, "codes", "Geoffrey Hinton, Ruslan Salakhutdinov",
        "Reducing the Dimensionality of Data with Neural Networks", "short descriptions", ("MLP", "RBM"),
    ),
    Architecture(
        "denoising autoencoder", 2008, "codes", "Pascal Vincent and others",
        "Extracting and Composing Robust Features with Denoising Autoencoders", "taking noise away",
        ("autoencoder",),
    ),
    Architecture(
        "VAE", 2013, "codes", "Diederik Kingma, Max Welling", "Auto-Encoding Variational Bayes",
        "new examples, from a smooth code", ("autoencoder",),
    ),
    Architecture(
        "deconvolutional net", 2010, "invented data", "Matthew Zeiler and others", "Deconvolutional Networks",
        "large images from small ones", ("CNN",),
    ),
    Architecture(
        "GAN", 2014, "invented data", "Ian Goodfellow and others", "Generative Adversarial Nets",
        "new examples that look real", ("MLP",),
    ),
    Architecture(
        "Wasserstein GAN", 2017, "invented data", "Martin Arjovsky, Soumith Chintala, Léon Bottou",
        "Wasserstein GAN", "the same, with a loss that can be read", ("GAN",),
    ),
    Architecture(
        "Hopfield net", 1982, "energies", "John Hopfield",
        "Neural Networks and Physical Systems with Emergent Collective Computational Abilities",
        "memories that complete themselves",
    ),
    Architecture(
        "RBM", 1986, "energies", "Paul Smolensky", "Information Processing in Dynamical Systems",
        "features without labels; probabilities", ("Hopfield net",),
    ),
    Architecture(
        "policy gradient", 1992, "acting", "Ronald Williams",
        "Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning",
        "decisions, also among endless choices", ("MLP",),
    ),
    Architecture(
        "deep Q-learning", 2013, "acting", "Volodymyr Mnih and others",
        "Playing Atari with Deep Reinforcement Learning", "decisions among a few actions", ("CNN",),
    ),
)  # fmt: skip

# Few things happen before 2005 and many after: the years after it get three times the room.
_YEARS, _PLACES = (1955, 1980, 1998, 2005, 2019), (0.0, 1.2, 4.6, 5.6, 13.0)


LIFTED = {  # of the same year, in one lane
    "GRU": -0.22, "neural Turing machine": 0.34, "Word2Vec": 0.24, "GloVe": -0.22, "denoising autoencoder": 0.22,
}  # fmt: skip
SIDES = {  # where the words stand when there is no room above the mark
    "MLP": "right", "CNN": "left", "Hopfield net": "right", "RBM": "left", "autoencoder": "right",
    "denoising autoencoder": "left", "Word2Vec": "before", "GloVe": "after", "VAE": "after", "GRU": "before",
    "neural Turing machine": "before", "transformer": "below", "policy gradient": "after", "deep Q-learning": "after",
    "deconvolutional net": "before",
}  # fmt: skip


@drawn
def jungle_map(mark=()) -> Picture:
    """One lane for each family, a mark for each architecture at its year, a line from each parent; `mark`: names."""
    told = "; ".join(
        f"{plant.name} {plant.year}" + (f" from {' and '.join(plant.parents)}" if plant.parents else "")
        for plant in JUNGLE
    )
    picture = Picture(
        f"A map of {len(JUNGLE)} architectures in {len(FAMILIES)} families, from {min(p.year for p in JUNGLE)} to "
        f"{max(p.year for p in JUNGLE)}: {told}.",
        height=5.4,
    )
    (panel,) = picture.panels("")
    lanes = {family: -lane for lane, family in enumerate(FAMILIES)}
    at = {
        plant.name: (float(np.interp(plant.year, _YEARS, _PLACES)), lanes[plant.family] + LIFTED.get(plant.name, 0.0))
        for plant in JUNGLE
    }
    for plant in JUNGLE:
        for parent in plant.parents:
            bend = 0.0 if at[parent][1] == at[plant.name][1] else 0.12
            arrow = {"arrowstyle": "-|>", "color": PALE, "linewidth": 1.1, "shrinkA": 5, "shrinkB": 5}
            arrow["connectionstyle"] = f"arc3,rad={bend}"
            panel.annotate("", at[plant.name], at[parent], arrowprops=arrow, zorder=1)
    for plant in JUNGLE:
        color, marker = FAMILIES[plant.family]
        panel.plot(*at[plant.name], marker, color=color, markersize=9, zorder=3)
        words = f"{plant.name}\n{plant.year}"
        weight = "bold" if plant.name in mark else "normal"
        side = SIDES.get(plant.name, "center")
        shift = {
            "center": (0, 7), "right": (-2, 7), "left": (2, 7), "before": (-9, -9), "after": (9, -9), "below": (0, -26),
        }[side]  # fmt: skip
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
        panel.annotate(
            words, at[plant.name], shift, textcoords="offset points", va="bottom", fontsize=8, linespacing=0.95,
            ha={"before": "right", "after": "left", "below": "center"}.get(side, side), bbox=box, zorder=4,
            fontweight=weight,
        )  # fmt: skip
    for family, lane in lanes.items():
        panel.axhspan(lane - 0.36, lane + 0.64, color="#f6f6f6" if lane % 2 else "white", zorder=0)
        panel.text(-2.35, lane + 0.1, family, fontsize=9, color=FAMILIES[family][0], va="center")
    ticks = (1960, 1980, 1990, 2005, 2010, 2015)
    panel.set_xticks([np.interp(tick, _YEARS, _PLACES) for tick in ticks], [str(tick) for tick in ticks])
    panel.set(xlim=(-2.5, 13.0), ylim=(-len(FAMILIES) + 0.6, 0.75), yticks=[])
    panel.grid(axis="y", visible=False)
    return picture
