"""Both sides of a gap: an encoder, a decoder, and a decoder trained to fill in; then whole texts from the encoder.

On a language whose every probability is known, so that each way of filling has an exact floor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.infill import filling, findings, language, samples, whole_texts
from llmquiz.demos.infill.filling import ENCODERS, TRAINING
from llmquiz.demos.infill.findings import Gap, Result, Seeds
from llmquiz.demos.infill.language import GAPS, LETTERS, STARTS
from llmquiz.demos.lab import plots, shipped, terminal, tiny, training
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.run import Progress, part
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def measure(
    *,
    device: str,
    dtype: str,
    seed: int,
    quick: bool,
    progress: Progress,
    live: bool = False,
    text: str | None = None,
) -> Result:
    """Gaps first, then whole texts, then one gap to look at."""
    own = samples.opened(text) if text is not None else None
    share = 0.9 if live else 0.1
    models = training.models(
        TRAINING, device=device, dtype=dtype, seed=seed, live=live, progress=part(progress, 0.0, share)
    )
    unseen = filling.unseen(seed, 128 if quick else filling.TESTED)
    gaps = tuple(_gap(models, unseen, letters) for letters in GAPS)
    progress(share + 0.3 * (1 - share))
    candidates = filling.candidates_loss(models["decoder"], unseen)
    moved = tuple((name, filling.moved(name, model, unseen, STARTS[0], 1)) for name, model in models.items())
    progress(share + 0.5 * (1 - share))
    written = whole_texts.written(models, seed, quick, part(progress, share + 0.5 * (1 - share), 1.0))
    ids, start, letters = own or (unseen[:1], STARTS[1], GAPS[-1])
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(models["decoder"]),
        parameters=tuple(tiny.parameters(model) for model in models.values()),
        texts=len(unseen),
        moved=moved,
        gaps=gaps,
        floor_left=gaps[0].floors[0],
        floor_both=gaps[0].floors[1],
        candidates=candidates,
        candidates_read=LETTERS,
        written=written,
        language_nats=language.nats_expected(),
        positions_decoder=next(one.positions for one in written if one.model == "decoder"),
        positions_encoder=findings.letter_by_letter(written)[0].positions,
        sample=samples.sample(models, ids, start, letters),
        seeds=_seeds(),
    )


def _gap(models: Mapping[str, Any], unseen: Any, letters: int) -> Gap:
    """All losses on one length of gap."""
    losses = [(name, filling.gap_loss(name, model, unseen, letters)) for name, model in models.items()]
    at_once = [(name, filling.gap_loss(name, models[name], unseen, letters, at_once=True)) for name in ENCODERS]
    return Gap(
        letters=letters,
        floors=(language.entropy(), language.together(letters), language.apart(letters)),
        enumerated=language.enumerated(letters),
        language=language.exact(unseen, letters),
        language_of_cards=language.exact(filling.unseen(0), letters),
        found=tuple(losses),
        one_pass=tuple(at_once),
    )


def _seeds() -> tuple[Seeds, ...]:
    """All figures of all cards."""
    found = []
    for name in TRAINING.models:
        runs = shipped.card(TRAINING.demo, name)["runs"]
        found += [Seeds(name, figure, tuple(run["figures"][figure] for run in runs)) for figure in runs[0]["figures"]]
    return tuple(found)


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "exact-floors": findings.exact_floors,
    "blind-to-the-right": findings.blind_to_the_right,
    "left-side-only": findings.left_side_only,
    "encoder-below": findings.encoder_below,
    "trained-to-fill": findings.trained_to_fill,
    "tried-out": findings.tried_out,
    "one-pass-is-apart": findings.one_pass_is_apart,
    "encoder-cannot-write": findings.encoder_writes,
    "one-pass-text": findings.one_pass_text,
    "decoder-writes-better": findings.decoder_writes_better,
    "positions": findings.positions,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Losses on gaps beside their floors, the same of all seeds, texts by passes, one gap filled."""
    labels = {key: text[lang] for key, text in words.words.items()}
    header = (labels["way"], *(f"{gap.letters} {labels['letters']}" for gap in result.gaps), labels["seeds"])
    return Group(
        Text(f"{len(result.parameters)} × {result.model}; {labels['nats']}"),
        terminal.table(header, _filled(result, labels)),
        "",
        terminal.curves(
            curves(result),
            x_label=labels["passes"],
            y_label=f"{labels['nats']}; H: {labels['language']}",
            log_x=True,
            height=9,
        ),
        terminal.table(
            (labels["wrote"], labels["passes"], labels["positions"], labels["nats-short"], labels["apart"], ""),
            _texts(result, labels),
        ),
        "",
        Text(f"{labels['gap']}: {result.sample.text}"),
        terminal.table(
            (labels["way"], labels["fill"], labels["chance"]),
            [(_name(one.way, labels), one.letters, f"{one.chance:.1%}") for one in result.sample.fills],
        ),
    )


def _name(way: str, labels: Mapping[str, str]) -> str:
    """A model, or a model and how it fills, in words."""
    return ", ".join(labels.get(one, one) for one in way.split(", "))


def _filled(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Floors, models, encoders in one pass; the seeds' spread for one letter."""
    rows = [
        (labels[key], *(f"{gap.floors[i]:.2f}" for gap in result.gaps), labels["exact"])
        for i, key in enumerate(("floor-left", "floor-both", "floor-one-pass"))
    ]
    for i, (name, _) in enumerate(result.gaps[0].found):
        values = (f"{gap.found[i][1]:.2f}" for gap in result.gaps)
        rows.append((labels[name], *values, _spread(result, name, "gap 1")))
    for i, name in enumerate(ENCODERS):
        last = result.gaps[-1]
        shown = (f"{last.one_pass[i][1]:.2f}", _spread(result, name, f"gap {last.letters}, one pass"))
        rows.append((f"{labels[name]}, {labels['one-pass']}", "", *shown))
    candidates = f"{labels['decoder']}, {result.candidates_read} {labels['candidates']}"
    return [*rows, (candidates, f"{result.candidates:.2f}", "", _spread(result, "decoder", "gap 1, candidates"))]


def _spread(result: Result, name: str, figure: str) -> str:
    values = next(one.values for one in result.seeds if (one.model, one.figure) == (name, figure))
    return " ".join(f"{value:.2f}" for value in values)


def _texts(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The language, the decoder, each encoder in one pass and in as many as letters, Gibbs sampling at its end."""
    last = result.written[-1]
    kept = [one for one in result.written if one.way in ("drawn", "cache")]
    kept += [one for one in result.written if one.way == "masks" and one.passes in (1, language.LENGTH)]
    rows: list[tuple[str, ...]] = []
    for one in (*kept, last):
        name = labels["gibbs"] if one.way == "gibbs" else labels[one.model]
        figures = (f"{one.nats:.2f}", f"{one.divergence:.2f}")
        rows.append((name, str(one.passes or ""), str(one.positions or ""), *figures, one.example))
    return rows


def curves(result: Result) -> list[terminal.Series]:
    """Nats a letter of written texts over the passes; the language's own, H, as a level."""
    drawn = [(name, "masks", name) for name in ENCODERS]
    drawn += [("decoder", "cache", "decoder"), (whole_texts.GIBBS, "gibbs", "Gibbs")]
    made = []
    for name, way, label in drawn:
        points = [one for one in result.written if (one.model, one.way) == (name, way)]
        made.append(terminal.Series(label, [one.passes for one in points], [one.nats for one in points]))
    last = max(one.passes for one in result.written)
    return [*made, terminal.Series("H", [1, last], [result.language_nats] * 2)]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """The loss on one missing letter while the models learn, and written texts by passes."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (gaps, texts) = plots.blank(words.title[lang], panels=2)
    names = [name for name, _ in result.gaps[0].found]
    for gap, mark, dashes in zip(result.gaps, "os", ("--", ":"), strict=True):
        shown = f"{gap.letters} {labels['letters']}"
        gaps.plot(range(len(names)), [value for _, value in gap.found], mark, label=shown)
        gaps.axhline(gap.floors[1], linestyle=dashes, color="0.4", label=f"{labels['floor-both']}, {shown}")
    gaps.axhline(result.gaps[0].floors[0], color="0.4", label=labels["floor-left"])
    gaps.set_xticks(range(len(names)), [labels[name] for name in names], rotation=30, ha="right")
    gaps.set_ylabel(labels["nats"])
    gaps.legend(frameon=False)
    plots.draw(texts, curves(result), x_label=labels["passes"], y_label=labels["nats"], log_x=True)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
