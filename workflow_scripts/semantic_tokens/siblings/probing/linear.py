"""The linear probe: logistic regression on standardised features."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

_STRENGTH = 0.01  # scikit-learn's C; of standardised features, so that it means the same in every layer
_ITERATIONS = 300


def fit(features: np.ndarray, labels: np.ndarray) -> Pipeline:
    """A fitted classifier of [n, features] into integer labels [n]; the same data give the same classifier."""
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=_ITERATIONS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a probe is judged by its test score, not its optimum
        return probe.fit(features, labels)


def predict(probe: Pipeline, features: np.ndarray) -> np.ndarray:
    """int [n]."""
    return probe.predict(features)
