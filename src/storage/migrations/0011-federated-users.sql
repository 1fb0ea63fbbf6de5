-- The users of one user storage provider: removed and unlinked together.
create index user_account_by_federation on user_account (realm_id, federation_link) where federation_link is not null;
