-- The few clients of many that everybody sees among his applications. A true of the JSON is '1' on one engine and 'true' on the other.
create index client_always_displayed on client (realm_id, client_id)
  where cast(doc ->> 'alwaysDisplayInConsole' as text) in ('true', '1');
