-- Authorization services: a client that protects resources, and who may do what with them. `created_order` counts within a resource
-- server: exports keep the order in which things were made. Lower-case copies are searched in.

create table resource_server (
  id text primary key references client (id) on delete cascade,
  realm_id text not null references realm (id) on delete cascade,
  allow_remote_management smallint not null,
  enforcement_mode text not null,
  decision_strategy text not null
);
create index resource_server_by_realm on resource_server (realm_id);

create table authorization_scope (
  id text primary key,
  server_id text not null references resource_server (id) on delete cascade,
  name text {{bytes}} not null,
  name_lower text {{bytes}} not null,
  display_name text,
  icon_uri text,
  created_order bigint not null,
  unique (server_id, name)
);
create index authorization_scope_by_order on authorization_scope (server_id, created_order);

-- owner_id is the id of a user or the resource server's own; owner_user_id is null for the latter.
create table authorization_resource (
  id text primary key,
  server_id text not null references resource_server (id) on delete cascade,
  owner_id text not null,
  owner_user_id text references user_account (id) on delete cascade,
  name text {{bytes}} not null,
  name_lower text {{bytes}} not null,
  type text {{bytes}},
  type_lower text {{bytes}},
  display_name text,
  icon_uri text,
  owner_managed_access smallint not null,
  created_order bigint not null,
  unique (server_id, owner_id, name)
);
create index authorization_resource_by_order on authorization_resource (server_id, created_order);
create index authorization_resource_by_name on authorization_resource (server_id, name);
create index authorization_resource_by_type on authorization_resource (server_id, type, owner_id);
create index authorization_resource_by_owner on authorization_resource (owner_user_id);

create table authorization_resource_uri (
  resource_id text not null references authorization_resource (id) on delete cascade,
  uri text {{bytes}} not null,
  position integer not null,
  is_pattern smallint not null,
  primary key (resource_id, uri)
);
create index authorization_resource_uri_by_uri on authorization_resource_uri (uri);
create index authorization_resource_uri_of_patterns on authorization_resource_uri (resource_id) where is_pattern = 1;

create table authorization_resource_attribute (
  resource_id text not null references authorization_resource (id) on delete cascade,
  name text {{bytes}} not null,
  position integer not null,
  value text not null,
  primary key (resource_id, name, position)
);

create table authorization_resource_scope (
  resource_id text not null references authorization_resource (id) on delete cascade,
  scope_id text not null references authorization_scope (id) on delete cascade,
  position integer not null,
  primary key (resource_id, scope_id)
);
create index authorization_resource_scope_by_scope on authorization_resource_scope (scope_id);

-- Policies and permissions. `config` is the reference's map of texts; resource_type repeats its defaultResourceType. owner_id: as of a
-- resource, null for what administrators made.
create table authorization_policy (
  id text primary key,
  server_id text not null references resource_server (id) on delete cascade,
  name text {{bytes}} not null,
  name_lower text {{bytes}} not null,
  description text,
  type text not null,
  logic text not null,
  decision_strategy text not null,
  owner_id text,
  owner_user_id text references user_account (id) on delete cascade,
  resource_type text {{bytes}},
  config json not null,
  created_order bigint not null,
  unique (server_id, name)
);
create index authorization_policy_by_order on authorization_policy (server_id, created_order);
create index authorization_policy_by_type on authorization_policy (server_id, type);
create index authorization_policy_by_resource_type on authorization_policy (server_id, resource_type);
create index authorization_policy_by_owner on authorization_policy (owner_user_id);

create table authorization_policy_resource (
  policy_id text not null references authorization_policy (id) on delete cascade,
  resource_id text not null references authorization_resource (id) on delete cascade,
  primary key (policy_id, resource_id)
);
create index authorization_policy_resource_by_resource on authorization_policy_resource (resource_id);

create table authorization_policy_scope (
  policy_id text not null references authorization_policy (id) on delete cascade,
  scope_id text not null references authorization_scope (id) on delete cascade,
  primary key (policy_id, scope_id)
);
create index authorization_policy_scope_by_scope on authorization_policy_scope (scope_id);

create table authorization_policy_policy (
  parent_id text not null references authorization_policy (id) on delete cascade,
  child_id text not null references authorization_policy (id) on delete cascade,
  primary key (parent_id, child_id)
);
create index authorization_policy_policy_by_child on authorization_policy_policy (child_id);

-- What somebody asked the owner of a resource for (UMA 2.0). scope_id is '' for the resource without a scope: a unique index treats
-- nulls as different. A granted one goes with the policy that grants it.
create table permission_ticket (
  id text primary key,
  server_id text not null references resource_server (id) on delete cascade,
  resource_id text not null references authorization_resource (id) on delete cascade,
  scope_id text not null,
  requester_id text not null references user_account (id) on delete cascade,
  policy_id text references authorization_policy (id) on delete cascade,
  created_at_ms bigint not null,
  granted_at_ms bigint,
  unique (resource_id, scope_id, requester_id)
);
create index permission_ticket_by_server on permission_ticket (server_id, id);
create index permission_ticket_by_requester on permission_ticket (requester_id, server_id);
create index permission_ticket_by_policy on permission_ticket (policy_id);
