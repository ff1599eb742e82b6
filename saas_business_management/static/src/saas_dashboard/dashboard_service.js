import { useService } from "@web/core/utils/hooks";
import { user } from "@web/core/user";

const KEYS = { days: "saas_dashboard_days", company: "saas_dashboard_company", cluster: "saas_dashboard_cluster" };

/** The filters a person chose last. */
export function rememberedFilters() {
    const settings = user.settings || {};
    return Object.fromEntries(Object.entries(KEYS).map(([name, key]) => [name, settings[key] || 0]));
}

export function remember(name, value) {
    return user.setUserSettings(KEYS[name] || name, value);
}

/** The only way by which figures come: one call for the whole page. */
export function useFigures() {
    const orm = useService("orm");
    return (filters) => orm.silent.call("saas.dashboard", "get_page", [], filters);
}
