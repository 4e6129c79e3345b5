"""An optional grader beside `points`: sentence embeddings or, where the checkpoint is one, entailment for each point.

What a model adds is bounded: a point that `points` finds contradicted stays so, what earns nothing there (piles, pasted
rubrics, refuted beliefs) is not shown to the model, and nearness alone, which cannot tell a statement from its denial,
credits only what was undecided before. Any checkpoint of `transformers`, as safetensors, without code of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from llmquiz import log
from llmquiz.errors import GraderError
from llmquiz.grading import calibration
from llmquiz.grading.kinds.open import grade_open
from llmquiz.grading.optional.passages import Passage, both, passages
from llmquiz.grading.score import PointScore, PointState, Score, value_of
from llmquiz.grading.text.glossary import Glossary

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema.questions import OpenQuestion, Term

LONGEST, BATCH = 512, 32
"""Tokens of one input, and inputs at a time."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a model says of one point: the two strengths, and the passage that says it most."""

    supported: float
    denied: float
    passage: Passage


@dataclass(frozen=True, slots=True)
class Encoder:
    """A loaded checkpoint that judges open answers."""

    glossary: Glossary
    model: Any
    tokenizer: Any
    labels: tuple[int, int] | None
    """The places of entailment and contradiction among the outputs; none for an encoder of sentences."""

    @classmethod
    def load(cls, name: str, glossary: Glossary) -> Encoder:
        """The checkpoint called `name`: a folder or a name on the hub.

        Raises:
            GraderError: torch or transformers is missing, or there is no such checkpoint, not as safetensors, or none
                that encodes text.
        """
        try:
            import safetensors
            from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoTokenizer
            from transformers.utils import logging
        except ImportError as error:
            raise GraderError("encoder.needs-library", error=error) from error
        log.take_over("transformers", "huggingface_hub")
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            config = AutoConfig.from_pretrained(name, trust_remote_code=False)
            labels = _labels(config)
            kind = AutoModelForSequenceClassification if labels else AutoModel
            tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
            model: Any = kind.from_pretrained(name, use_safetensors=True, trust_remote_code=False)
        except (OSError, ValueError, KeyError, ImportError, RuntimeError, safetensors.SafetensorError) as error:
            first = str(error).strip().split("\n")[0][:200]
            raise GraderError("encoder.unreadable", name=name, first=first) from error
        # Of an encoder-decoder the decoder would only cost time.
        model = model.get_encoder() if config.is_encoder_decoder and not labels else model
        if tokenizer.pad_token is None:
            # Any token will do, since the mask hides it.
            tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
        return cls(glossary, model.float().eval(), tokenizer, labels)

    def __call__(
        self, question: OpenQuestion, response: str, lang: Lang, terms: Sequence[Term] = (), seconds: int | None = None
    ) -> Score:
        """The Score of one answer: that of `points`, with what the model adds."""
        score = grade_open(question, response, lang, glossary=self.glossary, terms=terms, seconds=seconds)
        parts = passages(question, response)
        if not parts:
            return replace(score, grader="encoder")
        evidence = self._entailed(question, parts) if self.labels else self._near(question, parts)
        combine = by_entailment if self.labels else by_nearness
        points = tuple(combine(point, proof) for point, proof in zip(score.points, evidence, strict=True))
        return replace(score, points=points, value=value_of(points), grader="encoder")

    def problems(self, lang: Lang) -> list[str]:
        """Nothing: what could go wrong went wrong while loading."""
        return []

    def _entailed(self, question: OpenQuestion, parts: Sequence[Passage]) -> list[Evidence]:
        """For each point the passage that entails its statement most, and the strongest contradiction."""
        assert self.labels is not None
        entails, denies = self.labels
        pairs = [(part.text, point.text[part.lang]) for point in question.points for part in parts]
        rows = self._run([premise for premise, _ in pairs], [statement for _, statement in pairs])
        evidence = []
        for at in range(0, len(rows), len(parts)):
            context = rows[at : at + len(parts)]
            best = max(range(len(parts)), key=lambda place: context[place][entails])
            against = max(range(len(parts)), key=lambda place: context[place][denies])
            # The words that are shown are those that weigh more.
            strongest = best if context[best][entails] >= context[against][denies] else against
            evidence.append(Evidence(context[best][entails], context[against][denies], parts[strongest]))
        return evidence

    def _near(self, question: OpenQuestion, parts: Sequence[Passage]) -> list[Evidence]:
        """For each point the nearest passage to which no other statement of the question is nearer."""
        entries: list[Any] = [*question.points, *question.misconceptions]
        texts = [text for entry in entries for text in both(entry.text)]
        vectors = self._run([part.text for part in parts] + texts)
        answer_vectors, point_vectors = vectors[: len(parts)], vectors[len(parts) :]
        sims = [
            [
                max(_cosine(part, point_vectors[2 * at]), _cosine(part, point_vectors[2 * at + 1]))
                for at in range(len(entries))
            ]
            for part in answer_vectors
        ]
        evidence = []
        for at in range(len(question.points)):
            # A passage that comes nearer to another statement says that one.
            nearest = [row[at] if row[at] == max(row) else 0.0 for row in sims]
            best = max(range(len(parts)), key=lambda place: nearest[place])
            evidence.append(Evidence(nearest[best], 0.0, parts[best]))
        return evidence

    def _run(self, first: list[str], second: list[str] | None = None) -> list[list[float]]:
        """Probabilities for pairs, or a vector of length 1 for each text."""
        import torch

        places = getattr(self.model.config, "max_position_embeddings", None) or LONGEST
        # A tokenizer that knows no bound says 10^30, a model that knows none says nothing.
        longest = min(LONGEST, self.tokenizer.model_max_length, places)
        rows: list[list[float]] = []
        for at in range(0, len(first), BATCH):
            texts = (first[at : at + BATCH], *([second[at : at + BATCH]] if second else []))
            inputs = self.tokenizer(*texts, padding=True, truncation=True, max_length=longest, return_tensors="pt")
            with torch.inference_mode():
                outputs = self.model(**inputs)
                if self.labels:
                    rows += outputs.logits.softmax(-1).tolist()
                    continue
                mask = inputs["attention_mask"].unsqueeze(-1)
                mean = (outputs.last_hidden_state * mask).sum(1) / mask.sum(1).clamp(min=1)
                rows += torch.nn.functional.normalize(mean, dim=-1).tolist()
        return rows


def _labels(config: Any) -> tuple[int, int] | None:
    """The outputs for entailment and contradiction, where a configuration says that it has them."""
    names = {str(name).lower(): int(at) for at, name in (config.id2label or {}).items()}
    entails = next((at for name, at in names.items() if name.startswith("entail")), None)
    denies = next((at for name, at in names.items() if name.startswith("contradict")), None)
    return None if entails is None or denies is None else (entails, denies)


def by_entailment(point: PointScore, evidence: Evidence) -> PointScore:
    """A point with what a model of entailment says of it; a contradiction stays one."""
    entailed = evidence.supported >= evidence.denied
    match point.state:
        case PointState.missing if entailed and evidence.supported >= calibration.ENTAILED:
            return _put(point, PointState.met, evidence)
        case PointState.undecided if entailed and evidence.supported >= calibration.ENTAILED_UNDECIDED:
            return _put(point, PointState.met, evidence)
        case PointState.undecided if evidence.denied >= calibration.DENIED and not entailed:
            return _put(point, PointState.contradicted, evidence)
        case PointState.met if evidence.denied >= calibration.DENIED and not entailed:
            return _put(point, PointState.undecided, evidence)
        case _:
            return point


def by_nearness(point: PointScore, evidence: Evidence) -> PointScore:
    """A point with how near the answer comes to it."""
    match point.state:
        case PointState.undecided if evidence.supported >= calibration.NEAR:
            return _put(point, PointState.met, evidence)
        case PointState.missing if evidence.supported >= calibration.NEAR_MISSING:
            return _put(point, PointState.undecided, evidence)
        case _:
            return point


def _put(point: PointScore, state: PointState, evidence: Evidence) -> PointScore:
    return replace(point, state=state, because=evidence.passage.text, spans=evidence.passage.spans)


def _cosine(a_vector: Sequence[float], b_vector: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(a_vector, b_vector, strict=True))
