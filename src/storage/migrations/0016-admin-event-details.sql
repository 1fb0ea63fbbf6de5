-- What an admin event says of whom it is about, beside the representation: a JSON object of texts. Those of before say nothing.
alter table admin_event add column details json not null default '{}';
