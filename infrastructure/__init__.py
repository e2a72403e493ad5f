"""Deployment to AWS: makes the package and the template, and runs the steps. Nothing here is in the package."""
