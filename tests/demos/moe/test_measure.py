"""The demo moe, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml

torch = pytest.importorskip("torch")
from llmquiz.demos.lab import demo, run, tiny
from llmquiz.demos.moe import experts as _experts
from llmquiz.demos.moe import load_balancing
from llmquiz.demos.moe import measure as moe
from llmquiz.paths import shipped_content
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo

SETTINGS: dict[str, Any] = {"d_model": 64, "n_layers": 2, "device": "cpu", "dtype": "float32"}


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> moe.Result:
    found = quick_run("moe").result
    assert isinstance(found, moe.Result)
    return found


@pytest.fixture
def mixture() -> Any:
    return _experts.mixture(**SETTINGS)


def _finding(claim: str, result: moe.Result, **changes: Any) -> bool | None:
    return moe.CLAIMS[claim](replace(result, **changes)).holds


def _without_docstring_and_types(source: str) -> str:
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = [node for node in function.body if not (isinstance(node, ast.Expr) and ast.get_docstring(function))]
    function.returns = None
    for argument in function.args.args:
        argument.annotation = None
    return ast.unparse(function)


def test_the_code_card_shows_the_router_of_this_demo() -> None:
    cards = yaml.safe_load((shipped_content() / "decoder-only/questions.yaml").read_text(encoding="utf-8"))
    card = next(card for card in cards["questions"] if card["id"] == "code-moe-gates")
    assert _without_docstring_and_types(card["right"]) == _without_docstring_and_types(inspect.getsource(moe.moe))


def without_renormalising(x: Any, router: Any, experts: list[Any], k: int = 2) -> Any:
    """Gates from a softmax over all experts, the chosen ones kept as they are."""
    gates, chosen = (x @ router).softmax(-1).topk(k, dim=-1)
    out = torch.zeros_like(x)
    for e, expert in enumerate(experts):
        token, slot = (chosen == e).nonzero(as_tuple=True)
        out[token] += gates[token, slot, None] * expert(x[token])
    return out


def one_expert(x: Any, router: Any, experts: list[Any], k: int = 2) -> Any:
    return moe.moe(x, router, experts, k=1)


@pytest.mark.parametrize(("layer", "holds"), [(moe.moe, True), (without_renormalising, False), (one_expert, False)])
def test_another_router_gives_another_output(result: moe.Result, mixture: Any, layer: Any, holds: bool) -> None:
    assert _finding("router-card", result, routing=_experts.routing(mixture, layer, seed=0)) is holds


@pytest.mark.parametrize(
    ("chosen", "sparse", "dense"),
    [
        (2, True, True),
        (3, False, True),  # a gate that leaves a third expert open is another sum
        (8, False, False),  # with all experts open the ordinary softmax is the layer itself
    ],
)
def test_the_sum_over_all_experts_is_sparse_only_with_a_sparse_gate(
    result: moe.Result, chosen: int, sparse: bool, dense: bool
) -> None:
    model = _experts.mixture(num_experts_per_tok=chosen, **SETTINGS)
    routing = _experts.routing(model, moe.moe, seed=0)
    assert _finding("gated-sum", result, routing=routing) is sparse
    assert _finding("dense-mixture", result, routing=routing) is dense


def test_a_dense_mixture_that_skipped_experts_is_noticed(result: moe.Result) -> None:
    routing = replace(result.routing, dense_rows=result.routing.rows)
    assert _finding("dense-mixture", result, routing=routing) is False


@pytest.mark.parametrize(("chosen", "holds"), [(2, True), (1, False), (3, False), (8, False)])
def test_experts_that_learn_from_a_token_are_counted(result: moe.Result, chosen: int, holds: bool) -> None:
    used = _experts.moved_by_one_token(_experts.mixture(num_experts_per_tok=chosen, **SETTINGS), seed=0)
    assert used == (chosen, chosen)
    assert _finding("two-of-eight", result, used=used) is holds


@pytest.mark.parametrize(("chosen", "holds"), [(2, True), (3, False)])
def test_a_third_expert_would_be_more_work(result: moe.Result, chosen: int, holds: bool) -> None:
    model = _experts.mixture(num_experts_per_tok=chosen, **SETTINGS)
    small, large = tiny.llama(d_model=64, n_layers=2), tiny.llama(d_model=64, n_layers=2, d_ff=704)
    work = _experts.work(model, small, large, seed=0)
    assert _finding("compute-unchanged", result, work=work) is holds


def test_a_dense_model_of_the_active_size_is_not_twice_the_work(result: moe.Result) -> None:
    assert _finding("equal-total", result) is True
    assert _finding("equal-total", result, work_saved=result.work.dense_active / result.work.mixture) is False


def test_a_dense_model_in_the_place_of_the_mixture_costs_nothing(result: moe.Result) -> None:
    small, large = tiny.llama(), tiny.llama(d_ff=2752)

    def passes(mixture: Any, total: Any) -> Any:
        with counted():
            return _experts.passes(mixture, small, total, quick=True, seed=0, device="cpu")

    assert _finding("costs-nothing", result, passes=passes(small, large)) is True
    assert _finding("faster-than-total", result, passes=passes(small, large)) is True
    assert _finding("faster-than-total", result, passes=passes(large, large)) is False
    assert moe.faster_than_total(replace(result, passes=passes(small, small))).why == "start-bound"


def test_a_router_that_sends_all_to_two_experts_would_save_memory(result: moe.Result, mixture: Any) -> None:
    assert _finding("all-in-memory", result, touched=(_experts.touched(mixture, 64, seed=0),)) is True
    for layer in mixture.model.layers:
        layer.mlp.gate.register_forward_hook(
            lambda _, __, output: (*output[:2], torch.tensor([0, 1]).expand_as(output[2]))
        )
    needed = _experts.touched(mixture, 64, seed=0)
    assert needed == (2, 2)
    assert _finding("all-in-memory", result, touched=(needed,)) is False


def test_a_mixture_whose_experts_were_not_kept_is_noticed(result: moe.Result) -> None:
    lighter = replace(result.mixture, weight_bytes=result.small.weight_bytes)
    assert _finding("all-in-memory", result, mixture=lighter) is False


def test_a_training_that_is_balanced_anyway_does_not_collapse(result: moe.Result) -> None:
    pair = result.trainings[0]
    assert _finding("collapses", result, trainings=(replace(pair, without=pair.with_loss),)) is False


def test_without_its_weight_the_balancing_loss_does_nothing(
    result: moe.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_balancing, "WEIGHT", 0.0)
    trainings = load_balancing.pairs(range(1), "cpu", run.silent)
    assert trainings[0].with_loss == trainings[0].without == result.trainings[0].without
    assert _finding("balanced", result, trainings=trainings) is False


def test_the_fullest_expert_over_the_average() -> None:
    assert load_balancing.Trained((4, 4, 0, 0, 0, 0, 0, 0), 1.0).fullest == load_balancing.MOST
    assert load_balancing.Trained((1,) * 8, 1.0).fullest == 1


def test_mixtral_counted_with_all_experts_active_is_another_number(
    result: moe.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _experts.published() == (46_702_792_704, 12_879_925_248)
    monkeypatch.setattr(_experts, "unused", lambda config: 0)
    total, active = _experts.published()
    assert _finding("not-56b", result, published_total=total, published_active=active) is False
    assert _finding("not-56b", result, published_total=56_000_000_000) is False


@pytest.mark.parametrize(("requests", "experts"), [(1, 2), (2, 3.5), (4, 5.46875)])
def test_experts_that_even_and_independent_choices_need(requests: int, experts: float) -> None:
    assert moe.by_chance(requests) == experts


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_other_formats_run(dtype: str, words_of: Any) -> None:
    outcome = demo.run("moe", words_of("moe"), device="cpu", dtype=dtype, quick=True)
    claims = {claim.id: claim.holds for claim in outcome.claims}
    assert claims["router-card"] is (True if dtype == "float64" else None)
    assert claims["two-of-eight"] is True
