"""One objective for six tasks: a decoder, an encoder–decoder, and an encoder with a head for each task.

Next-token prediction brings every task into one form. Which of the others can do that too, and what does it cost them?
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.lab import plots, shipped, terminal, tiny
from llmquiz.demos.lab import training as _train
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.run import Progress, part
from llmquiz.demos.unified_objective import findings, objectives
from llmquiz.demos.unified_objective.findings import Kind, Result, Score
from llmquiz.demos.unified_objective.language import LENGTHS, TASKS
from llmquiz.demos.unified_objective.objectives import TRAINING
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress, text: str | None = None) -> Result:
    """Every model on every task, on texts that no training contained; then one text to look at."""
    own = findings.read(text) if text is not None else None
    models = _train.models(TRAINING, device=device, dtype=dtype, progress=part(progress, 0.0, 0.1))
    kinds = tuple(
        Kind(
            name=name,
            model=tiny.describe(model),
            parameters=tiny.parameters(model),
            outputs=findings.outputs_used(name, model, seed),
            passes=findings.passes(name, model),
        )
        for name, model in models.items()
    )
    scores = []
    for i, (name, model) in enumerate(models.items()):
        runs = shipped.card(TRAINING.demo, name)["runs"]
        for task in TASKS:
            seeds = tuple(run["figures"][task] for run in runs)
            scores.append(Score(name, task, objectives.right(name, model, task, seed), seeds))
        progress(0.1 + 0.7 * (i + 1) / len(models))
    batches = max(TRAINING.steps.values())
    seen = findings.seen((batches // 10 if quick else batches) * objectives.BATCH, seed)
    result = Result(
        device=device,
        dtype=dtype,
        kinds=kinds,
        scores=tuple(scores),
        objectives_decoder=kinds[0].objectives,
        objectives_encoder=kinds[-1].objectives,
        dedup_encoder_percent=100 * scores[-1].right,
        tested=objectives.TESTED * len(LENGTHS),
        seen=seen,
        answered=findings.answered(models, findings.telling(seed) if own is None else own),
        slips=tuple(one for name, model in models.items() if (one := findings.slip(name, model, seed))),
        losses=tuple((name, _losses(name)) for name in models),
        steps=batches,
    )
    progress(1.0)
    return result


def _losses(name: str) -> tuple[tuple[float, ...], ...]:
    """Of every seed."""
    return tuple(tuple(run["losses"]) for run in shipped.card(TRAINING.demo, name)["runs"])


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "equal-size": findings.equal_size,
    "unseen-texts": findings.unseen_texts,
    "decoder-all": findings.decoder_all,
    "understanding-by-answering": findings.understanding_by_answering,
    "decoder-alone": findings.decoder_alone,
    "sooner": findings.sooner,
    "heads": findings.heads,
    "encoder-fixed": findings.encoder_fixed,
    "encoder-deduplicates": findings.encoder_deduplicates,
    "one-pass": findings.one_pass,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Exact answers by task with all seeds, what each model writes, and the loss over the training."""
    labels = {key: text[lang] for key, text in words.words.items()}
    names = [kind.name for kind in result.kinds]
    sizes = [
        (labels[k.name], k.model.split()[0], f"{k.parameters:,}", str(k.objectives), str(k.passes))
        for k in result.kinds
    ]
    by_task = {(one.model, one.task): one for one in result.scores}
    scores = [(labels[task], *(_of_seeds(by_task[name, task]) for name in names)) for task in TASKS]
    header = (labels["task"], *(labels[name] for name in names))
    return Group(
        terminal.table((labels["model"], "", labels["parameters"], labels["objectives"], labels["passes"]), sizes),
        "",
        terminal.table(header, scores, title=labels["right"]),
        "",
        terminal.table((labels["task"], labels["true"], *header[1:]), written(result, labels), title=labels["writes"]),
        "",
        terminal.table((labels["slip"], labels["task"], labels["true"], ""), slips(result, labels)),
        "",
        terminal.curves(curves(result, labels), x_label=labels["step"], y_label=labels["loss"], log_y=True, height=9),
    )


def _of_seeds(score: Score) -> str:
    """The model that is shipped is the first of the seeds."""
    return " ".join(f"{100 * one:.0f}" for one in score.seeds)


def written(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Answers of every model, a wrong one marked."""
    return [
        (
            f"{labels[one.task]} {one.text}",
            one.true,
            *(answer if answer == one.true else f"{answer} ✗" for _, answer in one.written),
        )
        for one in result.answered
    ]


def slips(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """A mistake of each model."""
    return [
        (labels[name], f"{labels[one.task]} {one.text}", one.true, f"{answer} ✗")
        for one in result.slips
        for name, answer in one.written
    ]


def curves(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """The loss of a letter of the answers over the steps."""
    made = []
    for name, (losses, *_) in result.losses:
        steps = [result.steps * (i + 0.5) / len(losses) for i in range(len(losses))]
        made.append(terminal.Series(labels[name], steps, losses))
    return made


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Exact answers by task, every seed a mark, and the loss over the training."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (tasks, training) = plots.blank(words.title[lang], panels=2)
    for i, kind in enumerate(result.kinds):
        points = [(j, 100 * v) for j, task in enumerate(TASKS) for v in findings.of(result, kind.name, task)[task]]
        places = [j + 0.2 * (i - 1) for j, _ in points]
        tasks.plot(places, [v for _, v in points], "osD"[i], label=labels[kind.name], markersize=5, alpha=0.7)
    tasks.set_xticks(range(len(TASKS)), [labels[task] for task in TASKS], rotation=30, ha="right")
    tasks.set_ylabel(labels["right"])
    tasks.legend(frameon=False)
    plots.draw(training, curves(result, labels), x_label=labels["step"], y_label=labels["loss"], log_y=True)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
