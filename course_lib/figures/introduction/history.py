"""The history of deep learning as one table: the events that the overview (D0) and the slides (D1) name."""

from dataclasses import dataclass

__all__ = ["HISTORY", "KINDS", "Event", "events"]

KINDS = {
    "model": "a model: how units are put together",
    "unit": "a unit: a part that models are built of",
    "training": "training: how a model learns",
    "system": "a system: one model that made the news",
}


@dataclass(frozen=True)
class Event:
    """One event. `year` is that of the paper, or of the deed where `note` says so; `documents` name it, and `printed`
    is the year that they print for it, "" where they print none."""

    year: int
    name: str
    kind: str
    people: str
    paper: str
    documents: str
    printed: str = ""
    organization: str = ""  # one of those in the documents, where its people wrote the paper
    note: str = ""


HISTORY = (
    Event(
        1943, "artificial neuron", "model", "Warren McCulloch, Walter Pitts",
        "A Logical Calculus of the Ideas Immanent in Nervous Activity", "D1 D2", "1943",
    ),
    Event(
        1958, "perceptron", "model", "Frank Rosenblatt",
        "The Perceptron: A Probabilistic Model for Information Storage and Organization in the Brain", "D1 D2",
        "1957, 1958", note="1957 (D1) is the year of the laboratory's report, 1958 (D2) that of the paper",
    ),
    Event(
        1965, "deep networks, layer by layer", "model", "Alexey Ivakhnenko, Valentin Lapa",
        "Cybernetic Predicting Devices", "D1", "60's 70's", note="our example of what D1 tells of two decades",
    ),
    Event(
        1986, "backpropagation", "training", "David Rumelhart, Geoffrey Hinton, Ronald Williams",
        "Learning Representations by Back-Propagating Errors", "D1", "1986",
    ),
    Event(
        1986, "recurrent network", "model", "David Rumelhart, Geoffrey Hinton, Ronald Williams",
        "Learning Internal Representations by Error Propagation", "D1", "80's",
    ),
    Event(
        1989, "convolution, average pooling", "unit", "Yann LeCun and others",
        "Handwritten Digit Recognition with a Back-Propagation Network", "D0 D1", "1989, 80's",
    ),
    Event(
        1997, "LSTM", "unit", "Sepp Hochreiter, Jürgen Schmidhuber", "Long Short-Term Memory", "D0 D1", "1997",
    ),
    Event(
        2003, "embedding", "unit", "Yoshua Bengio, Jean-Sébastien Senécal",
        "Quick Training of Probabilistic Neural Nets by Importance Sampling", "D0", "2003",
    ),
    Event(
        2006, "deep belief network", "model", "Geoffrey Hinton, Simon Osindero, Yee-Whye Teh",
        "A Fast Learning Algorithm for Deep Belief Nets", "D1", "2006",
    ),
    Event(
        2007, "max pooling", "unit", "Marc'Aurelio Ranzato, Y-Lan Boureau, Yann LeCun",
        "Sparse Feature Learning for Deep Belief Networks", "D0", "2007",
    ),
    Event(
        2011, "ReLU", "unit", "Xavier Glorot, Antoine Bordes, Yoshua Bengio",
        "Deep Sparse Rectifier Neural Networks", "D0", "2011",
    ),
    Event(
        2012, "AlexNet", "system", "Alex Krizhevsky, Ilya Sutskever, Geoffrey Hinton",
        "ImageNet Classification with Deep Convolutional Neural Networks", "D0 D1", "2012",
    ),
    Event(
        2012, "feature dropout", "training", "Geoffrey Hinton and others",
        "Improving Neural Networks by Preventing Co-Adaptation of Feature Detectors", "D0", "2012",
    ),
    Event(
        2012, "transfer learning", "training", "Yoshua Bengio",
        "Deep Learning of Representations for Unsupervised and Transfer Learning", "D0", "2012",
    ),
    Event(
        2013, "Word2Vec", "unit", "Tomas Mikolov and others",
        "Efficient Estimation of Word Representations in Vector Space", "D0", "2013", "Google",
    ),
    Event(
        2013, "Maxout", "unit", "Ian Goodfellow and others", "Maxout Networks", "D0", "2013",
    ),
    Event(
        2014, "GRU", "unit", "Kyunghyun Cho and others",
        "On the Properties of Neural Machine Translation: Encoder–Decoder Approaches", "D0", "2014",
    ),
    Event(
        2014, "dropout", "training", "Nitish Srivastava and others",
        "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", "D0", "2014",
    ),
    Event(
        2014, "GloVe", "unit", "Jeffrey Pennington, Richard Socher, Christopher Manning",
        "GloVe: Global Vectors for Word Representation", "D0", "2014",
    ),
    Event(
        2014, "GAN", "model", "Ian Goodfellow and others", "Generative Adversarial Nets", "D1",
    ),
    Event(
        2015, "batch normalization", "unit", "Sergey Ioffe, Christian Szegedy",
        "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", "D0", "2015",
        "Google",
    ),
    Event(
        2015, "FaceNet", "system", "Florian Schroff, Dmitry Kalenichenko, James Philbin",
        "FaceNet: A Unified Embedding for Face Recognition and Clustering", "D0", organization="Google",
    ),
    Event(
        2015, "AlphaGo", "system", "David Silver and others",
        "Mastering the Game of Go with Deep Neural Networks and Tree Search", "D1", "2015", "DeepMind",
        note="the match was in October 2015, the paper came in 2016",
    ),
    Event(
        2016, "layer normalization", "unit", "Jimmy Lei Ba, Jamie Ryan Kiros, Geoffrey Hinton",
        "Layer Normalization", "D0", "2016",
    ),
    Event(
        2016, "instance normalization", "unit", "Dmitry Ulyanov, Andrea Vedaldi, Victor Lempitsky",
        "Instance Normalization: The Missing Ingredient for Fast Stylization", "D0", "2016",
    ),
    Event(
        2017, "self-attention, Transformer", "model", "Ashish Vaswani and others",
        "Attention Is All You Need", "D0 D1", "2017", "Google",
    ),
    Event(
        2018, "group normalization", "unit", "Yuxin Wu, Kaiming He", "Group Normalization", "D0", "2018", "Meta",
        note="Meta was called Facebook then",
    ),
    Event(
        2020, "GPT-3", "system", "Tom Brown and others", "Language Models are Few-Shot Learners", "D1 D2", "2020",
        "OpenAI",
    ),
    Event(
        2020, "AlphaFold 2", "system", "John Jumper and others",
        "Highly Accurate Protein Structure Prediction with AlphaFold", "D1", organization="DeepMind",
        note="the contest was in 2020, the paper came in 2021",
    ),
    Event(
        2021, "CLIP", "system", "Alec Radford and others",
        "Learning Transferable Visual Models from Natural Language Supervision", "D0", organization="OpenAI",
    ),
    Event(
        2022, "PaLM", "system", "Aakanksha Chowdhery and others",
        "PaLM: Scaling Language Modeling with Pathways", "D0", organization="Google",
    ),
    Event(
        2022, "DALL-E 2", "system", "Aditya Ramesh and others",
        "Hierarchical Text-Conditional Image Generation with CLIP Latents", "D1", organization="OpenAI",
        note="D1 bases it on GPT-3; its paper, on CLIP and diffusion",
    ),
    Event(
        2022, "ChatGPT", "system", "OpenAI", "", "D1", organization="OpenAI", note="presented without a paper",
    ),
)  # fmt: skip


def events(first=1940, last=2030, kinds=tuple(KINDS), word=""):
    """The events from first to last, both included, of these kinds, whose row contains the word -> a list, by year."""
    return [
        event
        for event in HISTORY
        if first <= event.year <= last
        and event.kind in kinds
        and word.lower() in " ".join(map(str, vars(event).values())).lower()
    ]
