-- Flows are listed in the order in which they were made. Identity providers are searched by names, in lower case, and by what they can do,
-- which their kind (provider_id) says; mappers belong to the alias of one.
alter table authentication_flow add column created_order bigint not null default 0;
create index authentication_flow_by_order on authentication_flow (realm_id, created_order);

alter table identity_provider add column provider_id text not null default '';
alter table identity_provider add column alias_lower text {{bytes}} not null default '';
alter table identity_provider add column display_name_lower text {{bytes}};
update identity_provider set provider_id = coalesce(doc ->> 'providerId', ''), alias_lower = lower(alias),
  display_name_lower = lower(doc ->> 'displayName');
create index identity_provider_by_alias_lower on identity_provider (realm_id, alias_lower);
create index identity_provider_by_display_name on identity_provider (realm_id, display_name_lower);

alter table identity_provider_mapper add column provider_alias text {{bytes}} not null default '';
update identity_provider_mapper set provider_alias = coalesce(doc ->> 'identityProviderAlias', '');
create index identity_provider_mapper_by_provider on identity_provider_mapper (realm_id, provider_alias, name);
