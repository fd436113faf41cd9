"""Weights (权重): a ridge logistic regression whose score is a plain sum, so that its parts explain it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sanfu.kernel.monitoring.panel import Floats

STRENGTH = 20.0  # ridge penalty of standardised weights (1/C)


@dataclass(frozen=True)
class Weights:
    """A fitted score: bias + Σ weight·(feature − mean)/spread, read as log odds.

    The parts of `contributions` add up to the score exactly.
    """

    names: tuple[str, ...]
    weight: Floats
    mean: Floats
    spread: Floats
    bias: float

    def standard(self, values: Floats) -> Floats:
        """Features over their spread, mean taken away."""
        return (values - self.mean) / self.spread

    def scores(self, values: Floats) -> Floats:
        """Log odds of [..., feature]."""
        return np.asarray(self.standard(values) @ self.weight + self.bias)

    def contributions(self, values: Floats) -> Floats:
        """[..., feature]: what each feature adds to the score of a firm without any sign."""
        return self.standard(values) * self.weight

    def as_data(self) -> dict[str, Any]:
        """Plain lists for a file."""
        return {
            "bias": round(self.bias, 6),
            "features": {
                name: [round(float(number), 6) for number in row]
                for name, *row in zip(self.names, self.weight, self.mean, self.spread, strict=True)
            },
        }

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> "Weights":
        """Weights of a file; ValueError when it lacks something."""
        try:
            rows = data["features"]
            numbers = np.array([rows[name] for name in rows], dtype=float)
            return cls(tuple(rows), numbers[:, 0], numbers[:, 1], numbers[:, 2], float(data["bias"]))
        except (KeyError, IndexError, TypeError, ValueError) as problem:
            raise ValueError(f"权重文件不完整：{problem}") from problem


def fit(
    names: tuple[str, ...],
    values: Floats,
    labels: Floats,
    share: Floats | None = None,
    prior: Weights | None = None,
    hold_bias: bool = False,
) -> Weights:
    """Weights of [row, feature] and labels 0/1, by Newton steps on the penalised likelihood.

    `share` weighs rows. With `prior` the penalty pulls towards those weights instead of towards zero, so that a
    short history moves them a little and a long one as far as it must. `hold_bias` keeps the bias of the prior.
    """
    mean, spread = (prior.mean, prior.spread) if prior else (values.mean(0), values.std(0))
    spread = np.where(spread > 1e-9, spread, 1.0)
    design = np.column_stack([(values - mean) / spread, np.ones(len(values))])
    start = np.append(prior.weight, prior.bias) if prior else np.zeros(design.shape[1])
    penalty = np.full(design.shape[1], STRENGTH)
    penalty[-1] = 1e9 if hold_bias else 1e-6
    weight = np.ones(len(values)) if share is None else share
    beta = start.copy()
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ beta, -30, 30)))
        gradient = design.T @ (weight * (chance - labels)) + penalty * (beta - start)
        curve = (design * (weight * chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve, gradient)
        beta -= step
        if np.abs(step).max() < 1e-7:
            break
    return Weights(names, beta[:-1], mean, spread, float(start[-1] if hold_bias else beta[-1]))
