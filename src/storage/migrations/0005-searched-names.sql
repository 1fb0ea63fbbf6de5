-- What roles and groups are searched by, in lower case of every script: the engines lower the letters of ASCII only. Null in rows that a
-- version before this one wrote; such rows are searched by their names.
alter table role add column search_text text {{bytes}};
alter table user_group add column name_lower text {{bytes}};

-- Searches over the whole tree come by name and stop where the page is full.
create index user_group_by_name on user_group (realm_id, name, id);
