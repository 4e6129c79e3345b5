"""The demo moe, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from typing import Any

import pytest
import yaml

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, run, tiny
from llmquiz.demos.moe import claims, costs, draw, load_balancing
from llmquiz.demos.moe import mixture as mixtures
from llmquiz.demos.moe.claims import Result
from llmquiz.demos.moe.routing import moe, routing
from llmquiz.paths import shipped_content
from tests.demos.breaking import finding
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo

SETTINGS: dict[str, Any] = {"d_model": 64, "n_layers": 2, "device": "cpu", "dtype": "float32"}


@pytest.fixture
def mixture() -> Any:
    return mixtures.mixture(**SETTINGS)


def _without_docstring_and_types(source: str) -> str:
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = [node for node in function.body if not (isinstance(node, ast.Expr) and ast.get_docstring(function))]
    function.returns = None
    for argument in function.args.args:
        argument.annotation = None
    return ast.unparse(function)


def test_the_code_card_shows_the_router_of_this_demo() -> None:
    cards = yaml.safe_load((shipped_content() / "decoder-only/how-it-works/code.yaml").read_text(encoding="utf-8"))
    card = next(card for card in cards["questions"] if card["id"] == "code-moe-gates")
    assert _without_docstring_and_types(card["right"]) == _without_docstring_and_types(inspect.getsource(moe))


def without_renormalising(x: Any, router: Any, experts: list[Any], k: int = 2) -> Any:
    """Gates from a softmax over all experts, the chosen ones kept as they are."""
    gates, chosen = (x @ router).softmax(-1).topk(k, dim=-1)
    out = torch.zeros_like(x)
    for e, expert in enumerate(experts):
        token, slot = (chosen == e).nonzero(as_tuple=True)
        out[token] += gates[token, slot, None] * expert(x[token])
    return out


def one_expert(x: Any, router: Any, experts: list[Any], k: int = 2) -> Any:
    return moe(x, router, experts, k=1)


@pytest.mark.breaks("router-card")
@pytest.mark.parametrize(("layer", "holds"), [(moe, True), (without_renormalising, False), (one_expert, False)])
def test_another_router_gives_another_output(result: Result, mixture: Any, layer: Any, holds: bool) -> None:
    assert finding("router-card", result, routing=routing(mixture, layer, seed=0)) is holds


@pytest.mark.breaks("gated-sum", "dense-mixture")
@pytest.mark.parametrize(
    ("chosen", "sparse", "dense"),
    [
        (2, True, True),
        (3, False, True),  # a gate that leaves a third expert open is another sum
        (8, False, False),  # with all experts open the ordinary softmax is the layer itself
    ],
)
def test_the_sum_over_all_experts_is_sparse_only_with_a_sparse_gate(
    result: Result, chosen: int, sparse: bool, dense: bool
) -> None:
    measured = routing(mixtures.mixture(num_experts_per_tok=chosen, **SETTINGS), moe, seed=0)
    assert finding("gated-sum", result, routing=measured) is sparse
    assert finding("dense-mixture", result, routing=measured) is dense


@pytest.mark.breaks("two-of-eight")
@pytest.mark.parametrize(("chosen", "holds"), [(2, True), (1, False), (3, False), (8, False)])
def test_experts_that_learn_from_a_token_are_counted(result: Result, chosen: int, holds: bool) -> None:
    used = mixtures.moved_by_one_token(mixtures.mixture(num_experts_per_tok=chosen, **SETTINGS), seed=0)
    assert used == (chosen, chosen)
    assert finding("two-of-eight", result, used=used) is holds


@pytest.mark.breaks("compute-unchanged")
@pytest.mark.parametrize(("chosen", "holds"), [(2, True), (3, False)])
def test_a_third_expert_would_be_more_work(result: Result, chosen: int, holds: bool) -> None:
    model = mixtures.mixture(num_experts_per_tok=chosen, **SETTINGS)
    small, large = tiny.llama(d_model=64, n_layers=2), tiny.llama(d_model=64, n_layers=2, d_ff=704)
    assert finding("compute-unchanged", result, work=costs.work(model, small, large, seed=0)) is holds


@pytest.mark.breaks("equal-total")
def test_a_dense_model_of_the_active_size_is_not_twice_the_work(result: Result, mixture: Any) -> None:
    small = tiny.llama(d_model=64, n_layers=2)
    work = costs.work(mixture, small, small, seed=0)
    assert finding("equal-total", result) is True
    assert finding("equal-total", result, work_saved=work.dense_total / work.mixture) is False


@pytest.mark.breaks("costs-nothing", "faster-than-total")
def test_a_dense_model_in_the_place_of_the_mixture_costs_nothing(result: Result) -> None:
    small, large = tiny.llama(), tiny.llama(d_ff=2752)

    def passes(mixture: Any, total: Any) -> Any:
        with counted():
            return costs.passes(mixture, small, total, quick=True, seed=0, device="cpu")

    assert finding("costs-nothing", result, passes=passes(small, large)) is True
    assert finding("faster-than-total", result, passes=passes(small, large)) is True
    assert finding("faster-than-total", result, passes=passes(large, large)) is False
    assert claims.faster_than_total(replace(result, passes=passes(small, small))).why == "start-bound"


@pytest.mark.breaks("all-in-memory")
def test_a_router_that_sends_all_to_two_experts_would_save_memory(result: Result, mixture: Any) -> None:
    assert finding("all-in-memory", result, touched=(mixtures.needed(mixture, 64, seed=0),)) is True
    for layer in mixture.model.layers:
        layer.mlp.gate.register_forward_hook(
            lambda _, __, output: (*output[:2], torch.tensor([0, 1]).expand_as(output[2]))
        )
    needed = mixtures.needed(mixture, 64, seed=0)
    assert needed == (2, 2)
    assert finding("all-in-memory", result, touched=(needed,)) is False


@pytest.mark.breaks("collapses")
def test_a_training_that_is_balanced_anyway_does_not_collapse(result: Result) -> None:
    pair = result.trainings[0]
    assert finding("collapses", result, trainings=(replace(pair, without=pair.with_loss),)) is False


@pytest.mark.breaks("balanced")
def test_without_its_weight_the_balancing_loss_does_nothing(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_balancing, "WEIGHT", 0.0)
    trainings = load_balancing.pairs(range(1), "cpu", run.silent)
    assert trainings[0].with_loss == trainings[0].without == result.trainings[0].without
    assert finding("balanced", result, trainings=trainings) is False


@pytest.mark.breaks("not-56b")
def test_mixtral_counted_with_all_experts_active_is_another_number(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mixtures.published() == (46_702_792_704, 12_879_925_248)
    monkeypatch.setattr(mixtures, "unused", lambda config: 0)
    total, active = mixtures.published()
    assert finding("not-56b", result, published_total=total, published_active=active) is False


@pytest.mark.parametrize(("requests", "experts"), [(1, 2), (2, 3.5), (4, 5.46875)])
def test_experts_that_even_and_independent_choices_need(requests: int, experts: float) -> None:
    assert draw.by_chance(requests) == experts


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_other_formats_run(dtype: str, words_of: Any) -> None:
    outcome = demo.run("moe", words_of("moe"), device="cpu", dtype=dtype, quick=True)
    verdicts = {claim.id: claim.holds for claim in outcome.claims}
    assert verdicts["router-card"] is (True if dtype == "float64" else None)
    assert verdicts["two-of-eight"] is True
