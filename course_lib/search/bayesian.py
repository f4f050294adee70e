"""Bayesian optimization, through Optuna: a model of what was seen says where to look next."""

import numpy as np

from course_lib.search.run import Run
from course_lib.search.space import Choice, Integer, LogUniform

__all__ = ["gaussian_process", "tpe"]


def tpe(objective, space, budget, rng):
    """Tree-structured Parzen estimator: looks where l(x)/g(x) is large, the densities of good and of other points.

    Optuna's TPESampler, random for the first 10 trials. Bergstra et al. (2011), Algorithms for hyper-parameter
    optimization, NeurIPS 24.
    """
    return _optuna("TPESampler", Run(objective, space, budget, rng))


def gaussian_process(objective, space, budget, rng):
    """Looks where a Gaussian process, fitted to the trials so far, expects the largest improvement.

    Optuna's GPSampler, random for the first 10 trials. Snoek, Larochelle and Adams (2012), arXiv:1206.2944.
    """
    return _optuna("GPSampler", Run(objective, space, budget, rng))


def _optuna(sampler, run):
    import optuna  # slow to import, and the other methods do without

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(max(verbosity, optuna.logging.WARNING))  # only while the study is made
    try:
        study = optuna.create_study(sampler=getattr(optuna.samplers, sampler)(seed=int(run.rng.integers(2**31))))
    finally:
        optuna.logging.set_verbosity(verbosity)
    distributions = {name: _distribution(optuna.distributions, span) for name, span in run.space.items()}
    while run.left:
        asked = study.ask(distributions)
        chosen = {n: span.options[asked.params[n]] for n, span in run.space.items() if isinstance(span, Choice)}
        trial = run.trial({name: (asked.params | chosen)[name] for name in run.space})
        if np.isfinite(trial.value):
            study.tell(asked, trial.value)
        else:
            study.tell(asked, state=optuna.trial.TrialState.FAIL)
    return run.result()


def _distribution(kinds, span):
    if isinstance(span, Choice):
        return kinds.CategoricalDistribution(range(len(span)))  # by number, as options may be anything
    if isinstance(span, Integer):
        return kinds.IntDistribution(int(span.low), int(span.high))
    return kinds.FloatDistribution(span.low, span.high, log=isinstance(span, LogUniform))
