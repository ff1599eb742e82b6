"""Asking an S3 service: one client, tries with growing pauses, answers in our words.

Owns: making the client, patience, learning what the service cannot do. Does not own: what is asked
(`s3.py`, `s3_upload.py`), the meaning of errors (`s3_errors.py`), connections (`s3_door.py`).
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...kernel.errors import Broken, Refused, SaasError, Unavailable
from ...kernel.outgoing.address import parse_endpoint
from ...kernel.secret import Secret
from ..guarded_socket import Lookup, look_up
from .s3_door import S3Door
from .s3_errors import SLOW_DOWN, meaning

DEFAULT_REGION = "us-east-1"
# Trying the same again changes nothing: the whole object has to be sent anew, or room made.
AT_ONCE = ("upload_lost", "no_space", "target_slow")


@dataclass(frozen=True)
class S3Place:
    """Where objects go. Without an endpoint it is Amazon's of that region; `prefix` ends in `/`."""

    bucket: str
    access_key: str
    secret: Secret
    endpoint: str = ""
    region: str = DEFAULT_REGION
    prefix: str = ""
    path_style: bool = False
    ca: str = ""
    inside_allowed: bool = False


@dataclass(frozen=True)
class Patience:
    """How often and how long is tried. Pauses grow from the first to the longest, by chance."""

    tries: int = 5
    first_seconds: float = 0.5
    longest_seconds: float = 20
    connect_seconds: float = 5
    answer_seconds: float = 60
    total_seconds: float = 6 * 3600
    slow_after_seconds: float = 30
    slow_bytes_a_second: int = 16 * 1024


@dataclass
class S3Calls:
    """Asks one bucket. Used by several threads at once."""

    place: S3Place
    patience: Patience = field(default_factory=Patience)
    lookup: Lookup = look_up
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        """Raises: Refused (`address_form`, `address_without_tls`, `address_port`, `ca_damaged`)."""
        self.checksums = True
        self.exclusive = True
        self.in_a_hurry = True  # until the service asks for less at once
        self.bucket_seen = False
        place, patience = self.place, self.patience
        self._url = (
            parse_endpoint(place.endpoint, place.inside_allowed).url if place.endpoint else None
        )
        self._door = S3Door(
            place.inside_allowed,
            place.ca,
            patience.connect_seconds,
            patience.answer_seconds,
            self.lookup,
        )
        self._client = self._made_client()

    def until(self) -> float:
        """Return when something that begins now has to be over."""
        return self.now() + self.patience.total_seconds

    def ask(
        self,
        operation: str,
        arguments: Mapping[str, Any],
        until: float | None = None,
        tried: list[str] | None = None,
    ) -> dict[str, Any]:
        """Return the answer to an operation of boto3's client on the bucket; each failed try is
        noted in `tried`.

        Raises: Refused, Unavailable, Broken (`s3_errors.py`, `s3_door.py`).
        """
        for attempt in range(1, self.patience.tries + 1):
            try:
                answer = self._once(operation, arguments)
            except Unavailable as error:
                if tried is not None:
                    tried.append(error.code)
                self._bear(error, attempt, until)
            else:
                self.bucket_seen = True
                return answer
        raise AssertionError("the last try either answers or raises")

    def ask_summed(
        self,
        operation: str,
        sums: Mapping[str, str],
        arguments: Mapping[str, Any],
        until: float | None = None,
    ) -> dict[str, Any]:
        """Ask with checksums for the service to compare, or without where it knows none.

        Raises: Refused, Unavailable, Broken.
        """
        if self.checksums:
            try:
                return self.ask(operation, {**sums, **arguments}, until)
            except Broken as error:
                if error.code != "target_cannot":
                    raise
        answer = self.ask(operation, arguments, until)
        self.checksums = False
        return answer

    def pause(self, attempt: int) -> None:
        """Wait before the next try, by chance so that not all come back at once."""
        patience = self.patience
        longest = min(patience.longest_seconds, patience.first_seconds * 2**attempt)
        self.sleep(random.uniform(longest / 4, longest))

    def close(self) -> None:
        """Close the connections kept open."""
        self._door.close()

    def _bear(self, error: Unavailable, attempt: int, until: float | None) -> None:
        """Wait for the next try, or raise when there is none."""
        if error.facts.get("told") in SLOW_DOWN:
            self.in_a_hurry = False
        late = until is not None and self.now() >= until
        if attempt >= self.patience.tries or error.code in AT_ONCE or late:
            raise error
        self.pause(attempt)

    def _once(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

        try:
            return getattr(self._client, operation)(Bucket=self.place.bucket, **arguments)
        except SaasError:
            raise
        except ClientError as error:
            raise meaning(error) from None
        except ParamValidationError:
            raise Refused("bucket_form") from None
        except (BotoCoreError, ValueError) as error:
            raise Broken("target_garbled", told=type(error).__name__) from None

    def _made_client(self) -> Any:
        from boto3.session import Session
        from botocore.config import Config

        place = self.place
        client = Session(
            aws_access_key_id=place.access_key,
            aws_secret_access_key=place.secret.reveal(),
            region_name=place.region or DEFAULT_REGION,
        ).client(
            "s3",
            endpoint_url=self._url,
            config=Config(
                signature_version="s3v4",
                retries={"total_max_attempts": 1, "mode": "standard"},
                ignore_configured_endpoint_urls=True,
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={
                    "addressing_style": "path" if place.path_style else "virtual",
                    "payload_signing_enabled": True,
                    "us_east_1_regional_endpoint": "regional",
                    "use_accelerate_endpoint": False,
                },
            ),
        )
        client.meta.events.register("before-call.s3", _stay)
        client.meta.events.register("before-send.s3", self._door.send)
        return client


def _stay(context: dict[str, Any], **_event: object) -> None:
    """Have boto3 believe that it went to another region already: we ask where we were told to."""
    context.setdefault("s3_redirect", {})["redirected"] = True
