"""Published examples that several tests of the engine are held to."""

import numpy as np
import pytest


@pytest.fixture
def larson_odoni():
    """Three crews (Larson & Odoni 1981, 5.4.3): rates by class, lists of preference, published exact workloads."""
    return (
        np.array([0.50, 0.25, 0.35, 0.40]), np.array([[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]]),
        np.array([0.55736, 0.47337, 0.46926]),
    )  # fmt: skip
