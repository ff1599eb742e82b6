"""What an answer of an S3 service means to us.

Owns: the table of codes. Does not own: trying again (`s3.py`), sentences (`messages/`).

Source: Amazon S3 API reference, "Error responses"; codes of other services where they differ.
"""

from typing import Any

from ...kernel.errors import Broken, Refused, SaasError, Unavailable

_DENIED = (Broken, "access_denied")
_KEY = (Broken, "access_key_refused")
_SKEW = (Broken, "clock_skew")
_LATER = (Unavailable, "target_unavailable")
_FULL = (Unavailable, "no_space")
_GARBLED_ON_THE_WAY = (Unavailable, "transfer_damaged")
_CANNOT = (Broken, "target_cannot")
_REGION = (Broken, "region_wrong")

MEANINGS: dict[str, tuple[type[SaasError], str]] = {
    "NoSuchKey": (Broken, "object_missing"),
    "InvalidRange": (Refused, "range_past_end"),
    "NoSuchBucket": (Broken, "bucket_missing"),
    "NoSuchUpload": (Unavailable, "upload_lost"),
    "PreconditionFailed": (Refused, "object_exists"),
    "ConditionalRequestConflict": _LATER,
    "OperationAborted": _LATER,
    **dict.fromkeys(("AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden"), _DENIED),
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity"), _KEY),
    **dict.fromkeys(("ExpiredToken", "InvalidToken", "TokenRefreshRequired", "AuthFailure"), _KEY),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestExpired"), _SKEW),
    **dict.fromkeys(("SlowDown", "ServiceUnavailable", "InternalError", "Busy"), _LATER),
    **dict.fromkeys(("RequestTimeout", "Throttling", "TooManyRequests", "Reduce"), _LATER),
    **dict.fromkeys(("QuotaExceeded", "InsufficientStorage", "XMinioStorageFull"), _FULL),
    **dict.fromkeys(("BucketQuotaExceeded", "XMinioAdminBucketQuotaExceeded"), _FULL),
    **dict.fromkeys(("BadDigest", "InvalidDigest", "IncompleteBody"), _GARBLED_ON_THE_WAY),
    **dict.fromkeys(("XAmzContentSHA256Mismatch", "InvalidPart"), _GARBLED_ON_THE_WAY),
    **dict.fromkeys(("NotImplemented", "MethodNotAllowed", "InvalidArgument"), _CANNOT),
    **dict.fromkeys(("InvalidRequest", "XNotImplemented"), _CANNOT),
    **dict.fromkeys(("PermanentRedirect", "AuthorizationHeaderMalformed"), _REGION),
    **dict.fromkeys(("TemporaryRedirect", "IllegalLocationConstraintException"), _REGION),
    "InvalidBucketName": (Refused, "bucket_form"),
}
STATUSES: dict[int, tuple[type[SaasError], str]] = {
    301: _REGION,
    302: _REGION,
    307: _REGION,
    308: _REGION,
    401: _KEY,
    403: _DENIED,
    404: (Broken, "object_missing"),
    409: _LATER,
    412: (Refused, "object_exists"),
    416: (Refused, "range_past_end"),
    429: _LATER,
    500: _LATER,
    501: _CANNOT,
    502: _LATER,
    503: _LATER,
    504: _LATER,
    507: _FULL,
}
SLOW_DOWN = ("SlowDown", "Throttling", "TooManyRequests", "429", "503", "ServiceUnavailable")


def meaning(error: Any) -> SaasError:
    """Return our error for a `ClientError` of botocore; of its text only the code is kept."""
    told = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if told == "412":
        told = "PreconditionFailed"
    kind, code = MEANINGS.get(told) or STATUSES.get(status) or (Broken, "target_garbled")
    if kind is Broken and status >= 500 and status != 501 and told not in MEANINGS:
        kind, code = _LATER
    return kind(code, told=told[:40])
