"""The three kinds of failure of this product.

Owns: the kinds, their codes and facts. Does not own: sentences for people (`messages/`).

Every error carries a stable code ("subdomain_taken") and a few small facts that the sentence
needs. Facts never hold a
secret, an SQL statement or a path of the server.
"""


class SaasError(Exception):
    """A failure with a stable code and the facts its sentence needs."""

    kind = "error"

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in sorted(self.facts.items()))
        return f"{self.code} ({told})" if told else self.code


class Refused(SaasError):
    """Our own rule says no. Trying again changes nothing; a person has to change something."""

    kind = "refused"


class Unavailable(SaasError):
    """The other side gave no answer. The same call may work later."""

    kind = "unavailable"


class Broken(SaasError):
    """The other side answered, and the answer is wrong. A person has to look."""

    kind = "broken"
