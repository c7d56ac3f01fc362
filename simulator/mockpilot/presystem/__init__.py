"""The exemplary presystem: a conforming upstream system, and by one switch each the offenders.

It speaks to any CMS, not only to ours. It shares nothing with the CMS side but the envelope, so that a bug of one
doesn't hide the other's.
"""
