-- The house: realms, clients, scopes, roles, groups, users, sessions. Looked-up members are columns, the rest is the representation
-- in `doc`. Every list that can grow has an index for its order and its search.

create table realm (
  id text primary key,
  name text {{bytes}} not null unique,
  enabled smallint not null,
  revision bigint not null,
  default_role_id text,
  created_order bigint not null,
  doc json not null
);
create index realm_by_created_order on realm (created_order);

create table component (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  parent_id text not null,
  provider_type text not null,
  provider_id text not null,
  name text {{bytes}} not null,
  doc json not null
);
create index component_by_parent on component (realm_id, parent_id, provider_type);

create table client (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  client_id text {{bytes}} not null,
  doc json not null,
  unique (realm_id, client_id)
);

create table client_scope (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  name text {{bytes}} not null,
  doc json not null,
  unique (realm_id, name)
);

-- Which scopes a client has: by default or on request.
create table client_scope_client (
  client_id text not null references client (id) on delete cascade,
  scope_id text not null references client_scope (id) on delete cascade,
  is_default smallint not null,
  position integer not null,
  primary key (client_id, scope_id)
);
create index client_scope_client_by_scope on client_scope_client (scope_id);

-- Which scopes a new client of the realm gets.
create table realm_default_scope (
  realm_id text not null references realm (id) on delete cascade,
  scope_id text not null references client_scope (id) on delete cascade,
  is_default smallint not null,
  position integer not null,
  primary key (realm_id, scope_id)
);
create index realm_default_scope_by_scope on realm_default_scope (scope_id);

-- container_id is the realm's id for realm roles and the client's id for client roles.
create table role (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  client_id text references client (id) on delete cascade,
  container_id text not null,
  name text {{bytes}} not null,
  doc json not null,
  unique (container_id, name)
);
create index role_by_client on role (client_id);
create index role_by_realm on role (realm_id);

create table role_composite (
  parent_id text not null references role (id) on delete cascade,
  child_id text not null references role (id) on delete cascade,
  primary key (parent_id, child_id)
);
create index role_composite_by_child on role_composite (child_id);

create table client_scope_mapping (
  client_id text not null references client (id) on delete cascade,
  role_id text not null references role (id) on delete cascade,
  primary key (client_id, role_id)
);
create index client_scope_mapping_by_role on client_scope_mapping (role_id);

create table scope_scope_mapping (
  scope_id text not null references client_scope (id) on delete cascade,
  role_id text not null references role (id) on delete cascade,
  primary key (scope_id, role_id)
);
create index scope_scope_mapping_by_role on scope_scope_mapping (role_id);

-- parent_id is '' at the top level: a unique index treats nulls as different.
create table user_group (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  parent_id text not null,
  name text {{bytes}} not null,
  doc json not null,
  unique (realm_id, parent_id, name)
);
create index user_group_by_parent on user_group (parent_id);

create table group_role (
  group_id text not null references user_group (id) on delete cascade,
  role_id text not null references role (id) on delete cascade,
  primary key (group_id, role_id)
);
create index group_role_by_role on group_role (role_id);

create table realm_default_group (
  realm_id text not null references realm (id) on delete cascade,
  group_id text not null references user_group (id) on delete cascade,
  primary key (realm_id, group_id)
);
create index realm_default_group_by_group on realm_default_group (group_id);

-- username and email are stored in lower case; first_name and last_name as given, with a lower-case copy to search in.
create table user_account (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  username text {{bytes}} not null,
  email text {{bytes}},
  email_verified smallint not null,
  first_name text,
  last_name text,
  first_name_lower text {{bytes}},
  last_name_lower text {{bytes}},
  enabled smallint not null,
  created_at_ms bigint not null,
  not_before integer not null,
  service_account_client_id text references client (id) on delete cascade,
  federation_link text,
  doc json not null,
  unique (realm_id, username)
);
create index user_account_by_email on user_account (realm_id, email);
create index user_account_by_first_name on user_account (realm_id, first_name_lower);
create index user_account_by_last_name on user_account (realm_id, last_name_lower);
create index user_account_by_service_account on user_account (service_account_client_id);

create table user_attribute (
  user_id text not null references user_account (id) on delete cascade,
  name text {{bytes}} not null,
  position integer not null,
  value text not null,
  primary key (user_id, name, position)
);
create index user_attribute_by_value on user_attribute (name, value);

create table user_required_action (
  user_id text not null references user_account (id) on delete cascade,
  position integer not null,
  action text not null,
  primary key (user_id, action)
);

create table user_role (
  user_id text not null references user_account (id) on delete cascade,
  role_id text not null references role (id) on delete cascade,
  primary key (user_id, role_id)
);
create index user_role_by_role on user_role (role_id, user_id);

create table user_group_member (
  user_id text not null references user_account (id) on delete cascade,
  group_id text not null references user_group (id) on delete cascade,
  primary key (user_id, group_id)
);
create index user_group_member_by_group on user_group_member (group_id, user_id);

-- secret_data and credential_data are the reference server's JSON, so that exported users keep their passwords.
create table credential (
  id text primary key,
  user_id text not null references user_account (id) on delete cascade,
  type text not null,
  user_label text,
  created_at_ms bigint not null,
  priority integer not null,
  secret_data text not null,
  credential_data text not null
);
create index credential_by_user on credential (user_id, priority);

create table authentication_flow (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  alias text {{bytes}} not null,
  doc json not null,
  unique (realm_id, alias)
);

create table authenticator_config (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  alias text {{bytes}},
  doc json not null
);
create index authenticator_config_by_realm on authenticator_config (realm_id);

create table required_action (
  realm_id text not null references realm (id) on delete cascade,
  alias text {{bytes}} not null,
  priority integer not null,
  doc json not null,
  primary key (realm_id, alias)
);

create table identity_provider (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  alias text {{bytes}} not null,
  doc json not null,
  unique (realm_id, alias)
);

create table identity_provider_mapper (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  name text {{bytes}} not null,
  doc json not null
);
create index identity_provider_mapper_by_realm on identity_provider_mapper (realm_id);

-- A user's login, online or offline. The same id may exist once online and once offline.
create table user_session (
  id text not null,
  offline smallint not null,
  realm_id text not null references realm (id) on delete cascade,
  user_id text not null references user_account (id) on delete cascade,
  started_at_ms bigint not null,
  last_refresh_ms bigint not null,
  expires_at_ms bigint not null,
  remember_me smallint not null,
  doc json not null,
  primary key (id, offline)
);
create index user_session_by_user on user_session (user_id, offline);
create index user_session_by_realm on user_session (realm_id, offline, last_refresh_ms);
create index user_session_by_expiry on user_session (expires_at_ms);

create table client_session (
  session_id text not null,
  offline smallint not null,
  client_id text not null references client (id) on delete cascade,
  started_at_ms bigint not null,
  last_refresh_ms bigint not null,
  refresh_token_id text,
  refresh_token_uses integer not null,
  doc json not null,
  primary key (session_id, offline, client_id),
  foreign key (session_id, offline) references user_session (id, offline) on delete cascade
);
create index client_session_by_client on client_session (client_id, offline);

-- Things that may be used once: codes, action tokens, assertion ids. Taken with delete … returning.
create table single_use (
  id text primary key,
  kind text not null,
  realm_id text not null references realm (id) on delete cascade,
  expires_at_ms bigint not null,
  doc json not null
);
create index single_use_by_expiry on single_use (expires_at_ms);
