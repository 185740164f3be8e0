"""The two providers' protocols: the only HTTP in the tree, and the only place for untyped JSON.

Everything that leaves here is a value of `core.model` or a `ClientError`; a library's exception
never does.
"""
