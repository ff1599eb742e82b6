"""Which secrets of a cluster its nodes know: writing them into the nodes' file.

Owns: the command line's steps of a new cluster secret. Does not own: the operation
(`saas_cluster_secret.py`), the form of the file (`jobs/rotate_secrets.py`).
"""

from odoo import api, models

from ..jobs import rotate_secrets


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    @api.private
    def _secrets_for_nodes(self):
        """Return what nodes need to know: the secret of now, and the next one or None."""
        following = self.cluster_secret_next_sealed
        return (
            self._cluster_secret(),
            self._open_secret("cluster_secret_next_sealed") if following else None,
        )

    @api.model
    @api.private
    def _write_cluster_secrets(self, secret_file):
        """Bring a nodes' secret file up to date; return its cluster.

        Raises: Refused (`secret_file_missing`, `secret_file_invalid`).
        """
        cluster = self._of_secret_file(secret_file)
        rotate_secrets.write_cluster_secrets(secret_file, *cluster._secrets_for_nodes())
        return cluster

    @api.model
    @api.private
    def _has_forgotten_secret(self, secret_file):
        """Tell whether a nodes' secret file holds a secret its cluster has changed already."""
        cluster = self._of_secret_file(secret_file)
        if cluster.secret_change:
            return False
        return rotate_secrets.holds_other_secret(secret_file, cluster._cluster_secret())
