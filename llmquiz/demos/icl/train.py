"""The training whose weights lie with this demo; what it measures other demos look into as well."""

from llmquiz.demos.lab.icl.train import TRAINING as TRAINING
