"""Options that more than one command takes, or that would not fit a line of theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Lang = Annotated[str | None, typer.Option("--lang", metavar="en|zh", help="Language of the screen.")]
Content = Annotated[Path | None, typer.Option("--content", metavar="DIR", help="A folder of your own topics.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

Quick = Annotated[bool, typer.Option("--quick", help="Smaller and faster.")]
Device = Annotated[str | None, typer.Option("--device", help="cpu, cuda or mps; the fastest found without it.")]
Dtype = Annotated[str, typer.Option("--dtype", help="float32, bfloat16, float16 or float64.")]
Threads = Annotated[int, typer.Option("--threads", min=1, help="CPU threads.")]
Checkpoint = Annotated[
    str | None, typer.Option("--model", help="A real model: smollm2, minilm, a folder, a .gguf file or a hub name.")
]
Everything = Annotated[bool, typer.Option("--all", help="All of it, and not what a minute's reading shows.")]
Record = Annotated[bool, typer.Option("--record", help="Keep the runs on real models with the package.")]
Listed = Annotated[bool, typer.Option("--list", help="List the demos.")]
OwnText = Annotated[str | None, typer.Option("--text", help="Your own sentence.")]
Live = Annotated[bool, typer.Option("--live", help="Train here instead of using the shipped weights.")]
Seed = Annotated[int, typer.Option("--seed", help="Of everything that is drawn.")]
Save = Annotated[Path | None, typer.Option("--save", help="Write the figure as .png or .svg.")]
Demo = Annotated[str | None, typer.Argument(metavar="[ID]", help="The demo; without it all are listed.")]

Names = Annotated[list[str] | None, typer.Argument(metavar="[TOPIC|ID]...", help="Topics, questions or items.")]
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="Only this kind: open, choice, claim ... (repeatable).")
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=1, help="So many questions, where there are so many; else 20, half of them new."),
]
Depth = Annotated[str, typer.Option("--depth", help="Depth of the model answer: one-line, one-minute, full.")]
Order = Annotated[
    int | None, typer.Option("--seed", help="Draw new questions and the order of options by this number.")
]

GRADERS = "Who judges open answers: points (offline rules), encoder or judge."
GraderModel = Annotated[
    str | None, typer.Option("--model", help="The encoder (a folder or hub name), or the judge's model.")
]
Answered = Annotated[
    str | None, typer.Argument(metavar="ID", help="The question; its answer is read from standard input.")
]
Bench = Annotated[
    Path | None, typer.Option("--bench", help="Measure the grader on labelled answers: a folder or a .jsonl file.")
]
Predictions = Annotated[Path | None, typer.Option("--predictions", help="With --bench: write a line for each answer.")]

Interviewer = Annotated[
    str | None,
    typer.Option("--interviewer", metavar="ID", help="depth, practice, sceptic, designer, screener or your own."),
]
Minutes = Annotated[float | None, typer.Option("--minutes", min=1, max=240, help="How long it lasts.")]
OfTopic = Annotated[str | None, typer.Option("--topic", metavar="TOPIC", help="An interviewer of this topic.")]
About = Annotated[str | None, typer.Option("--question", metavar="ID", help="Only about this question.")]
HistoryJson = Annotated[bool, typer.Option("--json", help="With --history: print JSON.")]
Strict = Annotated[bool, typer.Option("--strict", help="When the time is up, what is there is taken.")]
Practice = Annotated[bool, typer.Option("--practice", help="Allow pauses (Ctrl-P).")]
Same = Annotated[int | None, typer.Option("--seed", help="Ask the same again.")]
Rate = Annotated[
    int | None,
    typer.Option("--rate", min=10, max=3000, help="Words (Chinese: characters) a minute that you type or speak."),
]
Report = Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write the report: .html, .md or .json.")]
NoSchedule = Annotated[bool, typer.Option("--no-schedule", help="Leave the schedule of items alone.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the interview that was broken off.")]
History = Annotated[bool, typer.Option("--history", help="Past interviews and the trend of each area.")]

Only = Annotated[list[str] | None, typer.Option("--only", metavar="MODEL", help="Only this model; repeat.")]
Steps = Annotated[int | None, typer.Option("--steps", min=1, help="Fewer or more steps than the recipe says.")]
Output = Annotated[Path | None, typer.Option("--output", metavar="DIR", help="Keep the weights there.")]
VoidAhead = Annotated[
    bool, typer.Option("--void-ahead", help="Undo the answers dated in the future (given while a clock was ahead).")
]
Accept = Annotated[int | None, typer.Option("--accept", help="Write the answer of this number into the file.")]
Meets = Annotated[str, typer.Option("--meets", help="With --as partial: the points that it meets, a,b.")]
Checked = Annotated[
    Path | None, typer.Argument(help="A topic, a folder of topics or one file; all content without it.")
]
