-- Who may do what. Both log in with an IAM token (`rds_iam`); neither owns a table.

-- Roles belong to the cluster, not to this database: they may be there already.
do $$
begin
    if not exists (select from pg_roles where rolname = 'documents_api') then
        create role documents_api login;
    end if;
    if not exists (select from pg_roles where rolname = 'documents_writer') then
        create role documents_writer login;
    end if;
end
$$;

grant rds_iam to documents_api, documents_writer;

grant usage on schema public to documents_api, documents_writer;

-- The API: rows of content go with their document, by the foreign keys' own cascade.
grant select, insert on users to documents_api;
grant select, insert, delete on documents to documents_api;
grant select on timetables, timeblocks to documents_api;

-- The workflow's save: it settles a document, and cannot make, rename or delete one.
grant select on documents to documents_writer;
grant update (status, reason, route, confidence, version, finished_at) on documents
    to documents_writer;
grant select, insert on timetables, timeblocks to documents_writer;
