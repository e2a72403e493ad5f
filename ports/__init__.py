"""The ports: what the domain needs from outside, one file for each.

Each port is a Protocol with its own small value types. Nothing here imports anything else of the project. The
docstrings are the contract. ``tests/contracts`` checks every fake and every adapter against it.
"""
