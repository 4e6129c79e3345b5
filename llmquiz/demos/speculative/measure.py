"""Speculative decoding with a trained draft and target: the same text, fewer calls, and when it does not pay.

The draft proposes some tokens, the target checks them in one pass and keeps those that it might have written itself
(Leviathan et al., 2022; Chen et al., 2023).
"""

from __future__ import annotations

from llmquiz.demos.lab import tiny, training
from llmquiz.demos.lab.decoding import Decoder
from llmquiz.demos.lab.devices import DTYPES
from llmquiz.demos.lab.run import Run
from llmquiz.demos.speculative import agreement, distribution, language, speed
from llmquiz.demos.speculative.decoding import NEW_TOKENS, DraftedText, faithful, lenient, speculations
from llmquiz.demos.speculative.result import GAMMAS, USUAL_GAMMA, Result, Sample
from llmquiz.demos.speculative.train import TRAINING, figures, trained_pairs

LONGEST_PROMPT = 30
"""Words of a prompt of the user's own."""
BATCH = 1024
"""Texts at a time, where a check is priced in a large batch."""


def measure(run: Run) -> Result:
    """Tokens and distributions first, then times."""
    models = training.models(TRAINING, **run.place, seed=run.seed, live=run.live)
    target, draft = models["target"], models["draft"]
    untrained = TRAINING.build("draft", run.seed).to(device=run.device, dtype=DTYPES[run.dtype])
    prompts = [prompt.to(run.device) for prompt in language.prompts(4, 2, run.seed)]  # each (1, T)
    if run.text is not None:
        prompts[0] = language.prompt_of(run.text, LONGEST_PROMPT).to(run.device)
    gammas, runs, rounds = (GAMMAS[:-1], 200, 3) if run.quick else (GAMMAS, 300, 5)

    # greedy: with any draft and any number of proposals the very tokens of the target alone
    pairs, untrained_pairs = (speculations(target, model, prompts) for model in (draft, untrained))
    greedy = agreement.greedy_match(pairs, (1, USUAL_GAMMA, GAMMAS[-1]))
    greedy_untrained = agreement.greedy_match(untrained_pairs[:2], (USUAL_GAMMA,))
    run.progress(0.15)

    # sampled: many draws of two tokens against the exact distribution, by the right rule and by a wrong one
    revealing = distribution.revealing_pairs(target, draft, 1 if run.quick else 3, run.seed)
    revealing += distribution.revealing_pairs(target, untrained, 1, run.seed)
    exact = [distribution.exact_first_two(target, pair.prompt) for pair in revealing]  # each (V, V)
    fits = distribution.first_two_tests(revealing, exact, runs, run.seed, faithful)
    fits_lenient = distribution.first_two_tests(revealing[:-1], exact[:-1], runs, run.seed, lenient)
    run.progress(0.4)

    # how much of the draft is accepted follows from how far the distributions overlap
    overlap = agreement.overlap(target, draft, untrained, prompts, run.seed)

    # every way to write against the target alone, in turn
    race = speed.race(pairs, untrained_pairs[:1], gammas, rounds=rounds, device=run.device, seed=run.seed)
    run.progress(0.9)

    # what the formula of the speed-up needs: a draft's step and a check in steps of the target, halfway through a text
    decoders = Decoder(target, length=1), Decoder(draft, length=1)
    prices = speed.prices(*decoders, gammas, 1, NEW_TOKENS // 2, rounds)
    batched = speed.prices(*decoders, (USUAL_GAMMA,), BATCH, NEW_TOKENS // 2, rounds)

    # the texts of the race were sampled: they are tested token by token as well
    checked = agreement.acceptance(target, draft, race.texts)
    every_token = distribution.every_token(target, draft, race.texts, run.seed)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        target=tiny.describe(target),
        draft=tiny.describe(draft),
        target_loss=figures("target", target)["test loss"],
        draft_loss=figures("target", draft)["test loss"],
        seeds=trained_pairs(),
        greedy=greedy,
        greedy_untrained=greedy_untrained,
        fits=fits,
        fits_lenient=fits_lenient,
        every_token=every_token,
        overlap=overlap,
        acceptance=overlap.mean,
        checked=checked,
        tokens_per_call=race.ways[gammas.index(USUAL_GAMMA)].tokens_per_call,
        ways=race.ways,
        untrained=race.untrained,
        greedy_way=race.greedy,
        prices=prices,
        batched=batched,
        sample=sample(next(text for text in race.texts if text.gamma == USUAL_GAMMA)),
    )


def sample(text: DraftedText) -> Sample:
    """`text` in words; the target's own stand at the end of each round."""
    prompt, words = ([language.WORDS[i] for i in ids[0].tolist()] for ids in (text.prompt, text.tokens))
    own, place = [], -1
    for accepted in text.accepted:
        place += accepted + 1
        own.append(place)
    return Sample(" ".join(prompt[1:]), tuple(words), tuple(own))
