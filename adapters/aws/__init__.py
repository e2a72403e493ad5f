"""Adapters for AWS. A client is made on its first use. Only ``retries`` repeats a call; the clients themselves never
do.
"""
