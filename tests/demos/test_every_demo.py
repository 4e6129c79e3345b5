"""The rules that every demo keeps; how long one may take is judged by `python -m tests.bench --only demos`."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from llmquiz.demos.lab import demo, real
from llmquiz.demos.lab.outcome import Outcome, judged, steady
from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words as UiWords
from llmquiz.schema.topics import DemoText
from llmquiz.ui.document.prose import inline
from llmquiz.ui.tables.demo import Minute
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

ROOT = Path(__file__).parents[2]

every_demo = pytest.mark.parametrize("demo_id", demo.names())
every_demo_of_its_own = pytest.mark.parametrize(
    "demo_id", [name for name in demo.names() if not demo.definition(name).needs]
)
every_real_demo = pytest.mark.parametrize("demo_id", [name for name in demo.names() if demo.definition(name).needs])
Words = Callable[[str], DemoText]
Quick = Callable[[str], demo.Outcome]


def plain(text: str) -> str:
    """A text as it stands on the screen."""
    return inline(text).plain


def _source(demo_id: str) -> str:
    """The text of a demo and of the lab."""
    folders = (demo.FOLDER / demo_id.replace("-", "_"), demo.FOLDER / "lab")
    return "".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.py"))


def _surprises(outcome: demo.Outcome, words: DemoText, *, quick: bool) -> list[tuple[str, str]]:
    """Claims that surprise, and do so again when everything is measured anew: a time may be disturbed once."""
    surprising = {claim.id: claim.measured for claim in outcome.claims if claim.surprising}
    for _ in range(2):
        if surprising:
            again = demo.run(outcome.demo, words, device="cpu", quick=quick)
            twice = [claim for claim in again.claims if claim.surprising and claim.id in surprising]
            surprising = {claim.id: claim.measured for claim in twice}
    return list(surprising.items())


@every_demo
def test_every_text_is_there_in_both_languages_and_differs(demo_id: str, words_of: Words) -> None:
    words = words_of(demo_id)
    texts = [words.title, words.shows, *(c.text for c in words.claims), *words.words.values(), *words.caveats]
    assert [text for text in texts if not (text.en and text.zh)] == []
    assert [text for text in (words.shows, *(c.text for c in words.claims)) if text.en == text.zh] == []


@every_demo
def test_every_label_is_used(demo_id: str, words_of: Words) -> None:
    source = _source(demo_id)
    assert [key for key in words_of(demo_id).words if not re.search(f"[\"']{key}[\"']", source)] == []


@every_demo
def test_the_result_is_frozen_data_that_json_takes(demo_id: str, quick_run: Quick) -> None:
    outcome = quick_run(demo_id)
    assert outcome.result.__dataclass_params__.frozen
    read = json.loads(json.dumps(outcome.json(), allow_nan=False, ensure_ascii=False))
    keys = ["demo", "device", "dtype", "seconds", "settings", "versions", "result", "claims", "model", "recorded"]
    assert list(read) == keys
    assert {tuple(claim) for claim in read["claims"]} == {
        ("id", "text", "says", "expected", "measured", "holds", "why", "sentence", "first")
    }


@every_demo
def test_claims_come_out_as_expected_or_cannot_be_shown(demo_id: str, words_of: Words, quick_run: Quick) -> None:
    outcome = quick_run(demo_id)
    assert _surprises(outcome, words_of(demo_id), quick=True) == []
    assert [claim.id for claim in outcome.claims if claim.holds is None and claim.why is None] == []


@every_demo_of_its_own
def test_the_same_seed_gives_the_same_result_whatever_the_caller_did(
    demo_id: str, words_of: Words, quick_run: Quick
) -> None:
    import torch

    first = quick_run(demo_id)
    torch.manual_seed(12345)
    torch.set_num_threads(2)
    state = torch.random.get_rng_state()
    second = demo.run(demo_id, words_of(demo_id), device="cpu", quick=True)
    assert torch.equal(state, torch.random.get_rng_state()), "the demo leaks its random state"
    assert torch.get_num_threads() == 2, "the demo keeps its own number of threads"
    assert steady(first.result) == steady(second.result)


@every_demo
@pytest.mark.parametrize("lang", LANGS)
def test_it_is_drawn_within_80_columns(demo_id: str, lang: Lang, words_of: Words, quick_run: Quick) -> None:
    console = Console(file=io.StringIO(), width=80, no_color=True, legacy_windows=False)
    result, words, its = quick_run(demo_id).result, words_of(demo_id), demo.load(demo_id)
    console.print(its.plot(result, words, lang), *its.tables(result, words, lang), sep="\n")
    output = console.file.getvalue()  # type: ignore[attr-defined]
    from rich.cells import cell_len

    assert output.strip()
    assert [line for line in output.splitlines() if cell_len(line.rstrip()) > 80] == []
    assert "…" not in output, "something was cut off at 80 columns"


@every_demo
@pytest.mark.parametrize("lang", LANGS)
def test_a_minutes_reading_stands_on_one_screen(demo_id: str, lang: Lang, words_of: Words) -> None:
    """Of 80 × 24, on what was recorded: the answer, the plot, and every main claim to its end."""
    words, its, result = words_of(demo_id), demo.load(demo_id), recorded(demo_id)
    outcome = Outcome(demo_id, "cpu", "float32", 1.0, {}, {}, result, judged(its.claims, result, words))
    console = Console(file=io.StringIO(), width=80, height=24, no_color=True, legacy_windows=False)
    console.print(Minute(outcome, words, its.plot(result, words, lang), UiWords(lang), 22))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert len(shown.splitlines()) <= 22
    whole = "".join(shown.split())
    assert words.answer is not None
    assert "".join(plain(words.answer[lang]).split()) in whole
    main = [claim for claim in outcome.claims if claim.first]
    assert 3 <= len(main) <= 5
    assert [c.id for c in main if c.sentence and "".join(plain(c.sentence[lang]).split()) not in whole] == []


@every_demo
def test_every_claim_says_in_words_what_was_measured(demo_id: str, words_of: Words) -> None:
    assert [claim.id for claim in words_of(demo_id).claims if claim.measured is None] == []


@every_demo
@pytest.mark.parametrize("ending", ["png", "svg"])
def test_its_figure_is_written(demo_id: str, ending: str, words_of: Words, quick_run: Quick, tmp_path: Path) -> None:
    path = tmp_path / f"figure.{ending}"
    demo.save(demo_id, quick_run(demo_id), words_of(demo_id), "zh", path)
    start = path.read_bytes()[:200]
    assert start.startswith(b"\x89PNG") if ending == "png" else b"<?xml" in start


@every_demo_of_its_own
@pytest.mark.slow
def test_a_default_run_keeps_to_its_claims(demo_id: str, words_of: Words) -> None:
    done: list[float] = []
    outcome = demo.run(demo_id, words_of(demo_id), device="cpu", progress=done.append)
    assert _surprises(outcome, words_of(demo_id), quick=False) == []
    assert done == sorted(done)
    assert done[-1] == pytest.approx(1.0)


@every_real_demo
@pytest.mark.real
def test_on_the_real_model_it_keeps_to_its_claims(demo_id: str, words_of: Words) -> None:
    needs = real.KNOWN[demo.definition(demo_id).needs or ""]
    if not real.here(needs):
        pytest.skip(f"{needs.title} is not on this machine: {needs.install}")
    done: list[float] = []
    outcome = demo.run(demo_id, words_of(demo_id), device="cpu", quick=True, progress=done.append)
    assert [(claim.id, claim.measured) for claim in outcome.claims if claim.surprising] == []
    assert (outcome.recorded, done) == (None, sorted(done))
    assert done[-1] == pytest.approx(1.0)
