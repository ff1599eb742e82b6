
DECLARE
    grown numeric := 0;
    files numeric := 0;
    whole numeric;
    free  numeric;
    asked numeric;
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
    asked := greatest(files, grown);
    IF files > 0 THEN
        SELECT given, room - (SELECT coalesce(sum(grew), 0) FROM saas.storage_use)
          INTO whole, free FROM saas.storage_limit;
        -- Only where it gets narrow one waits for the other, or tries again: elsewhere people who
        -- send files at the same time do not notice each other.
        IF free - asked <= whole / 20 THEN
            UPDATE saas.storage_limit SET checked = checked % 9000000000000000000 + 1;
            SELECT room - (SELECT coalesce(sum(grew), 0) FROM saas.storage_use)
              INTO free FROM saas.storage_limit;
        END IF;
        IF asked > free THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', SCHEMA = 'public',
                TABLE = 'ir_attachment', CONSTRAINT = 'saas_storage_limit',
                DETAIL = json_build_object(
                    'code', 'storage_full', 'room', greatest(free, 0), 'wanted', asked),
                MESSAGE = 'The storage of the plan is used up.';
        END IF;
    END IF;
    IF grown <> 0 THEN
        INSERT INTO saas.storage_use (grew) VALUES (grown);
    END IF;
    RETURN NULL;
END
