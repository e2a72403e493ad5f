"""API Gateway's WebSocket connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.aws.common import AwsCommon, required_setting

if TYPE_CHECKING:
    from ports.connection_gateway import ConnectionGateway


class AwsGateway(AwsCommon):
    @lazy
    def gateway(self) -> ConnectionGateway:
        from adapters.addresses import https_address
        from adapters.aws.api_gateway import ApiGatewayConnections

        url = required_setting(
            "connection_gateway", "LYCEUM_CONNECTIONS_URL", self._settings.aws.connections_url
        )
        address = https_address(url, "LYCEUM_CONNECTIONS_URL")
        management = self._client("apigatewaymanagementapi", endpoint_url=address)
        return ApiGatewayConnections(management, retries=self._retries())
