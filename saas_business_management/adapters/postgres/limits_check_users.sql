
DECLARE
    allowed bigint;
    growth  bigint;
    used    bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT count(*) INTO growth FROM saas_new WHERE active AND NOT share AND id <> 1;
    ELSE
        SELECT (SELECT count(*) FROM saas_new WHERE active AND NOT share AND id <> 1)
             - (SELECT count(*) FROM saas_old WHERE active AND NOT share AND id <> 1) INTO growth;
    END IF;
    -- Who leaves, or stays, is nobody's business, however many there are.
    IF growth <= 0 OR NOT EXISTS (SELECT FROM saas.user_limit WHERE n IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    -- Everybody who competes writes this row first: one waits for the other, or tries again.
    UPDATE saas.user_limit SET checked = checked % 9000000000000000000 + 1 RETURNING n INTO allowed;
    BEGIN
        SELECT count(*) INTO used FROM public.res_users WHERE active AND NOT share AND id <> 1;
    EXCEPTION WHEN insufficient_privilege OR undefined_table OR undefined_column THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'res_users',
            CONSTRAINT = 'saas_user_limit', DETAIL = '{"code": "users_uncounted"}',
            MESSAGE = 'Users cannot be counted, so none can be added.';
    END;
    IF used > allowed THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'res_users',
            CONSTRAINT = 'saas_user_limit',
            DETAIL = json_build_object(
                'code', 'users_full', 'limit', allowed, 'used', used - growth, 'wanted', growth),
            MESSAGE = format('All %s users of the plan are in use.', allowed);
    END IF;
    RETURN NULL;
END
