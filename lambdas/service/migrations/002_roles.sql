-- The service's role owns no table. It may be there already: roles belong to the whole server.
do $$
begin
    if not exists (select from pg_roles where rolname = 'service_api') then
        create role service_api login;
    end if;
end
$$;

grant usage on schema public to service_api;
grant select, insert, update, delete on notes to service_api;
