"""What AWS's errors mean, in one table for all adapters of this package.

An error is looked up by its code, else by its class or HTTP status. Codes come in one spelling or another
(``ThrottlingException`` as an answer, ``throttlingException`` within an event stream): case does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore import exceptions
from botocore.parsers import ResponseParserError

from ports.connection_gateway import Gone, MessageTooLarge
from ports.errors import PortError, Throttled, TimedOut, Unavailable, UpstreamError
from ports.key_value_store import ConditionFailed, InvalidItem
from ports.object_store import ObjectNotFound

AWS_ERRORS = (exceptions.BotoCoreError, exceptions.ClientError, ResponseParserError)
"""Everything that a client of botocore raises."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error of AWS comes to."""

    raises: type[PortError]
    passes: bool = False
    """The same call may do better a moment later."""
    unsure: bool = False
    """The call may have had its effect all the same."""


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


def code_of(error: Exception) -> str:
    """AWS's code, e.g. ``ThrottlingException``; the class's name where no answer came."""
    if isinstance(error, exceptions.ClientError):
        return str(error.response.get("Error", {}).get("Code", "")) or type(error).__name__
    return type(error).__name__


def fault_of(error: Exception) -> Fault:
    """What one of ``AWS_ERRORS`` means. Of the reasons of a cancelled transaction a refusal comes first."""
    if isinstance(error, exceptions.ClientError):
        response: dict[str, Any] = error.response
        reasons = [_BY_CODE.get(code, _REFUSED) for code in _reasons(response)]
        if reasons:
            return min(reasons, key=lambda fault: (issubclass(fault.raises, UpstreamError), fault.passes))
        return _BY_CODE.get(code_of(error).casefold()) or _by_status(response)
    return next(fault for kind, fault in _BY_CLASS if isinstance(error, kind))


def port_error(error: Exception, capability: str, *, writing: bool = False) -> PortError:
    """What the port says instead of one of ``AWS_ERRORS``: its code, and nothing of its message.

    Where ``writing`` may have happened in spite of the error, that is ``TimedOut``.
    """
    fault = fault_of(error)
    if not issubclass(fault.raises, UpstreamError):
        return fault.raises(code_of(error))
    kind = TimedOut if writing and fault.unsure else fault.raises
    return kind(capability, code_of(error))


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
