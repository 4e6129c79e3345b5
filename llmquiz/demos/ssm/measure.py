"""A state space model beside attention: what each keeps of a text, what a token costs, and what is remembered.

Mamba (Gu and Dao, 2023) reads a text into a state that never grows; attention keeps keys and values of every token.
"""

from __future__ import annotations

from llmquiz.demos.lab import shipped, tiny, training
from llmquiz.demos.lab.run import Run
from llmquiz.demos.ssm import costs, recall, states
from llmquiz.demos.ssm.result import LENGTHS, Result
from llmquiz.demos.ssm.train import TRAINING


def measure(run: Run) -> Result:
    """Sizes, work and times of two models of about equal size, then what three trained ones remember."""
    mamba, attention = tiny.mamba(n_layers=7, **run.place), tiny.llama(**run.place)
    ids = tiny.random_tokens(mamba, 1, 256, seed=run.seed)  # (1, T)

    # what is kept after a text and after one four times as long
    lengths = (64, 256)
    mamba_bytes, attention_bytes = (
        tuple(states.cache_bytes(states.read(model, ids[:, :T])[1]) for T in lengths) for model in (mamba, attention)
    )

    # the first length at which the cache takes as much as the state, read to that length, and to one token less
    state, token_bytes = mamba_bytes[1].state, attention_bytes[1].keys_and_values // lengths[1]
    overtaken_at = -(-state // token_bytes)
    before, there = (
        states.cache_bytes(states.read(attention, ids[:, :T])[1]).total for T in (overtaken_at - 1, overtaken_at)
    )

    # one pass against one step a token, and whether any attention is run in a pass
    gap = states.by_steps(mamba, ids[:, : 24 if run.quick else 64])
    operations, control = (costs.attention_operations(model, ids[:, :16]) for model in (mamba, attention))
    run.progress(0.2)

    # work of a single layer: embedding and head, which weigh the same at every token, would blur the square
    layers = tiny.mamba(n_layers=1, **run.place), tiny.llama(n_layers=1, attention="eager", **run.place)
    work = costs.work(*layers, ids, (128, 256))
    hybrid = states.hybrid(run.device, run.dtype, 128, run.seed)
    run.progress(0.4)

    # seconds of a step after more and more tokens
    contexts = (64, 256, 1024, 4096, 16384) if run.quick else (64, 256, 1024, 4096, 8192, 16384, 32768)
    times = costs.step_times(mamba, attention, contexts, run.device, 5 if run.quick else 9, run.seed)
    run.progress(0.7)

    # what the trained models remember of pairs that they read
    trained = training.models(TRAINING, **run.place)
    remember = recall.memories(trained, _right_by_seed(), run.seed, run.part(0.7, 1.0))
    return Result(
        device=run.device,
        dtype=run.dtype,
        mamba=tiny.describe(mamba),
        attention=tiny.describe(attention),
        lengths=lengths,
        states=(mamba_bytes[0], mamba_bytes[1]),
        caches=(attention_bytes[0], attention_bytes[1]),
        state_bytes=mamba_bytes[1].total,
        state_bytes_formula=states.state_formula(mamba.config, next(mamba.parameters()).element_size()),
        overtaken_at=overtaken_at,
        cache_bytes_before=before,
        cache_bytes_there=there,
        gap=gap,
        attention_operations=operations,
        attention_operations_control=control,
        work=(work[0], work[1]),
        hybrid=hybrid,
        times=times,
        crossing=times.crossing,
        remember=remember,
        recalled_pairs=remember[-1].recalls[-1].recalled,
    )


def _right_by_seed() -> dict[str, tuple[tuple[float, ...], ...]]:
    """Share right by the cards, of every model, seed and length."""
    cards = {name: shipped.card(TRAINING.demo, name) for name in TRAINING.models}
    return {
        name: tuple(tuple(run["figures"][f"N={pairs}"] for pairs in LENGTHS) for run in card["runs"])
        for name, card in cards.items()
    }
