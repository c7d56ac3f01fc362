"""The control API: which path means which command or view. The only package that knows the web framework.

Its description is generated from these functions and from the records of ``asked`` and ``told``.
"""
