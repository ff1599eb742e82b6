
DECLARE
    grown  numeric := 0;
    files  numeric := 0;
    free   numeric;
    asked  numeric;
BEGIN
    IF NOT EXISTS (SELECT FROM saas.storage_limit WHERE room IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    -- Bundles are made by Odoo itself, and no page opens without them: they count, nobody refuses.
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        SELECT coalesce(sum(greatest(file_size, 0)), 0),
               coalesce(sum(greatest(file_size, 0))
                        FILTER (WHERE coalesce(url, '') NOT LIKE '/web/assets/%'), 0)
          INTO grown, files FROM saas_new;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        SELECT grown - coalesce(sum(greatest(file_size, 0)), 0),
               files - coalesce(sum(greatest(file_size, 0))
                                FILTER (WHERE coalesce(url, '') NOT LIKE '/web/assets/%'), 0)
          INTO grown, files FROM saas_old;
    END IF;
    IF grown = 0 AND files <= 0 THEN
        RETURN NULL;
    END IF;
    SELECT room INTO free FROM saas.storage_limit FOR UPDATE;
    asked := greatest(files, grown);
    IF files > 0 AND asked > free THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', SCHEMA = 'public',
            TABLE = 'ir_attachment', CONSTRAINT = 'saas_storage_limit',
            DETAIL = json_build_object(
                'code', 'storage_full', 'room', greatest(free, 0), 'wanted', asked),
            MESSAGE = 'The storage of the plan is used up.';
    END IF;
    UPDATE saas.storage_limit
       SET room = least(greatest(free - grown, -9223372036854775808), 9223372036854775807);
    RETURN NULL;
END
