"""How the models are trained: they are those of the ladder, which the demo emergence reads too."""

from llmquiz.demos.lab.ladder import TRAINING as TRAINING
