-- Who may register clients: initial access tokens, and the one token by which a registered client may be changed.

create table client_initial_access (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  created_at_ms bigint not null,
  -- 0: it does not expire.
  expiration_seconds integer not null,
  uses_max integer not null,
  uses_left integer not null
);
create index client_initial_access_by_realm on client_initial_access (realm_id, created_at_ms, id);

-- The id (jti) of the valid registration access token; its text is stored nowhere.
alter table client add column registration_token_id text;
