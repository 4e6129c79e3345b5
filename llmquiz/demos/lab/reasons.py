"""Reasons that several demos share for not being able to show something here."""

from __future__ import annotations

from collections.abc import Mapping

from llmquiz.schema.texts import Text

REASONS: Mapping[str, Text] = {
    "float32-only": Text(
        en="Equality is claimed in float32; in a shorter format the difference is shown, not judged.",
        zh="只在 float32 下断言相等；更短的格式只给出差异，不作判断。",
    ),
    "no-peak-memory": Text(
        en="Peak memory can be read on Linux and on CUDA only.",
        zh="峰值内存只能在 Linux 和 CUDA 上读取。",
    ),
    "other-model": Text(
        en="Not tested on the checkpoint given with --model.",
        zh="不在 --model 指定的模型上检验这一条。",
    ),
    "too-small": Text(
        en="The effect needs larger sizes than this run used; the full run shows it.",
        zh="这次运行的规模太小，看不出这个效应；完整运行才能看到。",
    ),
    "too-noisy": Text(
        en="Too much else runs on this machine: the spread of the times is larger than the effect.",
        zh="机器上其他负载太多，计时的波动比效应本身还大。",
    ),
}
