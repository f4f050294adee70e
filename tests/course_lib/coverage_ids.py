"""What the course promises, chapter by chapter: an id is an address in course_lib."""

CH04 = (
    "activations.LogSoftmax",
    "losses.SumSquaredError",
    "losses.Euclidean",
    "losses.MeanSquaredError",
    "losses.MeanAbsoluteError",
    "losses.MeanAbsolutePercentageError",
    "losses.MeanSquaredLogarithmicError",
    "losses.Huber",
    "losses.SmoothL1",
    "losses.LogCosh",
    "losses.PoissonNLL",
    "losses.CosineSimilarity",
    "losses.CrossEntropy",
    "losses.CategoricalCrossEntropy",
    "losses.BinaryCrossEntropy",
    "losses.BinaryCrossEntropyWithLogits",
    "losses.KLDivergence",
    "losses.Hinge",
    "losses.SquaredHinge",
    "losses.SoftMargin",
    "losses.Focal",
)

CH05 = (
    "losses.MarginRanking",
    "losses.PairwiseHinge",
    "losses.PairwiseLogistic",
    "losses.TripletMargin",
    "losses.CosineEmbedding",
    "losses.HingeEmbedding",
    "losses.Contrastive",
    "losses.InfoNCE",
    "losses.NegativeSampling",
    "losses.Dice",
    "losses.Wasserstein",
    "losses.BellmanMSE",
    "losses.PolicyGradient",
)


def names(topic, chapters=CH04 + CH05):
    """The names of a topic in the order of the table."""
    return [id.removeprefix(f"{topic}.") for id in chapters if id.startswith(f"{topic}.")]
