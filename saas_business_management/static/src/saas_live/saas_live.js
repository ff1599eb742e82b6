import { onWillDestroy } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

export const JOB_MESSAGE = "saas.job";
const QUIET_MS = 250;

/**
 * Call `onMessage(payloads)` with what operations said on the bus, gathered for a moment.
 *
 * @param {(payloads: object[]) => void} onMessage
 */
export function useOperationNews(onMessage) {
    const bus = useService("bus_service");
    let waiting = [];
    const deliver = useDebounced(
        () => {
            const payloads = waiting;
            waiting = [];
            onMessage(payloads);
        },
        QUIET_MS,
        { execBeforeUnmount: false }
    );
    const take = (payload) => {
        waiting.push(payload);
        deliver();
    };
    bus.subscribe(JOB_MESSAGE, take);
    onWillDestroy(() => bus.unsubscribe(JOB_MESSAGE, take));
}

/**
 * Tell whether a message is about the record shown: its operation, the operation itself, or something it owns.
 *
 * @param {object} payload
 * @param {{ resModel: string, resId: number, operationId: number | undefined }} shown
 */
export function isAbout(payload, { resModel, resId, operationId }) {
    return (
        payload.res === `${resModel},${resId}` ||
        (resModel === "saas.job" && payload.id === resId) ||
        (operationId !== undefined && payload.id === operationId)
    );
}
