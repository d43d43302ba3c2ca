-- The owner is a token's `sub`; who that is, the cloud's own directory knows.
create table notes (
    id uuid primary key,
    owner text not null check (length(owner) between 1 and 255),
    title text not null check (length(title) between 1 and 200),
    body text not null check (octet_length(body) <= 65536),
    tags text[] not null check (cardinality(tags) <= 20),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version integer not null,
    -- Written with the note: a generated column would want a function that joins tags for ever alike.
    words tsvector not null
);

-- Every question begins with whose notes; a page is a walk along this.
create index notes_by_owner on notes (owner, created_at desc, id desc);
create index notes_by_words on notes using gin (words);
create index notes_by_tag on notes using gin (tags);
