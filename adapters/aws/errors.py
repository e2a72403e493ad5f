"""The table of AWS's errors, for all adapters of this package.

An error is looked up by its code. If that is not in the table, its class or HTTP status decides. Letter case does not
matter: a code is ``ThrottlingException`` in a response and ``throttlingException`` in an event stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from botocore import exceptions
from botocore.parsers import ResponseParserError

from adapters.upstream.calls import Calls, Fault, Retries
from ports.connection_gateway import Gone, MessageTooLarge
from ports.errors import PortError, Throttled, TimedOut, Unavailable, UpstreamError
from ports.key_value_store import ConditionFailed, InvalidItem
from ports.object_store import ObjectNotFound

_THROTTLED = Fault(Throttled, passes=True)
_SLOW = Fault(TimedOut, passes=True, unsure=True)
_BROKEN = Fault(Unavailable, passes=True, unsure=True)
_REFUSED = Fault(Unavailable)

_BY_CODE = {
    # Refusals that a port declares.
    "conditionalcheckfailedexception": Fault(ConditionFailed),
    "conditionalcheckfailed": Fault(ConditionFailed),
    "nosuchkey": Fault(ObjectNotFound),
    "404": Fault(ObjectNotFound),  # the answer to a HEAD has no body and so no other code
    "goneexception": Fault(Gone),
    "410": Fault(Gone),  # API Gateway may send only the status
    "payloadtoolargeexception": Fault(MessageTooLarge),
    # Too many calls; nothing was done.
    "throttlingexception": _THROTTLED,
    "throttling": _THROTTLED,
    "throttledexception": _THROTTLED,
    "requestthrottled": _THROTTLED,
    "requestthrottledexception": _THROTTLED,
    "requestlimitexceeded": _THROTTLED,
    "limitexceededexception": _THROTTLED,
    "toomanyrequestsexception": _THROTTLED,
    "provisionedthroughputexceededexception": _THROTTLED,
    "slowdown": _THROTTLED,
    "modelnotreadyexception": _THROTTLED,
    "servicequotaexceededexception": Fault(Throttled),
    # A conflict with another write; nothing was done.
    "transactionconflictexception": _THROTTLED,
    "replicatedwriteconflictexception": _THROTTLED,
    "operationaborted": _THROTTLED,
    # Reasons of a cancelled transaction; nothing was done.
    "throttlingerror": _THROTTLED,
    "provisionedthroughputexceeded": _THROTTLED,
    "transactionconflict": _THROTTLED,
    "validationerror": _REFUSED,
    "itemcollectionsizelimitexceeded": _REFUSED,
    # Time-outs.
    "transactioninprogressexception": _SLOW,
    "requesttimeout": _SLOW,
    "requesttimeoutexception": _SLOW,
    "modeltimeoutexception": _SLOW,
    # Temporary failures.
    "internalservererror": _BROKEN,
    "internalserverexception": _BROKEN,
    "internalfailure": _BROKEN,
    "internalerror": _BROKEN,
    "serviceunavailable": _BROKEN,
    "serviceunavailableexception": _BROKEN,
    "badgatewayexception": _BROKEN,
    "dependencyfailedexception": _BROKEN,
    "modelerrorexception": _BROKEN,
    "modelstreamerrorexception": _BROKEN,
}
_BY_CLASS: tuple[tuple[type[Exception], Fault], ...] = (
    (exceptions.ConnectTimeoutError, Fault(TimedOut, passes=True)),
    (exceptions.SSLError, _REFUSED),
    (exceptions.ConnectionError, Fault(Unavailable, passes=True)),
    (exceptions.ReadTimeoutError, _SLOW),
    (exceptions.HTTPClientError, _BROKEN),
    (exceptions.IncompleteReadError, _BROKEN),
    (exceptions.ChecksumError, _BROKEN),
    (ResponseParserError, _BROKEN),
    (exceptions.BotoCoreError, _REFUSED),
)
_BY_STATUS = {429: _THROTTLED, 408: _SLOW, 504: _SLOW}


def calls_of_aws(
    capability: str, retries: Retries, refusals: Mapping[str, type[PortError]] | None = None
) -> Calls:
    """The calls of one adapter.

    ``refusals`` has error codes with a meaning for this adapter only, and the exception that each of them raises.
    """
    return Calls(capability, partial(_fault_of, refusals or {}), retries)


def _fault_of(refusals: Mapping[str, type[PortError]], error: Exception) -> Fault | None:
    """The fault of a botocore error; None for any other error. The reason is the code or the name of the class.

    A cancelled transaction may have several reasons. A refusal that a port declares counts first, then a permanent
    fault.
    """
    if not isinstance(error, exceptions.ClientError):
        fault = next((fault for kind, fault in _BY_CLASS if isinstance(error, kind)), None)
        return fault and replace(fault, reason=type(error).__name__)
    response: dict[str, Any] = error.response
    code = str(response.get("Error", {}).get("Code", "")) or type(error).__name__
    reasons = [_BY_CODE.get(reason, _REFUSED) for reason in _reasons(response)]
    if code in refusals:
        fault = Fault(refusals[code])
    elif reasons:
        fault = min(reasons, key=lambda fault: (issubclass(fault.raises, UpstreamError), fault.passes))
    else:
        fault = _BY_CODE.get(code.casefold()) or _by_status(response)
    return replace(fault, reason=code)


@contextmanager
def reading_answer(capability: str) -> Iterator[None]:
    """Put this around code that reads a response: it raises ``Unavailable`` if the response does not have the expected
    form.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, InvalidItem, LookupError, TypeError, ValueError) as error:
        raise Unavailable(capability, "the answer does not have the expected form") from error


def _reasons(response: dict[str, Any]) -> Iterator[str]:
    for reason in response.get("CancellationReasons") or ():
        code = str(reason.get("Code") or "None").casefold()
        if code != "none":
            yield code


def _by_status(response: dict[str, Any]) -> Fault:
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _BY_STATUS.get(status, _BROKEN if status >= 500 else _REFUSED)
