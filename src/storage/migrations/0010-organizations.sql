-- Organizations: domains, attributes, members, invitations and groups of their own. Their groups are none of the realm's groups, and give
-- their members no roles, so they have tables of their own. `doc` holds what is not looked up: description, redirect URL, attributes, and
-- the domains once more, so that one row is the whole organization.
create table organization (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  -- The group that the reference server puts the organization's groups into: their parent in representations, and nothing more.
  group_id text not null,
  name text {{bytes}} not null,
  name_lower text {{bytes}} not null,
  alias text {{bytes}} not null,
  enabled smallint not null,
  doc json not null,
  unique (realm_id, name),
  unique (realm_id, alias)
);

-- Names in lower case. A domain belongs to one organization of a realm.
create table organization_domain (
  organization_id text not null references organization (id) on delete cascade,
  realm_id text not null references realm (id) on delete cascade,
  name text {{bytes}} not null,
  verified smallint not null,
  primary key (realm_id, name)
);
create index organization_domain_by_organization on organization_domain (organization_id);

-- What can be searched for: digests of an attribute's name and one of its values, which may be long. The values are in the organization's doc.
create table organization_attribute (
  organization_id text not null references organization (id) on delete cascade,
  digest text {{bytes}} not null,
  primary key (organization_id, digest)
);
create index organization_attribute_by_digest on organization_attribute (digest);

-- The name of the member follows the user's, so that a page of 100,000 members is read in order.
create table organization_member (
  organization_id text not null references organization (id) on delete cascade,
  user_id text not null references user_account (id) on delete cascade,
  realm_id text not null,
  username text {{bytes}} not null,
  managed smallint not null,
  primary key (organization_id, user_id),
  foreign key (realm_id, username) references user_account (realm_id, username) on update cascade on delete cascade
);
create index organization_member_by_user on organization_member (user_id, organization_id);
create index organization_member_by_username on organization_member (organization_id, username);
create index organization_member_by_name_of_user on organization_member (realm_id, username);

-- parent_id is '' at the top level: a unique index treats nulls as different. The path is that of the names from the top.
create table organization_group (
  id text primary key,
  realm_id text not null references realm (id) on delete cascade,
  organization_id text not null references organization (id) on delete cascade,
  parent_id text not null,
  name text {{bytes}} not null,
  name_lower text {{bytes}} not null,
  path text not null,
  doc json not null,
  unique (organization_id, parent_id, name)
);
create index organization_group_by_realm on organization_group (realm_id);
create index organization_group_by_parent on organization_group (parent_id);

create table organization_group_attribute (
  group_id text not null references organization_group (id) on delete cascade,
  digest text {{bytes}} not null,
  primary key (group_id, digest)
);
create index organization_group_attribute_by_digest on organization_group_attribute (digest);

create table organization_group_role (
  group_id text not null references organization_group (id) on delete cascade,
  role_id text not null references role (id) on delete cascade,
  primary key (group_id, role_id)
);
create index organization_group_role_by_role on organization_group_role (role_id);

-- Only members of the organization are in its groups.
create table organization_group_member (
  group_id text not null references organization_group (id) on delete cascade,
  organization_id text not null,
  user_id text not null,
  primary key (group_id, user_id),
  foreign key (organization_id, user_id) references organization_member (organization_id, user_id) on delete cascade
);
create index organization_group_member_by_user on organization_group_member (user_id, organization_id);
create index organization_group_member_by_member on organization_group_member (organization_id, user_id);

-- Times in seconds since the epoch. The id is that of the action token in the link.
create table organization_invitation (
  id text primary key,
  organization_id text not null references organization (id) on delete cascade,
  email text {{bytes}} not null,
  first_name text,
  last_name text,
  sent_at integer not null,
  expires_at integer not null,
  link text not null,
  unique (organization_id, email)
);

-- An identity provider says itself which organization it belongs to.
create index identity_provider_by_organization on identity_provider ((doc ->> 'organizationId'));

-- Tokens tell of the organizations of a person, and of the groups and roles there.
{{revise users: organization_member insert}};
{{revise users: organization_member delete}};
{{revise users: organization_group_member insert}};
{{revise users: organization_group_member delete}};
{{revise grants: organization update}};
{{revise grants: organization_group update}};
{{revise grants: organization_group_role insert of organization_group by group_id}};
{{revise grants: organization_group_role delete of organization_group by group_id}};
