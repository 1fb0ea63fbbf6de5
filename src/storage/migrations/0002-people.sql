-- People: logins in progress, consents, failed logins, stored events.

-- One tab of a browser's login in progress. A browser has one root id (its cookie) and a row for each tab. `doc` is the state of the
-- login; `revision` keeps two answers of one tab from overwriting each other.
create table authentication_session (
  root_id text not null,
  tab_id text not null,
  realm_id text not null references realm (id) on delete cascade,
  expires_at_ms bigint not null,
  revision integer not null,
  doc json not null,
  primary key (root_id, tab_id)
);
create index authentication_session_by_expiry on authentication_session (expires_at_ms);

-- Which client scopes a user lets a client use; `doc` holds the ids of the scopes.
create table user_consent (
  user_id text not null references user_account (id) on delete cascade,
  client_id text not null references client (id) on delete cascade,
  created_at_ms bigint not null,
  updated_at_ms bigint not null,
  doc json not null,
  primary key (user_id, client_id)
);
create index user_consent_by_client on user_consent (client_id);

create table login_failure (
  user_id text primary key references user_account (id) on delete cascade,
  realm_id text not null references realm (id) on delete cascade,
  failures integer not null,
  temporary_lockouts integer not null,
  not_before_ms bigint not null,
  last_failure_ms bigint not null,
  last_address text
);
create index login_failure_by_realm on login_failure (realm_id);

create table event (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  time_ms bigint not null,
  type text not null,
  client_id text,
  user_id text,
  session_id text,
  ip_address text,
  error text,
  details json not null
);
create index event_by_time on event (realm_id, time_ms);
create index event_by_user on event (realm_id, user_id, time_ms);

create table admin_event (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  time_ms bigint not null,
  operation text not null,
  resource_type text not null,
  resource_path text not null,
  auth_realm_id text,
  auth_client_id text,
  auth_user_id text,
  auth_ip_address text,
  error text,
  representation text
);
create index admin_event_by_time on admin_event (realm_id, time_ms);
