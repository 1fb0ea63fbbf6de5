-- Searching people. `words` is what a search looks at: username, e-mail, first and last name in lower case, one a line, so that a pattern
-- can tell them apart. Its order is that of the usernames, because a line's end sorts before everything that a name may hold.
alter table user_account add column words text {{bytes}} generated always as
  (replace(username, '
', ' ') || '
' || coalesce(replace(email, '
', ' '), '') || '
' || coalesce(replace(first_name_lower, '
', ' '), '') || '
' || coalesce(replace(last_name_lower, '
', ' '), '')) {{virtual}};

-- SQLite reads this index from its start, in the order of the names, and looks at the rows of those that fit alone. PostgreSQL has
-- trigrams where the extension may be created, and otherwise looks at every row of the table, with several workers.
{{only sqlite}} create index user_account_by_words
  on user_account (realm_id, words, enabled, email_verified, service_account_client_id, created_at_ms);
{{only postgres}} do $$ begin create extension if not exists pg_trgm; exception when others then raise notice 'no pg_trgm'; end $$;
{{only postgres}} do $$ declare place text; begin
  select n.nspname into place from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'; if found then
  execute format('create index user_account_by_words on user_account using gin (words %I.gin_trgm_ops)', place); end if; end $$;

-- First and last names are found in `words`: two indexes less to write.
drop index user_account_by_first_name;
drop index user_account_by_last_name;

-- Values are found in whatever letter case; long ones by their beginning, as PostgreSQL takes no more than 2,700 bytes into an index.
drop index user_attribute_by_value;
create index user_attribute_by_value on user_attribute (name, substr(lower(value), 1, 255), user_id);

-- Accounts of a user at identity providers. The provider may be removed: its links stay, as in the reference server.
create table user_federated_identity (
  user_id text not null references user_account (id) on delete cascade,
  identity_provider text {{bytes}} not null,
  external_user_id text,
  external_username text,
  token text,
  primary key (user_id, identity_provider)
);
create index user_federated_identity_by_provider on user_federated_identity (identity_provider, external_user_id, user_id);
create index user_federated_identity_by_external_id on user_federated_identity (external_user_id, user_id);
