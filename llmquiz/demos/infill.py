"""Both sides of a gap: an encoder, a decoder, and a decoder trained to fill in; then whole texts from the encoder.

On a language whose every probability is known, so that each way of filling has an exact floor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos import (
    _figures,
    _gaps,
    _infill_found,
    _infill_samples,
    _infill_texts,
    _infilling,
    _models,
    _plots,
    _train,
)
from llmquiz.demos._demo import Demo, Finding, Progress, part
from llmquiz.demos._gaps import GAPS, LETTERS, STARTS
from llmquiz.demos._infill_found import Gap, Result, Seeds
from llmquiz.demos._infilling import ENCODERS, TRAINING
from llmquiz.texts import Lang
from llmquiz.topics import DemoWords

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
    own = _infill_samples.opened(text) if text is not None else None
    share = 0.9 if live else 0.1
    models = _train.models(
        TRAINING, device=device, dtype=dtype, seed=seed, live=live, progress=part(progress, 0.0, share)
    )
    unseen = _infilling.unseen(seed, 128 if quick else _infilling.TESTED)
    gaps = tuple(_gap(models, unseen, letters) for letters in GAPS)
    progress(share + 0.3 * (1 - share))
    candidates = _infilling.candidates_loss(models["decoder"], unseen)
    moved = tuple((name, _infilling.moved(name, model, unseen, STARTS[0], 1)) for name, model in models.items())
    progress(share + 0.5 * (1 - share))
    written = _infill_texts.written(models, seed, quick, part(progress, share + 0.5 * (1 - share), 1.0))
    ids, start, letters = own or (unseen[:1], STARTS[1], GAPS[-1])
    return Result(
        device=device,
        dtype=dtype,
        model=_models.describe(models["decoder"]),
        parameters=tuple(_models.parameters(model) for model in models.values()),
        texts=len(unseen),
        moved=moved,
        gaps=gaps,
        floor_left=gaps[0].floors[0],
        floor_both=gaps[0].floors[1],
        candidates=candidates,
        candidates_read=LETTERS,
        written=written,
        language_nats=_gaps.nats_expected(),
        positions_decoder=next(one.positions for one in written if one.model == "decoder"),
        positions_encoder=_infill_found.letter_by_letter(written)[0].positions,
        sample=_infill_samples.sample(models, ids, start, letters),
        seeds=_seeds(),
    )


def _gap(models: Mapping[str, Any], unseen: Any, letters: int) -> Gap:
    """All losses on one length of gap."""
    losses = [(name, _infilling.gap_loss(name, model, unseen, letters)) for name, model in models.items()]
    at_once = [(name, _infilling.gap_loss(name, models[name], unseen, letters, at_once=True)) for name in ENCODERS]
    return Gap(
        letters=letters,
        floors=(_gaps.entropy(), _gaps.together(letters), _gaps.apart(letters)),
        enumerated=_gaps.enumerated(letters),
        language=_gaps.exact(unseen, letters),
        language_of_cards=_gaps.exact(_infilling.unseen(0), letters),
        found=tuple(losses),
        one_pass=tuple(at_once),
    )


def _seeds() -> tuple[Seeds, ...]:
    """All figures of all cards."""
    found = []
    for name in TRAINING.models:
        runs = _train.card(TRAINING.demo, name)["runs"]
        found += [Seeds(name, figure, tuple(run["figures"][figure] for run in runs)) for figure in runs[0]["figures"]]
    return tuple(found)


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "exact-floors": _infill_found.exact_floors,
    "blind-to-the-right": _infill_found.blind_to_the_right,
    "left-side-only": _infill_found.left_side_only,
    "encoder-below": _infill_found.encoder_below,
    "trained-to-fill": _infill_found.trained_to_fill,
    "tried-out": _infill_found.tried_out,
    "one-pass-is-apart": _infill_found.one_pass_is_apart,
    "encoder-cannot-write": _infill_found.encoder_writes,
    "one-pass-text": _infill_found.one_pass_text,
    "decoder-writes-better": _infill_found.decoder_writes_better,
    "positions": _infill_found.positions,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Losses on gaps beside their floors, the same of all seeds, texts by passes, one gap filled."""
    labels = {key: text[lang] for key, text in words.words.items()}
    header = (labels["way"], *(f"{gap.letters} {labels['letters']}" for gap in result.gaps), labels["seeds"])
    return Group(
        Text(f"{len(result.parameters)} × {result.model}; {labels['nats']}"),
        _plots.table(header, _filled(result, labels)),
        "",
        _plots.curves(
            curves(result),
            x_label=labels["passes"],
            y_label=f"{labels['nats']}; H: {labels['language']}",
            log_x=True,
            height=9,
        ),
        _plots.table(
            (labels["wrote"], labels["passes"], labels["positions"], labels["nats-short"], labels["apart"], ""),
            _texts(result, labels),
        ),
        "",
        Text(f"{labels['gap']}: {result.sample.text}"),
        _plots.table(
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
    kept += [one for one in result.written if one.way == "masks" and one.passes in (1, _gaps.LENGTH)]
    rows: list[tuple[str, ...]] = []
    for one in (*kept, last):
        name = labels["gibbs"] if one.way == "gibbs" else labels[one.model]
        figures = (f"{one.nats:.2f}", f"{one.divergence:.2f}")
        rows.append((name, str(one.passes or ""), str(one.positions or ""), *figures, one.example))
    return rows


def curves(result: Result) -> list[_plots.Series]:
    """Nats a letter of written texts over the passes; the language's own, H, as a level."""
    drawn = [(name, "masks", name) for name in ENCODERS]
    drawn += [("decoder", "cache", "decoder"), (_infill_texts.GIBBS, "gibbs", "Gibbs")]
    made = []
    for name, way, label in drawn:
        points = [one for one in result.written if (one.model, one.way) == (name, way)]
        made.append(_plots.Series(label, [one.passes for one in points], [one.nats for one in points]))
    last = max(one.passes for one in result.written)
    return [*made, _plots.Series("H", [1, last], [result.language_nats] * 2)]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """The loss on one missing letter while the models learn, and written texts by passes."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (gaps, texts) = _figures.blank(words.title[lang], panels=2)
    names = [name for name, _ in result.gaps[0].found]
    for gap, mark, dashes in zip(result.gaps, "os", ("--", ":"), strict=True):
        shown = f"{gap.letters} {labels['letters']}"
        gaps.plot(range(len(names)), [value for _, value in gap.found], mark, label=shown)
        gaps.axhline(gap.floors[1], linestyle=dashes, color="0.4", label=f"{labels['floor-both']}, {shown}")
    gaps.axhline(result.gaps[0].floors[0], color="0.4", label=labels["floor-left"])
    gaps.set_xticks(range(len(names)), [labels[name] for name in names], rotation=30, ha="right")
    gaps.set_ylabel(labels["nats"])
    gaps.legend(frameon=False)
    _figures.draw(texts, curves(result), x_label=labels["passes"], y_label=labels["nats"], log_x=True)
    return made


DEMO: Demo[Result] = Demo(measure, CLAIMS, render, figure)
