-- Users, their documents, and what was read in them.

create table users (
    id uuid primary key,
    created_at timestamptz not null default now()
);

create table documents (
    id uuid primary key,
    owner_id uuid not null references users (id) on delete cascade,
    name text not null check (char_length(name) between 1 and 255),
    content_type text not null
        check (content_type in ('application/pdf', 'image/png', 'image/jpeg')),
    size bigint not null check (size > 0),
    created_at timestamptz not null,
    upload_until timestamptz not null,
    status text not null default 'pending'
        check (status in ('pending', 'completed', 'needs_review', 'rejected', 'failed')),
    reason text,
    route text[] not null default '{}',
    confidence double precision check (confidence between 0 and 100),
    version text,
    finished_at timestamptz,
    constraint finished_or_pending check (
        (status = 'pending') = (finished_at is null) and (status = 'pending') = (version is null)
    ),
    constraint reason_unless_completed check (status in ('pending', 'completed') or reason <> '')
);

-- A user's list, newest first, a page at a time.
create index documents_of_owner on documents (owner_id, created_at desc, id desc);

create table timetables (
    id uuid primary key default gen_random_uuid(),
    -- One timetable per document, whatever is saved twice.
    document_id uuid not null unique references documents (id) on delete cascade,
    version text not null,
    title text not null,
    created_at timestamptz not null default now()
);

create table timeblocks (
    timetable_id uuid not null references timetables (id) on delete cascade,
    position integer not null check (position >= 0),
    day text not null check (
        day in ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
    ),
    starts time not null,
    ends time not null,
    title text not null check (btrim(title) <> ''),
    notes text not null,
    primary key (timetable_id, position),
    unique (timetable_id, day, starts),
    check (starts < ends)
);
