"""The tables of the review database, version by version: `MIGRATIONS[n]` takes one from version n to n + 1."""

from __future__ import annotations

APPLICATION_ID = 0x6C6C6D71  # "llmq", so that another program's database is told from ours

_FIRST = (
    """create table answer (
        id integer primary key,
        at integer not null, -- microseconds since 1970 in UTC, as every time here
        sitting text not null, question text not null, lang text not null,
        source text not null check (source in ('drill', 'mock')),
        text text not null,
        hash text not null, -- of what was asked
        seconds real not null, hints integer not null, grader text not null
    ) strict""",
    # One line of the log. A line without a state voids the line it names and puts nothing in its place: an undo.
    # Lines are never removed, so `id` is also the number of the line in `llmquiz export`.
    """create table review (
        id integer primary key,
        answer integer not null references answer (id), at integer not null, item text not null,
        state text check (state in ('met', 'partly', 'missing', 'contradicted', 'undecided')),
        rating text check (rating in ('again', 'hard', 'good', 'easy')),
        score real,
        overruled integer not null default 0 check (overruled in (0, 1)),
        voids integer references review (id),
        check (state is not null or rating is null)
    ) strict""",
    "create index answer_of_question on answer (question)",
    "create index answer_of_sitting on answer (sitting)",
    "create index review_of_answer on review (answer)",
    "create index review_of_item on review (item, answer, rating)",
    "create unique index review_voided on review (voids) where voids is not null",  # a line is voided once
    *(
        f"create trigger {table}_{verb} before {verb} on {table} "
        "begin select raise(abort, 'the log is append-only'); end"
        for table in ("answer", "review")
        for verb in ("update", "delete")
    ),
    "create index review_undoes on review (answer) where state is null",
    # Here times are ISO text, all of one length: a start reads them all, and Python reads text four times as fast.
    """create table memory (
        item text primary key,
        due text not null, stability real not null, difficulty real not null,
        last_review text not null, reviews integer not null, lapses integer not null
    ) strict, without rowid""",
    "create table renamed (old text primary key, new text not null) strict, without rowid",
    "create table draft (question text primary key, text text not null) strict, without rowid",
    "create table flag (question text primary key, at integer not null, note text not null) strict, without rowid",
    "create table measurement (id integer primary key, demo text not null, at integer not null, claims text not null)"
    " strict",
    "create index measurement_of_demo on measurement (demo)",
)

_INTERVIEWS = (
    """create table interview (
        id text primary key, -- the sitting of its answers
        at integer not null,
        setting text not null, -- what was chosen, as JSON
        report text -- null until it is over
    ) strict""",
    """create table said (
        interview text not null references interview (id), number integer not null,
        turn text not null, -- what was asked, as JSON
        text text not null, seconds real not null,
        how text not null check (how in ('', 'sent', 'skipped', 'cut')), -- '' until it is answered
        primary key (interview, number)
    ) strict, without rowid""",
)

_AGAIN = (
    # Asked once more on the day of its first answer, which stands for the schedule.
    "alter table answer add column again integer not null default 0 check (again in (0, 1))",
    "create table choice (name text primary key, value text not null) strict, without rowid",
)

# What stands here has run on the machines of learners: a change of the schema is a further entry.
MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _INTERVIEWS, _AGAIN)
