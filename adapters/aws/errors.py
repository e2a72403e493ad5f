"""What AWS's errors mean, in one table for all adapters of this package.

An error is looked up by its code, else by its class or HTTP status. Codes come in one spelling or another
(``ThrottlingException`` as an answer, ``throttlingException`` within an event stream): case does not count.
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
    # Refusals of a port
    "conditionalcheckfailedexception": Fault(ConditionFailed),
    "conditionalcheckfailed": Fault(ConditionFailed),
    "nosuchkey": Fault(ObjectNotFound),
    "404": Fault(ObjectNotFound),  # a HEAD has no body to name a code
    "goneexception": Fault(Gone),
    "410": Fault(Gone),  # of which API Gateway may send the status alone
    "payloadtoolargeexception": Fault(MessageTooLarge),
    # Fewer calls, please; nothing was done
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
    # Two writes in each other's way; nothing was done
    "transactionconflictexception": _THROTTLED,
    "replicatedwriteconflictexception": _THROTTLED,
    "operationaborted": _THROTTLED,
    # Why a transaction was cancelled
    "throttlingerror": _THROTTLED,
    "provisionedthroughputexceeded": _THROTTLED,
    "transactionconflict": _THROTTLED,
    "validationerror": _REFUSED,
    "itemcollectionsizelimitexceeded": _REFUSED,
    # Time ran out
    "transactioninprogressexception": _SLOW,
    "requesttimeout": _SLOW,
    "requesttimeoutexception": _SLOW,
    "modeltimeoutexception": _SLOW,
    # Broken for the moment
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
    """Calls of botocore's clients.

    ``refusals`` are codes that mean something to one adapter alone, and what each of them raises.
    """
    return Calls(capability, partial(_fault_of, refusals or {}), retries)


def _fault_of(refusals: Mapping[str, type[PortError]], error: Exception) -> Fault | None:
    """What an error of botocore's means; its reason is the code or the class, and nothing of its message.

    A cancelled transaction gives several reasons: one that refuses the write goes before all others.
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
def understanding(capability: str) -> Iterator[None]:
    """Around the reading of an answer: one that is not of the shape it has to be is ``Unavailable``."""
    try:
        yield
    except (ArithmeticError, AttributeError, InvalidItem, LookupError, TypeError, ValueError) as error:
        raise Unavailable(capability, "an answer of another shape") from error


def _reasons(response: dict[str, Any]) -> Iterator[str]:
    for reason in response.get("CancellationReasons") or ():
        code = str(reason.get("Code") or "None").casefold()
        if code != "none":
            yield code


def _by_status(response: dict[str, Any]) -> Fault:
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _BY_STATUS.get(status, _BROKEN if status >= 500 else _REFUSED)
