"""The lab bench: a CMS at work as a page, and as an HTTP API to drive it. It decides nothing and judges nothing.

What is shown comes from the recording and from the CMS as it stands; what is asked goes through the control. The only
package that knows a web framework, and loaded only when a console is wanted.
"""
