-- A document is hidden when its owner deletes it, and erased a little later by somebody else.

alter table documents add column deleted_at timestamptz;

-- The API hides, and can delete nothing.
revoke delete on documents from documents_api;
grant update (deleted_at) on documents to documents_api;

do $$
begin
    if not exists (select from pg_roles where rolname = 'documents_eraser') then
        create role documents_eraser login;
    end if;
end
$$;

grant rds_iam to documents_eraser;

grant usage on schema public to documents_eraser;

-- Rows of content go with their document, by the foreign keys' own cascade.
grant select (id, owner_id), delete on documents to documents_eraser;
