-- What each step took, the upload's digest, and reviews that are waited for.

alter table documents
    add column steps jsonb not null default '[]' check (jsonb_typeof(steps) = 'array'),
    add column content text check (content ~ '^[0-9a-f]{64}$'),
    drop constraint documents_status_check,
    add constraint documents_status_check check (
        status in ('pending', 'needs_review', 'completed', 'rejected', 'failed', 'expired')
    ),
    drop constraint finished_or_pending;

-- These waited for nobody: their runs had ended when they were set aside.
update documents
   set status = 'expired',
       reason = 'It was set aside before there were reviews; send the file again as a new document.'
 where status = 'needs_review';

alter table documents
    add constraint settled_or_pending check ((status = 'pending') = (version is null)),
    -- A document that waits for a person is settled, and not finished.
    add constraint finished_or_open check (
        (status in ('pending', 'needs_review')) = (finished_at is null)
    );

grant update (steps, content) on documents to documents_writer;
