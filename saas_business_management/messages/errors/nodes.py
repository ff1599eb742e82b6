"""Sentences of errors about nodes."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "option_missing": _lt(
        "The node's configuration lacks the option %(option)s. Set it and start again."
    ),
    "option_invalid": _lt(
        "The option %(option)s in the node's configuration has a wrong value. Correct it and "
        "start again."
    ),
    "secret_file_missing": _lt(
        "The node's secret file cannot be read (%(reason)s). Prepare the cluster: that writes it."
    ),
    "secret_file_open_to_others": _lt(
        "The node's secret file can be read by others (mode %(mode)s), so it was not used. Set "
        "its mode to 0600."
    ),
    "metrics_token_short": _lt(
        "The token for Prometheus has fewer than %(least)s characters, so the node does not start. "
        "Write a longer one into the file, or leave saas_metrics_token_file out."
    ),
    "secret_file_invalid": _lt(
        "The node's secret file has a wrong form. Prepare the cluster again: that writes it anew."
    ),
    "secret_file_of_another_node": _lt(
        "The secret file belongs to node “%(found)s”, and this is “%(node)s”. Put each node's "
        "file in its place."
    ),
    "standby_not_warm": _lt(
        "A standby copy did not serve its login page (status %(status)s). Customers notice "
        "nothing; it is tried again by itself."
    ),
    "node_silent": _lt(
        "The node did not answer for %(host)s. Nothing was lost. It is tried again by itself."
    ),
    "node_slow": _lt(
        "The node took too long to answer for %(host)s. Nothing was lost. It is tried again by "
        "itself."
    ),
    "host_form": _lt("A host name of a wrong form was not asked for. Correct it, then retry."),
    "path_form": _lt("A path of a wrong form was not asked for. Nothing was changed."),
}
