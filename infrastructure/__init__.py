"""How Lyceum comes to AWS: the package, the template and the steps of a deployment. Nothing here is shipped."""
