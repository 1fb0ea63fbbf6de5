-- External systems are clients that say so by an attribute: the list of a registry must not read the other clients of its realm.
create index client_registry_type on client (realm_id, client_id) where doc -> 'attributes' ->> 'registry_type' is not null;

-- When an external system got its last token. Written together, some seconds late; a row each.
create table external_system_use (
  client_id text primary key references client (id) on delete cascade,
  last_token_at_ms bigint not null
);
