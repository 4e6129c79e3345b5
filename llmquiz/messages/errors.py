"""The wording of every error: what went wrong, and what to do about it, in English and in Chinese.

A list is joined as each language joins it; an error inside an error speaks the same language.
"""

from __future__ import annotations

from collections.abc import Mapping

ERRORS: dict[str, tuple[str, str]] = {
    "backup.disk-full": ("{written} could not be written ({error}): the disk is full or failing. Free some space and try again; what was saved before is kept. Or name another file.", "{written} 写入失败（{error}）：磁盘已满或有故障。请腾出空间再试；此前保存的内容都在。也可以换一个文件。"),
    "backup.exists": ("{to} exists already and is left as it is; name another file.", "{to} 已经存在，没有改动；请换一个文件名。"),
    "backup.unwritable": ("The copy {to} cannot be written ({strerror}); name another file.", "无法写入副本 {to}（{strerror}）；请换一个文件名。"),
    "check.no-path": ("{path}: there is no such file or folder.", "{path}：没有这个文件或文件夹。"),
    "clock.no-such-year": ("LLMQUIZ_NOW={fixed!r}: the year must be between {first_year} and {last_year}.", "LLMQUIZ_NOW={fixed!r}：年份应在 {first_year} 到 {last_year} 之间。"),
    "clock.not-iso": ("LLMQUIZ_NOW={fixed!r} is not an ISO time; write it as 2026-11-23T09:00:00Z.", "LLMQUIZ_NOW={fixed!r} 不是 ISO 时间，请写成 2026-11-23T09:00:00Z。"),
    "content.fault": ("{path}:{line}: {fault}", "{path}:{line}：{fault}"),
    "content.no-folder": ("--content {option}: there is no such folder.", "--content {option}：没有这个文件夹。"),
    "content.no-id": ("{name!r} cannot be an id: use small letters, digits and single hyphens, such as why-scale.", "“{name}”不能作 id：只能用小写字母、数字和单个连字符，例如 why-scale。"),
    "content.no-kind": ("No kind {kind!r}; kinds: {known}.", "没有“{kind}”这一类；可用：{known}。"),
    "drill.no-depth": ("No depth {depth!r}: one-line, one-minute or full.", "没有“{depth}”：one-line、one-minute 或 full。"),
    "drill.no-kind": ("No kind {kind!r}; kinds: {known}.", "没有“{kind}”这种题型；可用：{known}。"),
    "drill.unsaved": ("{error} To practise without saving: `llmquiz drill --cram`.", "{error}也可以用 `llmquiz drill --cram` 只练习、不记录。"),
    "edit.no-editor": ("The editor {editor!r} cannot be started ({strerror}); set EDITOR. The line is {path}:{line}", "编辑器“{editor}”启动不了（{strerror}），请设置 EDITOR。位置是 {path}:{line}"),
    "encoder.needs-library": ("--grader encoder needs torch and transformers, which cannot be imported here: {error}", "--grader encoder 需要 torch 和 transformers，这里导入不了：{error}"),
    "encoder.unreadable": ("The encoder {name!r} cannot be loaded (a folder or a hub name, as .safetensors, without code of its own): {first}", "编码器 {name!r} 加载不了（应为文件夹或 hub 上的名称，权重为 .safetensors，不含自定义代码）：{first}"),
    "export.encoding": ("The output's encoding, {encoding}, has no {lost}; use --output FILE.", "输出编码 {encoding} 无法表示 {lost}，请改用 --output 文件名。"),
    "export.needs-genanki": ("Anki packages need genanki: pip install 'llmquiz[authoring]'", "导出 Anki 需要 genanki：pip install 'llmquiz[authoring]'"),
    "export.no-format": ("No format {form!r}; formats: {known}.", "没有“{form}”格式，可用：{known}。"),
    "export.unwritable": ("{output}: {strerror}", "{output}：{strerror}"),
    "file.unreadable": ("{path} cannot be read: {error}", "读不了 {path}：{error}"),
    "file.unwritable": ("{path} cannot be written: {error}", "写不了 {path}：{error}"),
    "flag.no-note": ("Say what is wrong: llmquiz flag {name} \"...\"", "请写明哪里有问题：llmquiz flag {name} \"……\""),
    "grade.no-answers": ("{path}: there is no answer in it.", "{path}：里面没有回答。"),
    "grade.not-asked": ("{id} is not asked ({kind}); `llmquiz list` shows what is, a table by its cells.", "{id} 不是题目（{kind_zh}）；`llmquiz list` 列出题目，表格按单元格出题。"),
    "grader.model-without-grader": ("--model goes with --grader encoder or --grader judge.", "--model 要与 --grader encoder 或 --grader judge 一起用。"),
    "grader.none-named": ("No {key} is named: use --model NAME_OR_PATH, or `{key}: NAME_OR_PATH` in settings.yaml (`llmquiz doctor` says where).", "没有指定模型：用 --model 名称或路径，或在 settings.yaml 里写 `{key}: 名称或路径`（`llmquiz doctor` 会说文件在哪）。"),
    "id.ambiguous": ("{name!r} stands in several topics: say which, {matching}.", "“{name}”在几个主题里都有，请写明：{matching}。"),
    "id.unknown": ("There is no {name!r}. `{see}` shows them all.", "没有“{name}”。用 `{see}` 可以看到全部。"),
    "id.unknown-near": ("There is no {name!r}. Did you mean {near}?", "没有“{name}”。是不是想找 {near}？"),
    "judge.believes-anything": ("the model agrees with a statement that the answer does not make; it cannot be trusted on it", "模型认可了回答里没有的说法，对这条回答不可信"),
    "judge.empty": ("the reply is empty", "回复是空的"),
    "judge.instead": ("judge: {failed}; points judged the answer instead.", "judge：{failed}；整条回答改由 points 判定。"),
    "judge.instead-point": ("judge: {failed}; points judged {point!r} instead.", "judge：{failed}；要点 {point!r} 改由 points 判定。"),
    "judge.late": ("no reply within {seconds} s", "{seconds} 秒内没有回复"),
    "judge.needs-openai": ("--grader judge needs the openai client: pip install 'llmquiz[judge]' ({error}).", "--grader judge 需要 openai 客户端：pip install 'llmquiz[judge]'（{error}）。"),
    "judge.no-json": ("the reply is not the JSON object asked for", "回复不是所要求的 JSON"),
    "judge.no-model": ("--grader judge needs a model: --model NAME, or `model:` under `judge:` in settings.yaml.", "--grader judge 需要模型：用 --model 名称，或在 settings.yaml 的 `judge:` 下写 `model:`。"),
    "judge.no-quote": ("the words that it quotes do not stand in the answer, or earn nothing there", "它引用的话不在回答里，或不能得分"),
    "judge.no-server": ("--grader judge needs a server: OPENAI_BASE_URL=http://localhost:11434/v1, or in settings.yaml `judge: {{base_url: ..., model: ...}}`. Answers are sent to that server and nowhere else.", "--grader judge 需要一个服务器：设 OPENAI_BASE_URL=http://localhost:11434/v1，或在 settings.yaml 里写 `judge: {{base_url: ..., model: ...}}`。回答只会发给这个服务器。"),
    "judge.refused": ("the model refuses", "模型拒绝回答"),
    "judge.status": ("the server answered with status {code}", "服务器返回状态码 {code}"),
    "judge.timeout": ("settings.yaml: judge.timeout: seconds, a number from 0 to 3600.", "settings.yaml：judge.timeout：秒数，0 到 3600。"),
    "judge.unreachable": ("the server cannot be reached", "连不上服务器"),
    "judge.unreadable": ("the server's reply cannot be read", "服务器的回复读不懂"),
    "language.none": ("No language {options!r}: use en or zh.", "没有“{options}”这种语言：请用 en 或 zh。"),
    "list.no-status": ("No status {status!r}: {statuses}.", "没有“{status}”这种状态：{statuses}。"),
    "mock.cannot-ask": ("{question!r} is a {kind}; an interview asks questions, claims, numbers, terms and cells.", "“{question}”是{kind}；面试只问问答、判断、数字、术语和表格单元。"),
    "mock.no-interviewer": ("No content has an interviewer.", "内容里没有面试官。"),
    "mock.none-yet": ("No interview yet; `llmquiz mock` holds one.", "还没有面试记录，用 `llmquiz mock` 开始一场。"),
    "mock.nothing-open": ("No interview is open. `llmquiz mock` begins one.", "没有未完成的面试，用 `llmquiz mock` 开始一场。"),
    "mock.report-ending": ("--report {file}: the name should end in .html, .md or .json.", "--report {file}：文件名应以 .html、.md 或 .json 结尾。"),
    "mock.report-folder": ("--report {file}: there is no such folder.", "--report {file}：没有这个文件夹。"),
    "mock.report-unwritable": ("{file} cannot be written ({strerror}); `llmquiz mock --history --report FILE` writes it again.", "无法写入 {file}（{strerror}）；`llmquiz mock --history --report FILE` 可以重新写出。"),
    "new.exists": ("{path} exists already; it was left alone.", "{path} 已经存在，没有改动。"),
    "new.no-language": ("Languages are en and zh: --langs en,zh.", "语言只有 en 和 zh：--langs en,zh。"),
    "new.no-topic": ("There is no topic {topic!r} in {root}; begin it: llmquiz new topic {topic}", "{root} 里没有主题“{topic}”，请先建立：llmquiz new topic {topic}"),
    "new.only-topic": ("Write the id as topic/id: {topic}/my-{kind}.", "请写成 主题/id：{topic}/my-{kind}。"),
    "new.taken": ("{id} exists already; it was left alone.", "{id} 已经存在，没有改动。"),
    "plan.no-date": ("{text!r} is no date; write it as 2026-12-03.", "“{text}”不是日期，请写成 2026-12-03。"),
    "plan.past": ("{date} is not after today; give a later day.", "{date} 不在今天之后，请给一个更晚的日期。"),
    "plan.past-day": ("{day} is past; name a day from {today} on.", "{day} 已经过去；请给 {today} 起的日子。"),
    "plan.too-far": ("{day} is more than ten years away; name a day no later than {most_days}.", "{day} 距今超过十年，请给不晚于 {most_days} 的日期。"),
    "preview.needs-watchfiles": ("Watching needs watchfiles: pip install 'llmquiz[authoring]', or use --once.", "监视文件需要 watchfiles：pip install 'llmquiz[authoring]'，或者用 --once。"),
    "review.meets-nothing": ("--meets names the points that it meets: {known}.", "--meets 写明它答到的要点：{known}。"),
    "review.needs-ruamel": ("Writing into YAML needs ruamel.yaml: pip install 'llmquiz[authoring]'", "写入 YAML 需要 ruamel.yaml：pip install 'llmquiz[authoring]'"),
    "review.no-answer": ("There is no answer {number}; `llmquiz review` lists them.", "没有编号为 {number} 的回答，`llmquiz review` 列出全部。"),
    "review.no-such-example": ("--as {kind}: accept, partial or reject.", "--as {kind}：只能是 accept、partial 或 reject。"),
    "review.not-open": ("{id} is no open question; only those have examples.", "{id} 不是问答题，只有问答题才有例子。"),
    "show.no-depth": ("No depth {depth!r}: one-line, one-minute or full.", "没有“{depth}”：one-line、one-minute 或 full。"),
    "store.damaged": ("{path} is damaged or is not a database ({what}); it was left as it is. Move it away and put a copy from {copies} in its place, or save what is readable with `sqlite3 {path} .recover`.", "{path} 已损坏或不是数据库（{what}），没有改动。请把它移开，换上 {copies} 里的副本，或用 `sqlite3 {path} .recover` 救出还能读的内容。"),
    "store.disk-full": ("{written} could not be written ({error}): the disk is full or failing. Free some space and try again; what was saved before is kept. Or set LLMQUIZ_HOME to another folder (your data does not move with it).", "{written} 写入失败（{error}）：磁盘已满或有故障。请腾出空间再试；此前保存的内容都在。也可以把 LLMQUIZ_HOME 设为别的文件夹（原有数据不会随之搬过去）。"),
    "store.foreign": ("{path} is another program's database and was left as it is; move it away. Or set LLMQUIZ_HOME to another folder (your data does not move with it).", "{path} 是别的程序的数据库，没有改动；请把它移走。也可以把 LLMQUIZ_HOME 设为别的文件夹（原有数据不会随之搬过去）。"),
    "store.locked": ("{path} has been locked by another program for {busy_seconds:g} seconds; close it and try again.", "{path} 被别的程序锁住已有 {busy_seconds:g} 秒；请关掉那个程序再试。"),
    "store.newer": ("{path} was written by a newer llmquiz (database version {version}, this one knows {migrations}); it was left as it is. Update with `pip install -U llmquiz`.", "{path} 是更新版本的 llmquiz 写的（数据库版本 {version}，这里只认得 {migrations}），没有改动。请用 `pip install -U llmquiz` 升级。"),
    "store.no-answer": ("There is no answer {answer} in {path}.", "{path} 里没有答案 {answer}。"),
    "store.no-folder": ("The folder {parent} cannot be made ({strerror}); allow writing to the folder above it. Or set LLMQUIZ_HOME to another folder (your data does not move with it).", "无法创建文件夹 {parent}（{strerror}）；请允许写入它的上级文件夹。也可以把 LLMQUIZ_HOME 设为别的文件夹（原有数据不会随之搬过去）。"),
    "store.no-verdict": ("Answer {answer} has no verdict on {item!r} that could be overruled.", "答案 {answer} 没有对“{item}”的判定，无从改判。"),
    "store.old-sqlite": ("SQLite {sqlite_version} is too old; use a Python with SQLite 3.37 or newer.", "SQLite {sqlite_version} 太旧；请换用带 SQLite 3.37 或更新版本的 Python。"),
    "store.read-only": ("{path} is read-only; allow writing to it and to its folder. Or set LLMQUIZ_HOME to another folder (your data does not move with it).", "{path} 是只读的；请允许写入它和它所在的文件夹。也可以把 LLMQUIZ_HOME 设为别的文件夹（原有数据不会随之搬过去）。"),
    "store.stale-memory": ("The memory of {differ} of {sampled} items is not what the log says (first: {differ2}); the log is sound: `llmquiz doctor --rebuild` computes it again.", "{sampled} 个条目中有 {differ} 个的记忆状态与记录不符（第一个：{differ2}）；记录本身完好：`llmquiz doctor --rebuild` 会重新计算。"),
    "store.undone": ("Answer {answer} has been undone already.", "答案 {answer} 已经撤销过了。"),
    "store.unreadable": ("{path} cannot be read ({strerror}); allow reading it. Or set LLMQUIZ_HOME to another folder (your data does not move with it).", "{path} 无法读取（{strerror}）；请允许读取它。也可以把 LLMQUIZ_HOME 设为别的文件夹（原有数据不会随之搬过去）。"),
    "store.unwritable": ("{written} cannot be written ({error}); allow writing to it and to its folder. Or set LLMQUIZ_HOME to another folder (your data does not move with it).", "{written} 无法写入（{error}）；请允许写入它和它所在的文件夹。也可以把 LLMQUIZ_HOME 设为别的文件夹（原有数据不会随之搬过去）。"),
}  # fmt: skip


def wording(code: str, lang: str, values: Mapping[str, object]) -> str:
    """The text of the error `code`, with `values` filled in."""
    return ERRORS[code][lang == "zh"].format(**{name: _shown(value, lang) for name, value in values.items()})


def _shown(value: object, lang: str) -> object:
    if isinstance(value, list | tuple):
        return ("、" if lang == "zh" else ", ").join(map(str, value))
    text = getattr(value, "text", None)  # an error that is told inside another
    return text(lang) if callable(text) else value
