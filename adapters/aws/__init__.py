"""AWS behind the ports. No client is made before it is used; only ``retries`` tries again."""
