-- Makes a database safe to copy: its sequences have nothing counted ahead.
-- A server logs 32 numbers of a sequence ahead and then counts silently. CREATE DATABASE … TEMPLATE
-- copies that silence, but not what was logged: after a crash the copy would count from there again.
DO $settle$
DECLARE
    it regclass;
BEGIN
    FOR it IN
        SELECT oid FROM pg_class
         WHERE CASE relkind WHEN 'S' THEN has_sequence_privilege(oid, 'UPDATE') END
    LOOP
        EXECUTE format('SELECT setval(%L, last_value, is_called) FROM %s', it, it);
    END LOOP;
END
$settle$
