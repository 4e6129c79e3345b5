"""How the two models of the texts of four letters are made."""

from __future__ import annotations

from llmquiz.demos.lab.training import Training
from llmquiz.demos.text_likelihood import models

TRAINING = Training(
    demo="text-likelihood",
    data="texts of four letters of which the last two repeat the first two, 16 in all",
    steps={"causal": 400, "masked": 400},
    rates={"causal": 1e-2, "masked": 3e-3},
    build=models.build,
    loss=models.loss,
    figures=models.figures,
    best="score",
    tried=(3e-4, 1e-3, 3e-3, 1e-2),
    further={"batch": models.BATCH},
)
