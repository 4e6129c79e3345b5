"""The tables that version 2 of the review database adds: mock interviews and every word said in them."""

TABLES = (
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
